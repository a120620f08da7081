/** What a checkpoint costs to run. */
import { performance } from 'node:perf_hooks';
import * as tf from '@tensorflow/tfjs-core';
import { SAMPLE_RATE } from '../data/audio.js';
import { releaseProgram } from '../graph/program.js';
import { record } from '../graph/record.js';
import { simplifyProgram } from '../graph/simplify.js';
import { summarizeProgram } from '../graph/summarize.js';
import { loadDetector } from '../inference/detector.js';
import { hasRawOps } from '../runtime/native/raw-op.js';
import { createRandom } from '../runtime/random.js';

/** Figures of one checkpoint. */
export interface Costs {
  /** Trained weights. */
  readonly nParameters: number;
  /** Floating-point operations of one clip through the model, without its feature; null off the native engine. */
  readonly flops: number | null;
  /** Median time from a decoded 4-s clip to its score: feature and model, warm, one clip at a time. */
  readonly latencySeconds: number;
}

const CLIP_SECONDS = 4;
const N_WARM_UP = 4;
const N_TIMED = 15;

/**
 * Measures a checkpoint on the engine that runs.
 *
 * @throws CheckpointError where it is absent, damaged or of another model
 */
export async function measureCosts(checkpoint: string): Promise<Costs> {
  const random = createRandom(0, 'costs');
  const waveform = Float32Array.from({ length: CLIP_SECONDS * SAMPLE_RATE }, () => 0.1 * random.normal());
  const detector = await loadDetector(checkpoint);
  try {
    const seconds: number[] = [];
    for (let i = 0; i < N_WARM_UP + N_TIMED; i++) {
      const started = performance.now();
      detector.score(waveform);
      if (i >= N_WARM_UP) seconds.push((performance.now() - started) / 1000);
    }
    seconds.sort((a, b) => a - b);
    return {
      nParameters: detector.nParameters,
      flops: await countOperations(checkpoint),
      latencySeconds: seconds[Math.floor(N_TIMED / 2)],
    };
  } finally {
    detector.dispose();
  }
}

async function countOperations(checkpoint: string): Promise<number | null> {
  if (!hasRawOps()) return null;
  const detector = await loadDetector(checkpoint, { compile: false });
  // Whole clips are counted at 4 s.
  const inputs = tf.zeros([1, ...detector.metadata.inputShape.map((length) => length ?? 4 * SAMPLE_RATE)]);
  try {
    const program = record((examples) => ({ logits: detector.forward(examples.inputs) }), { inputs });
    const { flops } = summarizeProgram(simplifyProgram(program));
    releaseProgram(program);
    return flops;
  } finally {
    inputs.dispose();
    detector.dispose();
  }
}
