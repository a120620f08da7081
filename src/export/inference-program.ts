/** A checkpoint's forward pass as one program for batches of any size: what every export is written from. */
import * as tf from '@tensorflow/tfjs-core';
import { type ModelMetadata, type RunConfig, readModel, readRunConfig } from '../experiment/checkpoint.js';
import { freeBatch } from '../graph/free-batch.js';
import { type Program, releaseProgram } from '../graph/program.js';
import { record } from '../graph/record.js';
import { createForward } from '../inference/forward.js';
import { namedWeights, variablesOf } from '../models/named-weights.js';
import { buildModel } from '../models/registry.js';
import { withComposedOps } from '../runtime/native/raw-op.js';

/** A forward pass, ready to be written. */
export interface InferenceProgram {
  readonly run: RunConfig;
  readonly metadata: ModelMetadata;
  /** From `inputs` `[batch, ...]` to `logits` `[batch, nLogits]` and `score` `[batch]`. Its captures are the weights. */
  readonly program: Program;
  /** Names of the captured weights, as in the checkpoint; of other captured tensors there are none. */
  readonly weightNames: ReadonlyMap<tf.Tensor, string>;
  /** Frees the model and what the program holds. */
  dispose(): void;
}

/** Two sizes of batch, neither of which is a length that anything else has by habit. */
const ROWS = [5, 7] as const;

/**
 * Records the forward pass of a checkpoint on the native engine, by tfjs's own ops, which every runtime has, rather than
 * TensorFlow's fused ones.
 *
 * @param inputShape of one example, where the checkpoint leaves lengths free
 * @throws CheckpointError where the checkpoint can't be read; GraphError where the model can't be recorded
 */
export function recordInference(
  checkpoint: string,
  { inputShape }: { readonly inputShape?: readonly number[] } = {},
): InferenceProgram {
  const run = readRunConfig(checkpoint);
  const metadata = readModel(checkpoint);
  const model = buildModel(run.config.model, metadata.inputShape, run.config.seed);
  const weights = variablesOf(namedWeights(model));
  metadata.assignTo(weights);
  const forward = createForward(model, false);
  const scored = ({ inputs }: { readonly inputs: tf.Tensor }) => {
    const logits = forward.run(inputs) as tf.Tensor2D;
    const column = (index: number) => tf.reshape(tf.slice(logits, [0, index], [-1, 1]), [-1]);
    const score = logits.shape[1] === 1 ? column(0) : tf.sub(column(1), column(0));
    return { logits, score };
  };
  const shape = inputShape ?? metadata.inputShape.map((length) => length ?? 0);
  const programs = ROWS.map((nRows) => {
    const inputs = tf.zeros([nRows, ...shape]);
    try {
      return withComposedOps(() => record(scored, { inputs }));
    } finally {
      inputs.dispose();
    }
  });
  return {
    run,
    metadata,
    program: freeBatch(programs[0], programs[1], 'inputs'),
    weightNames: new Map([...weights].map(([name, variable]) => [variable, name])),
    dispose: () => {
      for (const program of programs) releaseProgram(program);
      forward.dispose();
      model.dispose();
    },
  };
}
