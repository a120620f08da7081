import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { releaseProgram } from '../../src/graph/program.js';
import { record } from '../../src/graph/record.js';
import { uniformTensor } from '../../src/layers/uniform-tensor.js';
import { GraphError } from '../../src/runtime/errors.js';
import { createRandom } from '../../src/runtime/random.js';
import { startTestEngine } from '../support/engine.js';

beforeAll(startTestEngine);

type Fn = (x: tf.Tensor) => tf.Tensor;

const attempt = (fn: Fn) => record(({ x }: { x: tf.Tensor }) => ({ y: fn(x) }), { x: tf.ones([4]) });

describe('recording refuses numbers that JavaScript draws', () => {
  const random = createRandom('a stream');
  const dropout = layers.dropout({ rate: 0.5 });
  it.each<[string, Fn]>([
    ['randomUniform', (x) => tf.add(x, tf.randomUniform([4]))],
    ['randomUniform', (x) => tf.add(x, tf.randomUniform([4], 0, 1, 'float32', 7))],
    ['randomUniformInt', (x) => tf.add(x, tf.randomUniformInt([4], 0, 9, 7))],
    ['randomNormal', (x) => tf.add(x, tf.randomNormal([4], 0, 1, 'float32', 7))],
    ['randomStandardNormal', (x) => tf.add(x, tf.randomStandardNormal([4], 'float32', 7))],
    ['truncatedNormal', (x) => tf.add(x, tf.truncatedNormal([4], 0, 1, 'float32', 7))],
    ['randomGamma', (x) => tf.add(x, tf.randomGamma([4], 1, 1, 'float32', 7))],
    [
      'rand',
      (x) =>
        tf.add(
          x,
          tf.rand([4], () => 0.5),
        ),
    ],
    ['dropout', (x) => tf.dropout(x, 0.5)],
    ['dropout', (x) => tf.dropout(x, 0.5, undefined, 7)],
    ['dropout', (x) => dropout.apply(x, { training: true }) as tf.Tensor],
    ['Math.random', (x) => tf.mul(x, Math.random())],
    ['a random stream', (x) => tf.mul(x, random.uniform())],
  ])('%s (%#)', (name, fn) => {
    expect(() => attempt(fn)).toThrow(GraphError);
    expect(() => attempt(fn)).toThrow(new RegExp(`^record: ${name} at .*refuse-draws\\.test\\.ts:\\d+.*: it draws in`));
  });

  it('and nothing else, nor after it', () => {
    const program = attempt((x) => tf.add(x, tf.mul(uniformTensor([4], 1, 2), tf.tensor1d([1, 2, 3, 4]))));
    expect(program.operations.map(({ op }) => op)).toContain('StatelessRandomUniform');
    releaseProgram(program);
    expect(Math.random()).not.toBe(Math.random());
    expect(random.uniform()).toBeLessThan(1);
    tf.dispose([tf.randomUniform([2]), tf.dropout(tf.scalar(1), 0.5)]);
  });
});
