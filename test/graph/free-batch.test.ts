import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freeBatch } from '../../src/graph/free-batch.js';
import { encodeGraph } from '../../src/graph/graph-def.js';
import { type Program, releaseProgram } from '../../src/graph/program.js';
import { record } from '../../src/graph/record.js';
import { kernelBackend } from '../../src/runtime/native/kernel-backend.js';
import { executeRawOp } from '../../src/runtime/native/raw-op.js';
import { startTestEngine } from '../support/engine.js';

beforeAll(async () => {
  await startTestEngine();
});

type Fn = (inputs: { x: tf.Tensor }) => { y: tf.Tensor };

const recorded: Program[] = [];
afterAll(() => {
  for (const program of recorded) releaseProgram(program);
});

function recordAt(fn: Fn, nRows: number, rest: readonly number[]): Program {
  const x = tf.zeros([nRows, ...rest]);
  const program = record(fn, { x });
  x.dispose();
  recorded.push(program);
  return program;
}

/** Frees the batch of `fn`, and runs the one program on batches of several sizes beside `fn` itself. */
function expectFree(fn: Fn, rest: readonly number[]): Program {
  const program = freeBatch(recordAt(fn, 2, rest), recordAt(fn, 3, rest), 'x');
  const name = `free_batch_${recorded.length}`;
  const { binding } = kernelBackend('test');
  binding.addFunction({ name, ...encodeGraph(program) });
  for (const nRows of [1, 2, 5, 8]) {
    tf.tidy(() => {
      const x = tf.reshape(tf.sin(tf.range(0, nRows * rest.reduce((a, b) => a * b, 1))), [nRows, ...rest]);
      const [y] = executeRawOp(name, {}, [x, ...program.captures.map(({ tensor }) => tensor)], 1);
      const expected = fn({ x }).y;
      expect(y.shape).toEqual(expected.shape);
      expect(Array.from(y.dataSync())).toEqual(Array.from(expected.dataSync()));
    });
  }
  binding.removeFunction(name);
  return program;
}

describe('freeBatch', () => {
  it('leaves the one length of a reshape to the engine', () => {
    const program = expectFree(({ x }) => ({ y: tf.reshape(tf.relu(x), [x.shape[0] * 2, 6]) }), [3, 4]);
    expect(program.operations.map(({ op }) => op)).not.toContain('Shape');
    expect([...program.inputs.values()][0].shape).toEqual([-1, 3, 4]);
    expect([...program.outputs.values()][0].shape).toEqual([-1, 6]);
  });

  it('computes the sizes of slices, tiles and fills from the input', () => {
    const fn: Fn = ({ x }) => {
      const head = tf.slice(x, [0, 1], [x.shape[0], 2]);
      const row = tf.tile(tf.tensor2d([[1, 2]]), [x.shape[0], 1]);
      return { y: tf.add(tf.mul(head, row), tf.fill([x.shape[0], 2], 0.5)) };
    };
    expect(expectFree(fn, [4]).operations.map(({ op }) => op)).toContain('Shape');
  });

  it('keeps what does not follow the batch, even where it is as long', () => {
    const weights = tf.variable(tf.tensor2d([1, 2, 3, 4], [2, 2]));
    const program = expectFree(({ x }) => ({ y: tf.matMul(x as tf.Tensor2D, weights as tf.Tensor2D) }), [2]);
    expect(program.captures.map(({ value }) => value.shape)).toEqual([[2, 2]]);
    weights.dispose();
  });

  it('refuses a function that does other things for other sizes', () => {
    const perRow: Fn = ({ x }) => ({ y: tf.stack(tf.unstack(x).map((row) => tf.sum(row))) });
    expect(() => freeBatch(recordAt(perRow, 2, [3]), recordAt(perRow, 3, [3]), 'x')).toThrow(/another for each size/);
    const table: Fn = ({ x }) => ({ y: tf.add(x, tf.range(0, x.shape[0]).reshape([-1, 1])) });
    expect(() => freeBatch(recordAt(table, 2, [1]), recordAt(table, 3, [1]), 'x')).toThrow(/another for each size/);
  });

  it('refuses two recordings of one size', () => {
    const fn: Fn = ({ x }) => ({ y: tf.relu(x) });
    expect(() => freeBatch(recordAt(fn, 2, [3]), recordAt(fn, 2, [3]), 'x')).toThrow(/two batch sizes/);
  });
});
