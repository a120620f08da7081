"""Scores recordings of any length by an ONNX export of Voiceproof's, window by window: `score.py EXPORT FILE...`"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import soundfile


class Detector:
    """An export with its front-end inside; what it wants of a clip stands in its manifest."""

    def __init__(self, folder: Path) -> None:
        manifest = json.loads((folder / "voiceproof.json").read_text())
        self.input = manifest["input"]
        self.threshold = manifest["threshold"]
        self.session = onnxruntime.InferenceSession(str(folder / manifest["model"]))

    def score(self, clips: np.ndarray) -> np.ndarray:
        """Scores of clips [batch, samples]; higher is more bona fide."""
        return self.session.run(["score"], {self.input["name"]: clips})[0]

    def windows(self, file: str) -> tuple[np.ndarray, np.ndarray]:
        """Starts in seconds and clips of half-overlapping windows; what is shorter than one is repeated."""
        waveform, rate = soundfile.read(file, dtype="float32", always_2d=True)
        if rate != self.input["sampleRate"]:
            raise SystemExit(f"{file}: expected {self.input['sampleRate']} Hz, got {rate}; resample it first")
        mono = waveform.mean(axis=1)
        size = self.input["nSamples"]
        if len(mono) <= size:
            return np.zeros(1), np.resize(mono, (1, size))
        starts = np.arange(0, len(mono) - size + 1, size // 2)
        return starts / rate, np.stack([mono[start : start + size] for start in starts])


def main() -> None:
    folder, *files = sys.argv[1:]
    detector = Detector(Path(folder))
    for file in files:
        starts, clips = detector.windows(file)
        for start, score in zip(starts, detector.score(clips)):
            label = "bonafide" if score >= detector.threshold else "spoof"
            print(f"{file} {start:.2f} {score:.4f} {label}")


main()
