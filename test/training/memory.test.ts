import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Batch } from '../../src/data/batch.js';
import { trainingOptions } from '../../src/experiment/training-options.js';
import { createLoss } from '../../src/losses/registry.js';
import { namedWeights, variablesOf } from '../../src/models/named-weights.js';
import { buildModel } from '../../src/models/registry.js';
import type { Engine } from '../../src/runtime/engine.js';
import { silentLogger } from '../../src/runtime/logger.js';
import { createRandom } from '../../src/runtime/random.js';
import { train } from '../../src/training/trainer.js';
import { startTestEngine } from '../support/engine.js';
import { residentMegabytes } from '../support/resident-memory.js';

const STEPS_AN_EPOCH = 50;
const SHAPE = [4, 48, 20] as const;

let engine: Engine;
beforeAll(async () => {
  engine = await startTestEngine();
});

describe('500 training steps of LCNN', () => {
  it('keep the tensor count, the engine’s handles and the resident memory', async () => {
    const model = buildModel({ type: 'lcnn', width: 0.125 }, SHAPE.slice(1), 1);
    const named = namedWeights(model);
    const options = trainingOptions.parse({ numTrainEpochs: 11, maxGradNorm: 1 });
    const random = createRandom('memory');
    const batch: Batch = {
      inputs: Float32Array.from({ length: SHAPE.reduce<number>((a, b) => a * b, 1) }, () => random.normal()),
      shape: SHAPE,
      labels: Int32Array.of(0, 1, 0, 1),
      utterances: ['a', 'b', 'c', 'd'],
      indices: Int32Array.of(0, 1, 2, 3),
    };
    const seen: { tensors: number; handles: number; megabytes: number }[] = [];
    await train({
      forward: (inputs, seed) => ({ logits: model.apply(inputs, { training: true, seed }) as tf.Tensor }),
      weights: variablesOf(named),
      trainable: new Set([...named].filter(([, { trainable }]) => trainable).map(([name]) => name)),
      loss: createLoss(options, [1, 1], { nLogits: 2, kind: 'linear' }),
      data: {
        nBatches: STEPS_AN_EPOCH,
        async *batches(_, fromBatch) {
          for (let index = fromBatch; index < STEPS_AN_EPOCH; index++) yield batch;
        },
      },
      options,
      seed: 1,
      isCompiled: true,
      logger: silentLogger,
      measure: async () => ({ loss: 1, eer: 0.5, auc: 0.5, accuracy: 0.5, threshold: 0 }),
      onBest: () => {},
      onState: () => {},
      onEpoch: () => {
        seen.push({
          tensors: tf.memory().numTensors,
          handles: engine.liveTensors(),
          megabytes: residentMegabytes(),
        });
      },
      resume: () => undefined,
    });
    // The first epoch warms up: kernels, threads and the allocator's pools.
    const [first, ...later] = seen.slice(1);
    for (const { tensors, handles } of later)
      expect({ tensors, handles }).toEqual({ tensors: first.tensors, handles: first.handles });
    expect(seen.at(-1)?.megabytes ?? 0).toBeLessThan(first.megabytes * 1.08);
    model.dispose();
  });
});
