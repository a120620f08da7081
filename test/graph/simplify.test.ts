import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../src/graph/compile.js';
import type { Program } from '../../src/graph/program.js';
import { record } from '../../src/graph/record.js';
import { simplifyProgram } from '../../src/graph/simplify.js';
import { verifyProgram } from '../../src/graph/verify.js';
import { startTestEngine } from '../support/engine.js';

beforeAll(async () => {
  await startTestEngine();
});

type X = { x: tf.Tensor };

function simplified(fn: (inputs: X) => { y: tf.Tensor }, x = tf.ones([20, 10])): Program {
  const program = simplifyProgram(record(fn, { x }));
  verifyProgram(program);
  x.dispose();
  return program;
}

const opsOf = (program: Program) => program.operations.map(({ op }) => op);

describe('a simplified program', () => {
  it('has no dead ops, constants or captures', () => {
    const unused = tf.tidy(() => tf.square(tf.ones([20, 10])));
    const program = simplified(({ x }) => {
      tf.add(tf.mul(x, unused), 3);
      return { y: tf.neg(x) };
    });
    expect(opsOf(program)).toEqual(['Neg']);
    expect([program.constants, program.captures]).toEqual([[], []]);
    unused.dispose();
  });

  it('does no arithmetic that changes nothing', () => {
    const ones = () => tf.ones([20, 10]);
    expect(opsOf(simplified(({ x }) => ({ y: tf.neg(tf.div(tf.mul(ones(), tf.mul(x, 1)), ones())) })))).toEqual([
      'Neg',
    ]);
    expect(
      opsOf(simplified(({ x }) => ({ y: tf.sub(tf.add(tf.reshape(x, [20, 10]), 0), tf.zeros([20, 10])) }))),
    ).toEqual([]);
    // These do change something.
    const { length } = opsOf(simplified(({ x }) => ({ y: tf.div(1, tf.sub(0, x)) })));
    expect(length).toBe(2);
  });

  it('holds no large uniform constants', () => {
    const added = simplified(({ x }) => ({ y: tf.add(x, tf.fill([20, 10], 3)) }));
    expect(opsOf(added)).toEqual(['Add']);
    expect(added.constants.map(({ value, values }) => [value.shape, ...(values as Float32Array)])).toEqual([[[], 3]]);
    const alone = simplified(({ x }) => ({ y: tf.concat([x, tf.ones([20, 10])]) }));
    expect(opsOf(alone)).toEqual(['Fill', 'ConcatV2']);
    expect(opsOf(simplified(({ x }) => ({ y: tf.add(tf.square(x), tf.zerosLike(tf.exp(x))) })))).toEqual(['Square']);
  });

  it('broadcasts where tfjs multiplies by ones, and not even that beside a tensor of full shape', () => {
    const fn = ({ x }: X) => ({ y: tf.grad((v: tf.Tensor) => tf.square(tf.mean(tf.square(v), 1)))(x) });
    const program = simplified(fn);
    expect(opsOf(program)).toContain('BroadcastTo');
    const biggest = Math.max(...program.constants.map(({ value }) => tf.util.sizeFromShape([...value.shape])));
    expect(biggest).toBeLessThan(65);
    const sum = simplified(({ x }) => ({ y: tf.mul(x, tf.mul(tf.mean(x, 0), tf.ones([20, 10]))) }));
    expect(opsOf(sum)).toEqual(['Mean', 'Mul']);
  });

  it('computes the same', () => {
    const x = tf.randomNormal([20, 10], 0, 1, 'float32', 7);
    const fn = ({ x }: X) => ({
      y: tf.grad((v: tf.Tensor) =>
        tf.add(tf.mean(tf.square(tf.mean(tf.exp(v), 1))), tf.sum(tf.mul(v, tf.fill([20, 10], 2)))),
      )(x),
    });
    const compiled = compile(fn);
    const [now, plain] = [compiled({ x }).y.dataSync(), fn({ x }).y.dataSync()];
    // Sums in another order.
    for (const [i, value] of plain.entries()) expect(Math.abs(now[i] - value)).toBeLessThan(1e-6 * Math.abs(value));
    compiled.dispose();
    x.dispose();
  });
});
