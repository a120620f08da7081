import { beforeAll, describe, expect, it } from 'vitest';
import { trainingOptions } from '../../src/experiment/training-options.js';
import { namedWeights } from '../../src/models/named-weights.js';
import { buildModel } from '../../src/models/registry.js';
import { ConfigError } from '../../src/runtime/errors.js';
import type { EpochRecord } from '../../src/training/history.js';
import { planTraining } from '../../src/training/training-plan.js';
import { plannedCoefficients } from '../../src/training/training-stages.js';
import { startTestEngine } from '../support/engine.js';
import { TINY_ENCODER } from '../support/tiny-encoder.js';

beforeAll(startTestEngine);

/** The plan of a tiny model of three layers, and the names of its weights. */
function planOf(options: object, model: object = {}) {
  const net = buildModel({ type: 'wav2vec2', ...TINY_ENCODER, nLayers: 3, ...model }, [215], 1);
  const names = [...namedWeights(net).keys()];
  return { plan: planTraining(net, trainingOptions.parse(options)), names };
}

describe('the plan of a training', () => {
  it('trains every weight from the start at one rate unless told otherwise', () => {
    const { plan, names } = planOf({});
    for (const name of names) expect([plan.firstEpochOf(name), plan.rateOf(name)]).toEqual([1, 1]);
  });

  it('never trains a frozen encoder, or its convolutions', () => {
    const never = (options: object) => {
      const { plan, names } = planOf(options);
      return names.filter((name) => plan.firstEpochOf(name) === Number.POSITIVE_INFINITY);
    };
    const { names } = planOf({});
    expect(never({ freezeEncoder: true })).toEqual(names.filter((name) => !/^(projector|logits)\//.test(name)));
    const convolutions = never({ freezeFeatureEncoder: true });
    expect(convolutions).toEqual(names.filter((name) => name.startsWith('conv')));
    expect(convolutions).toContain('conv0-norm/gamma');
  });

  it('takes up layers from the top, and what lies below them last', () => {
    const { plan } = planOf({ gradualUnfreezing: { fromEpoch: 3, layersPerEpoch: 2 }, freezeFeatureEncoder: true });
    const epochs = Object.fromEntries(
      [
        'logits/kernel',
        'layer2/x',
        'layer1/x',
        'layer0/x',
        'encoder-norm/gamma',
        'projection/kernel',
        'conv0/kernel',
      ].map((name) => [name, plan.firstEpochOf(name)]),
    );
    expect(epochs).toEqual({
      'logits/kernel': 1,
      'layer2/x': 3,
      'layer1/x': 3,
      'layer0/x': 4,
      'encoder-norm/gamma': 4,
      'projection/kernel': 4,
      'conv0/kernel': Number.POSITIVE_INFINITY,
    });
  });

  it('lets each layer learn at a share of the rate above it; a norm that ends the encoder belongs to the last', () => {
    const { plan } = planOf({ layerwiseLrDecay: 0.5 }, { normFirst: true });
    const rates = ['logits/kernel', 'encoder-norm/gamma', 'layer2/x', 'layer0/x', 'positions/kernel'].map(plan.rateOf);
    expect(rates).toEqual([1, 0.5, 0.5, 0.125, 0.0625]);
  });

  it('is refused for a model without an encoder, and where options contradict each other', () => {
    const net = buildModel({ type: 'lcnn-small' }, [100, 40], 1);
    for (const options of [{ freezeEncoder: true }, { layerwiseLrDecay: 0.9 }, { gradualUnfreezing: {} }]) {
      expect(() => planTraining(net, trainingOptions.parse(options))).toThrow(ConfigError);
    }
    expect(() => planTraining(net, trainingOptions.parse({ freezeFeatureEncoder: true }))).toThrow(
      /training.freezeFeatureEncoder: lcnn-small has no pretrained encoder/,
    );
    expect(() => trainingOptions.parse({ freezeEncoder: true, gradualUnfreezing: {} })).toThrow(/excludes/);
  });
});

describe('the coefficients of an update', () => {
  it('count for each weight the updates since its first, as Adam’s corrections do', () => {
    const plan = { firstEpochOf: (name: string) => (name === 'late' ? 3 : 1), rateOf: () => 1 };
    const history = [{ step: 5 }, { step: 9 }] as EpochRecord[];
    const told: [number, number][] = [];
    const [all, own] = plannedCoefficients(['early', 'late'], plan, history, (rate, nBefore) => {
      told.push([rate, nBefore]);
      return { stepSize: nBefore, correction: 1, decay: 1 };
    });
    expect(told).toEqual([
      [1, 0],
      [1, 9],
    ]);
    expect(all.stepSize).toBe(0);
    expect([...own.keys()]).toEqual(['late']);
    expect(own.get('late')?.stepSize).toBe(9);
  });
});
