/** Three clips with the checkpoint's own scores, which travel with an export so that whoever runs it can check it. */
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { ExportManifest } from '../experiment/export-manifest.js';
import { scoresOf } from '../inference/detector.js';
import { createForward } from '../inference/forward.js';
import { writeFileAtomic } from '../runtime/files.js';
import { encodeNpy } from '../runtime/npy.js';
import { createRandom, deriveSeed } from '../runtime/random.js';
import type { InferenceProgram } from './inference-program.js';
import type { Quantization } from './quantization.js';

const SAMPLE_RATE = 16000;
const INPUTS = 'self-test/inputs.npy';

/** Names of the clips, and how their samples are made: none is a recording, so none has a licence. */
const CLIPS: Readonly<Record<string, (at: number, noise: number) => number>> = {
  'gliding voice': (at, noise) => {
    const seconds = at / SAMPLE_RATE;
    const phase = 2 * Math.PI * (120 * seconds + 16 * seconds * seconds);
    let voice = 0;
    for (let k = 1; k <= 20; k++) voice += Math.sin(k * phase) / k;
    return 0.2 * voice * (0.6 + 0.4 * Math.sin(2 * Math.PI * 4 * seconds)) + 0.01 * noise;
  },
  'bursts of noise': (at, noise) => 0.3 * noise * Math.max(0, Math.sin((2 * Math.PI * 3 * at) / SAMPLE_RATE)),
  'tones and silence': (at) => {
    const seconds = at / SAMPLE_RATE;
    return seconds % 1 > 0.8 ? 0 : 0.25 * Math.sin(2 * Math.PI * (300 + 700 * Math.floor(2 * seconds)) * seconds);
  },
};

/**
 * Writes the clips as the program takes them, and returns what the manifest says of them. The scores are those of the
 * checkpoint, by its own feature extractor and model: not those of the program.
 */
export function writeSelfTest(
  directory: string,
  { inputName, inputShape, nSamples, extractor, model }: InferenceProgram,
  quantization: Quantization | undefined,
): ExportManifest['selfTest'] {
  const clips = Object.entries(CLIPS).map(([name, sampleOf]) => {
    const random = createRandom(deriveSeed(0, name));
    return Float32Array.from({ length: nSamples }, (_, at) => sampleOf(at, 2 * random.uniform() - 1));
  });
  const features = extractor === undefined ? clips : clips.map((clip) => extractor.compute(clip));
  const modelShape = model.inputs[0].shape.slice(1) as number[];
  const forward = createForward(model, true);
  const logits = features.map((values) =>
    tf.tidy(() => Array.from(forward.run(tf.tensor(values, [1, ...modelShape])).dataSync())),
  );
  forward.dispose();
  const inputs = inputName === 'waveform' ? clips : features;
  const data = new Float32Array(inputs.length * inputs[0].length);
  for (const [i, values] of inputs.entries()) data.set(values, i * values.length);
  writeFileAtomic(join(directory, INPUTS), encodeNpy({ shape: [inputs.length, ...inputShape], data }));
  const tolerance = quantization === 'int8' ? 1 : quantization === 'float16' ? 0.05 : inputs === features ? 1e-4 : 1e-3;
  const scores = logits.map((row) => scoresOf(row, row.length)[0]);
  return { inputs: INPUTS, clips: Object.keys(CLIPS), logits, scores, tolerance };
}
