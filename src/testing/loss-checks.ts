/** What every loss must do. */
import * as tf from '@tensorflow/tfjs-core';
import type { z } from 'zod';
import type { LossDefinition } from '../experiment/definitions.js';
import { compile } from '../graph/compile.js';
import type { ClassWeights, LossType } from '../losses/loss.js';
import { targetsOf } from '../losses/reduction.js';
import { parseOptions } from '../runtime/options.js';
import { assert, assertEqual, assertFinite, assertSameNumbers, assertThrows, type Check, runChecks } from './check.js';
import { ensureEngine } from './engine.js';
import { assertGradients } from './gradients.js';

/** Options under which a loss is tried; `{}` for its defaults. */
export type LossCase = Readonly<Record<string, unknown>>;

/**
 * Checks a loss: a finite scalar with a finite gradient, also where the model is sure; gradients equal to finite differences;
 * class weights heeded; the same compiled; no tensors left behind.
 *
 * @throws ContractError that lists all that does not hold
 */
export async function checkLoss<Schema extends z.ZodType>(
  loss: LossDefinition<Schema>,
  cases: readonly LossCase[] = [{}],
): Promise<void> {
  await ensureEngine();
  await runChecks(loss.name, lossChecks(loss.name, loss.entry as unknown as LossType, cases));
}

/** Scores of both classes that are right, wrong and undecided; cosines where the loss takes those. */
const OUTPUTS = [
  [0.3, -0.2],
  [-0.6, 0.5],
  [0.1, 0.15],
  [-0.35, -0.4],
];
const LABELS = [0, 1, 1, 0];

/** The checks of {@link checkLoss}, for those who run them one by one, with the native engine started. */
export function lossChecks(name: string, entry: LossType, cases: readonly LossCase[]): Check[] {
  const create = (options: object, weights: ClassWeights = null) =>
    entry.create(parseOptions(entry.schema, options, name), weights);
  const { nLogits, kind } = entry.needs;
  const outputsOf = (n: 1 | 2) => tf.tensor2d(OUTPUTS.map((row) => row.slice(0, n)));
  const refuses: Check = {
    name: 'refuses options it does not know',
    run: () => assertThrows(() => create({ ...cases[0], unheardOf: 1 }), /unknown option unheardOf/, 'unheardOf'),
  };
  const of = (options: LossCase, n: 1 | 2): Check[] => [
    {
      name: 'gives one finite number',
      run: () => {
        const value = create(options)(outputsOf(n), targetsOf(LABELS));
        assertEqual(value.shape, [], 'shape');
        assertFinite(value.dataSync(), 'the loss');
      },
    },
    {
      name: 'its gradient equals finite differences',
      run: () => assertGradients((x) => create(options)(x, targetsOf(LABELS)), [outputsOf(n)]),
    },
    {
      name: 'stays finite, with its gradient, where the model is sure',
      run: () => {
        const largest = kind === 'cosine' ? 1 : 200;
        for (const sign of [1, -1]) {
          const outputs = tf.tensor2d([sign * largest, -sign * largest].slice(0, n), [1, n]);
          for (const label of [0, 1]) {
            const compute = (x: tf.Tensor) => create(options)(x, targetsOf([label]));
            const { value, grad } = tf.valueAndGrad(compute)(outputs);
            assertFinite([value.dataSync()[0], ...grad.dataSync()], `outputs of ${sign * largest}, label ${label}`);
          }
        }
      },
    },
    {
      name: 'heeds class weights',
      run: () => {
        const at = (weights: ClassWeights) => create(options, weights)(outputsOf(n), targetsOf(LABELS)).dataSync()[0];
        assert(at(null) !== at([0.5, 2]), 'expected another loss with weights of [0.5, 2], got the same');
      },
    },
    {
      name: 'is the same compiled',
      run: () => {
        const loss = create(options);
        const step = ({ outputs, targets }: { outputs: tf.Tensor; targets: tf.Tensor }) =>
          tf.valueAndGrad((x: tf.Tensor) => loss(x, targets))(outputs);
        const compiled = compile(step);
        const inputs = { outputs: outputsOf(n), targets: targetsOf(LABELS) };
        const [got, wanted] = [compiled(inputs), step(inputs)];
        assertSameNumbers(got.value.dataSync(), wanted.value.dataSync(), 'the loss');
        assertSameNumbers(got.grad.dataSync(), wanted.grad.dataSync(), 'the gradient');
        compiled.dispose();
      },
    },
    {
      name: 'leaves no tensors behind',
      run: () => {
        const [outputs, targets, loss] = [outputsOf(n), targetsOf(LABELS), create(options)];
        const step = () => {
          const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => loss(x, targets))(outputs);
          tf.dispose([value, grad]);
        };
        step();
        const before = tf.memory().numTensors;
        step();
        assertEqual(tf.memory().numTensors, before, 'tensors alive');
      },
    },
  ];
  const others = cases.flatMap((options) =>
    nLogits.flatMap((n) =>
      of(options, n).map((check) => ({
        name: `with ${JSON.stringify(options)} and ${n} logit${n === 1 ? '' : 's'}: ${check.name}`,
        run: check.run,
      })),
    ),
  );
  return [refuses, ...others];
}
