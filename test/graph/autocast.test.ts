import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { autocast, type LowPrecision } from '../../src/graph/autocast.js';
import { compile } from '../../src/graph/compile.js';
import { printProgram, releaseProgram } from '../../src/graph/program.js';
import { record } from '../../src/graph/record.js';
import { simplifyProgram } from '../../src/graph/simplify.js';
import { verifyProgram } from '../../src/graph/verify.js';
import { recomputed } from '../../src/layers/recomputed.js';
import { uniformTensor } from '../../src/layers/uniform-tensor.js';
import { EngineError } from '../../src/runtime/errors.js';
import { kernelBackend } from '../../src/runtime/native/kernel-backend.js';
import { startTestEngine } from '../support/engine.js';

beforeAll(startTestEngine);
afterEach(() => vi.restoreAllMocks());

/**
 * Loss and gradients of two convolutions and a linear map, all smooth: where a maximum chooses, rounding may choose another,
 * and gradients are no longer near each other.
 */
function gradientsOf(precision: LowPrecision | undefined): { loss: number; gradients: number[] } {
  const centred = (shape: number[], salt: number, width: number) =>
    tf.tidy(() => tf.variable(tf.mul(tf.sub(uniformTensor(shape, 1, salt), 0.5), width)));
  const kernels = [centred([3, 3, 1, 16], 1, 2), centred([3, 3, 16, 8], 2, 0.5), centred([96 * 8, 2], 3, 0.2)];
  const [first, second, last] = kernels;
  const step = compile(
    ({ x }: { x: tf.Tensor }): Record<string, tf.Tensor> => {
      const { value, grads } = tf.variableGrads(() => {
        const maps = tf.tanh(tf.conv2d(x as tf.Tensor4D, first as tf.Tensor4D, 1, 'same'));
        const deeper = tf.tanh(tf.conv2d(maps, second as tf.Tensor4D, 2, 'same'));
        const logits = tf.matMul(tf.reshape(deeper, [-1, 96 * 8]) as tf.Tensor2D, last as tf.Tensor2D);
        return tf.mean(tf.square(tf.sub(tf.sigmoid(logits), 1))) as tf.Scalar;
      }, kernels);
      return { loss: value, ...Object.fromEntries(kernels.map(({ name }, i) => [`gradient${i}`, grads[name]])) };
    },
    precision === undefined ? {} : { precision },
  );
  return tf.tidy(() => {
    const { loss, ...gradients } = step({ x: uniformTensor([8, 24, 16, 1], 1, 4) });
    const flat = Object.values(gradients).flatMap((gradient) => [...gradient.dataSync()]);
    step.dispose();
    tf.dispose(kernels);
    return { loss: loss.dataSync()[0], gradients: flat };
  });
}

const norm = (values: Iterable<number>) => Math.sqrt([...values].reduce((sum, value) => sum + value * value, 0));

describe('mixed precision', () => {
  // bfloat16 has 8 bits: 0.4 % for each of the products on the way. float16 has 11.
  it.each([
    ['bfloat16', 0.03],
    ['float16', 0.005],
  ] as const)('gives in %s the loss and the gradients within %d', (precision, tolerance) => {
    const expected = gradientsOf(undefined);
    const got = gradientsOf(precision);
    expect(Math.abs(got.loss / expected.loss - 1)).toBeLessThan(tolerance);
    // It is another computation, not float32 under another name.
    expect(got.loss).not.toBe(expected.loss);
    const [a, b] = [expected.gradients, got.gradients];
    expect(norm(a.map((value, i) => value - b[i])) / norm(a)).toBeLessThan(tolerance);
  });

  it('casts each value once, and not between products that only moves part', () => {
    const weights = tf.variable(tf.ones([8, 8]));
    const recorded = record(
      ({ x }: { x: tf.Tensor }) => {
        const y = tf.matMul(x as tf.Tensor2D, weights as tf.Tensor2D);
        const moved = tf.transpose(tf.relu(y)) as tf.Tensor2D;
        return { z: tf.add(tf.matMul(moved, weights as tf.Tensor2D), tf.sum(y)) };
      },
      { x: tf.ones([8, 8]) },
    );
    const program = autocast(simplifyProgram(recorded), 'bfloat16');
    verifyProgram(program);
    const casts = program.operations
      .filter(({ op }) => op === 'Cast')
      .map(({ inputs, outputs }) => {
        return `${inputs[0].name} to ${outputs[0].dtype}`;
      });
    // x and the weights down once; up the one for the sum and the one for the addition.
    expect(casts).toEqual([
      'x to bfloat16',
      `${program.captures[0].value.name} to bfloat16`,
      'BatchMatMulV2.bfloat16 to float32',
      'BatchMatMulV2_1.bfloat16 to float32',
    ]);
    expect(printProgram(program)).toMatch(/Relu\.bfloat16 = Relu\(.*T=bfloat16.*: bfloat16\[8,8\]/);
    releaseProgram(recorded);
    weights.dispose();
  });

  it('rounds again what is recomputed', () => {
    const weights = tf.variable(tf.ones([8, 8]));
    const recorded = record(
      ({ x }: { x: tf.Tensor }) => {
        const block = (y: tf.Tensor) => tf.tanh(tf.matMul(tf.square(y) as tf.Tensor2D, weights as tf.Tensor2D));
        const { grads } = tf.variableGrads(
          () => tf.sum(tf.square(recomputed(block, [x], [weights]))) as tf.Scalar,
          [weights],
        );
        return { gradient: grads[weights.name] };
      },
      { x: tf.ones([8, 8]) },
    );
    const program = autocast(simplifyProgram(recorded), 'bfloat16');
    verifyProgram(program);
    const awaiting = new Set(
      program.operations.filter(({ after }) => after !== undefined).flatMap(({ outputs }) => outputs),
    );
    const again = program.operations.filter(({ op, inputs }) => op === 'Cast' && awaiting.has(inputs[0]));
    expect(again.length).toBeGreaterThan(0);
    expect(again.every(({ after }) => after !== undefined)).toBe(true);
    releaseProgram(recorded);
    weights.dispose();
  });

  it('says which kernels the device lacks', () => {
    const { binding } = kernelBackend('test');
    expect(binding.hasKernel('Conv2D', 'bfloat16')).toBe(true);
    expect(binding.hasKernel('Conv2D', 'string')).toBe(false);
    expect(binding.hasKernel('NoSuchOp', 'float32')).toBe(false);
    vi.spyOn(binding, 'hasKernel').mockReturnValue(false);
    const x = tf.ones([2, 2]);
    const product = compile(({ x }: { x: tf.Tensor }) => ({ y: tf.matMul(x, x) }), { precision: 'float16' });
    expect(() => product({ x })).toThrow(EngineError);
    expect(() => product({ x })).toThrow('has no float16 kernel of BatchMatMulV2; compute in float32');
    x.dispose();
  });
});
