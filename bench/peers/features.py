"""The peer of bench/features.ts: one JSON request a line on stdin, one JSON answer a line on stdout."""

import json
import platform
import sys
import time

import librosa
import numpy as np
import scipy.fft
import scipy.signal
import soundfile

SAMPLE_RATE = 16000


def log_mel(waveform):
    power = librosa.feature.melspectrogram(y=waveform, sr=SAMPLE_RATE, n_fft=512, hop_length=160, n_mels=80)
    return librosa.power_to_db(power, ref=np.max).T


def mfcc(waveform):
    return librosa.feature.mfcc(y=waveform, sr=SAMPLE_RATE, n_mfcc=20, n_fft=512, hop_length=160, n_mels=80).T


def cqt(waveform):
    return librosa.amplitude_to_db(np.abs(librosa.cqt(waveform, sr=SAMPLE_RATE)), ref=np.max).T


def triangles(n_filters, n_bins):
    bins = np.arange(n_bins)
    corners = np.linspace(0, n_bins - 1, n_filters + 2)
    low, mid, high = corners[:-2, None], corners[1:-1, None], corners[2:, None]
    return np.maximum(0, np.minimum((bins - low) / (mid - low), (high - bins) / (high - mid))).astype(np.float32)


LINEAR_BANK = triangles(20, 257)
EPSILON = np.float32(2**-23)


def delta(c):
    padded = np.pad(c, ((0, 0), (1, 1)), mode="edge")
    return padded[:, 2:] - padded[:, :-2]


def lfcc(waveform):
    """librosa has no LFCC: its spectrum, then NumPy and SciPy, in float32 and with the filters made once."""
    emphasized = np.append(waveform[:1], waveform[1:] - np.float32(0.97) * waveform[:-1])
    spectrum = librosa.stft(emphasized, n_fft=512, hop_length=160, win_length=320, window="hamming")
    power = np.abs(spectrum) ** 2
    cepstra = scipy.fft.dct(np.log10(LINEAR_BANK @ power + EPSILON), axis=0, norm="ortho")
    cepstra[0] = np.log10(power.sum(axis=0) / 512 + EPSILON)
    first = delta(cepstra)
    return np.concatenate([cepstra, first, delta(first)]).T


FEATURES = {"log-mel": log_mel, "mfcc": mfcc, "lfcc": lfcc, "cqt": cqt}


def fixed_length(waveform, n_samples):
    return np.tile(waveform, -(-n_samples // len(waveform)))[:n_samples]


def answer(request):
    action = request["action"]
    if action == "describe":
        return f"Python {platform.python_version()}, librosa {librosa.__version__}, NumPy {np.__version__}, SciPy {scipy.__version__}"
    if action == "write":
        # Clips of one length in both containers, cut from real speech.
        for clip in request["clips"]:
            waveform, _ = librosa.load(clip["source"], sr=SAMPLE_RATE)
            for path in clip["targets"]:
                soundfile.write(path, fixed_length(waveform, request["nSamples"]), SAMPLE_RATE, subtype="PCM_16")
        return True
    if action == "compute":
        waveform, compute = np.load(request["waveform"]), FEATURES[request["type"]]
        started = time.perf_counter()
        for _ in range(request["times"]):
            result = compute(waveform)
        seconds = time.perf_counter() - started
        return {"seconds": seconds, "size": result.size, "sum": float(np.sum(result, dtype=np.float64))}
    if action == "files":
        for path in request["paths"]:
            log_mel(librosa.load(path, sr=SAMPLE_RATE)[0])
        return True
    raise ValueError(action)


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
