import * as tf from '@tensorflow/tfjs-core';
import { input, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { trainingOptions } from '../../src/experiment/training-options.js';
import { compile } from '../../src/graph/compile.js';
import { summarizeProgram } from '../../src/graph/summarize.js';
import { namedWeights, variablesOf } from '../../src/models/named-weights.js';
import { residualBlock } from '../../src/models/residual-block.js';
import { createOptimizer } from '../../src/training/optimizers.js';

const CHANNELS = [32, 32, 24, 24, 24, 24];

/**
 * The encoder of AASIST-L, where nearly all of its arithmetic is: six residual blocks with batch norm and SELU, on what
 * 64,600 samples become in front of it. Its training step, compiled, with Adam.
 */
export function prepareEncoder(batchSize: number) {
  const shape = [23, 21_490, 1];
  const maps = input({ shape });
  const blocks = CHANNELS.reduce<SymbolicTensor>(
    (x, nChannels, i) => residualBlock(x, { name: `block${i + 1}`, nChannels, seed: 0 }),
    maps,
  );
  const encoder = model({ inputs: maps, outputs: blocks });
  const trained = new Map([...variablesOf(namedWeights(encoder))].filter(([, { trainable }]) => trainable));
  const options = trainingOptions.parse({ learningRate: 1e-4 });
  const optimizer = createOptimizer(trained, options);
  const names = [...trained.keys()];
  const compiled = compile(({ x }: { x: tf.Tensor }) => {
    const loss = () => tf.mean(tf.square(encoder.apply(x, { training: true }) as tf.Tensor)) as tf.Scalar;
    const { value, grads } = tf.variableGrads(loss, [...trained.values()]);
    const gradients = names.map((name, i) => [`gradient${i}`, grads[(trained.get(name) as tf.Variable).name]] as const);
    return { loss: value, ...Object.fromEntries(gradients) } as Record<string, tf.Tensor>;
  });
  const x = tf.randomNormal([batchSize, ...shape], 0, 1, 'float32', 1);
  let step = 0;
  return {
    train: () => {
      step += 1;
      tf.tidy(() => {
        const results = compiled({ x });
        const gradients = new Map(names.map((name, i) => [name, results[`gradient${i}`]]));
        optimizer.apply(gradients, optimizer.coefficients(options.learningRate, step));
        return results.loss.dataSync();
      });
    },
    /** Of the convolutions alone: products that only take sums of batch statistics are no work of the encoder's. */
    flops: () => {
      const program = compiled.programFor({ x });
      const operations = program.operations.filter(({ op }) => op.startsWith('Conv2D'));
      return summarizeProgram({ ...program, operations }).flops;
    },
    dispose: () => {
      compiled.dispose();
      optimizer.dispose();
      encoder.dispose();
      x.dispose();
    },
  };
}
