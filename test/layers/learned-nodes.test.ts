import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { MasterNode, NodePositions } from '../../src/layers/learned-nodes.js';
import { startTestEngine } from '../support/engine.js';
import { describeLayerContract } from '../support/layer-contract.js';

describeLayerContract(NodePositions, [
  { options: {}, inputShape: [2, 4, 3], outputShape: [2, 4, 3], freeAxes: [0], weights: ['positions'] },
  { options: { seed: 3 }, inputShape: [3, 1, 2], outputShape: [3, 1, 2], freeAxes: [0], weights: ['positions'] },
]);

beforeAll(async () => {
  await startTestEngine();
});

test('positions start standard normal, by their seed', () => {
  const start = (seed: number) => {
    const layer = new NodePositions({ seed });
    layer.build([null, 50, 40]);
    return layer.getWeights()[0]?.dataSync() as Float32Array;
  };
  const values = start(1);
  expect(Math.hypot(...values) / Math.sqrt(values.length)).toBeCloseTo(1, 1);
  expect(start(1)).toEqual(values);
  expect(start(2)).not.toEqual(values);
});

test('the master is one node for every clip, whatever the nodes, and is trained', () => {
  const layer = new MasterNode({ name: 'it', seed: 4 });
  const node = layer.apply(tf.zeros([3, 5, 2])) as tf.Tensor;
  expect(node.shape).toEqual([3, 1, 2]);
  expect(layer.computeOutputShape([null, 5, 2])).toEqual([null, 1, 2]);
  expect(layer.weights.map(({ originalName }) => originalName)).toEqual(['it/node']);
  const [value] = layer.getWeights() as [tf.Tensor];
  expect([...node.dataSync()]).toEqual([...value.dataSync(), ...value.dataSync(), ...value.dataSync()]);
  expect(layer.apply(tf.ones([3, 9, 2]) as tf.Tensor)).toMatchObject({ shape: [3, 1, 2] });
  const variable = layer.trainableWeights[0]?.read() as tf.Variable;
  const { grads } = tf.variableGrads(() => tf.sum(layer.apply(tf.zeros([3, 5, 2])) as tf.Tensor), [variable]);
  expect([...(grads[variable.name] as tf.Tensor).dataSync()]).toEqual([3, 3]);
  const copy = new MasterNode(layer.getConfig());
  copy.build([null, 5, 2]);
  expect(copy.getWeights()[0]?.dataSync()).toEqual(value.dataSync());
  expect(() => new MasterNode({ unheardOf: 1 } as never)).toThrow(/unknown option unheardOf/);
});
