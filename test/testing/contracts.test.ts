import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { probability } from '../../src/data/augment/augmentation.js';
import { defineAugmentation, defineLoss } from '../../src/experiment/definitions.js';
import {
  ContractError,
  checkAugmentation,
  checkFeature,
  checkLayer,
  checkLoss,
  checkModel,
} from '../../src/testing.js';
import { weighed, weighing } from '../fixtures/plugins/network.ts';
import { flipped, powers, squared } from '../fixtures/plugins/parts.ts';

/** What a contract says, or undefined where it holds. */
async function saidOf(checked: Promise<void>): Promise<string | undefined> {
  try {
    await checked;
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(ContractError);
    return (error as Error).message;
  }
}

const LAYER = { options: {}, inputShape: [2, 3, 4], outputShape: [2, 3, 4], freeAxes: [0, 1], weights: ['factor'] };

test('a sound layer, model and augmentation pass', async () => {
  await checkLayer(weighing, [LAYER]);
  await checkAugmentation(flipped, [{ isRandom: false }]);
  const options = { nLogits: 2, head: 'linear' };
  await checkModel(weighed, [{ options, inputShape: [5, 4], freeShape: [null, 4], nLogits: 2, isRandom: false }]);
});

test('every promise that a layer breaks is told at once', async () => {
  class Careless extends layers.Layer {
    static readonly className = 'StrangersCareless';
    override call(inputs: Parameters<layers.Layer['call']>[0]) {
      return Array.isArray(inputs) ? inputs[0] : inputs;
    }
  }
  const said = await saidOf(checkLayer(Careless as never, [{ ...LAYER, outputShape: [2, 3, 5] }]));
  expect(said).toMatch(/^StrangersCareless: \d+ of \d+ checks failed:/);
  expect(said).toMatch(/refuses options it does not know: .*unheardOf.*got none/);
  expect(said).toMatch(/on tensorflow, .*gives the shape it promises, .*expected \[2,3,5\], got \[2,3,4\]/);
  expect(said).toMatch(/on cpu, .*names of the weights: expected \["it\/factor"\], got \[\]/);
  expect(said).toMatch(/comes back from JSON/);
});

test('a feature that takes broken clips, or whose option does nothing, is told', async () => {
  const said = await saidOf(checkFeature(powers, { hopLength: { value: 1600 } }));
  expect(said).toMatch(/a sample of NaN is refused: .*expected an error .*, got none/);
  expect(said).toMatch(/the option hopLength changes the output: expected other numbers with 1600, got the same/);
  expect(said).not.toMatch(/silence gives numbers/);
});

test('a loss that heeds no class weights, or has another gradient, is told', async () => {
  expect(await saidOf(checkLoss(squared))).toMatch(
    /^squared: 1 of 7 checks failed:\n {2}- with \{\} and 2 logits: heeds class weights: expected another loss/,
  );
  const broken = defineLoss({
    ...squared.entry,
    name: 'broken',
    create: () => (logits) => tf.mul(tf.sum(logits), Number.NaN),
  });
  const said = await saidOf(checkLoss(broken));
  expect(said).toMatch(/gives one finite number: the loss: expected finite numbers, got NaN/);
  expect(said).toMatch(/its gradient equals finite differences: gradient 0: expected/);
});

test('an augmentation that draws elsewhere, or changes its input, is told', async () => {
  let nCalls = 0;
  const restless = defineAugmentation({
    name: 'restless',
    stage: 'waveform',
    schema: z.strictObject({ probability }),
    create: ({ probability }) => ({
      probability,
      apply: (waveform) => {
        nCalls += 1;
        waveform[0] = nCalls;
        return waveform.slice(1);
      },
    }),
  });
  const said = await saidOf(checkAugmentation(restless));
  expect(said).toMatch(/leaves its input alone, .*the input: expected/);
  expect(said).toMatch(/keeps length and shape, .*expected 6000, got 5999/);
});
