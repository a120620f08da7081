import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { printProgram, releaseProgram } from '../../src/graph/program.js';
import { record } from '../../src/graph/record.js';
import { verifyProgram } from '../../src/graph/verify.js';
import type { Engine } from '../../src/runtime/engine.js';
import { EngineError, GraphError } from '../../src/runtime/errors.js';
import { startTestEngine } from '../support/engine.js';
import { residentMegabytes } from '../support/resident-memory.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startTestEngine();
});

type X = { x: tf.Tensor };

/** What recording `fn` on ones throws. Checks that it leaves nothing behind. */
function refusal(fn: (inputs: X) => { y: tf.Tensor }): Error {
  const x = tf.ones([4]);
  const attempt = (): unknown => {
    try {
      record(fn, { x });
    } catch (error) {
      return error;
    }
    throw new Error('nothing was refused');
  };
  const counts = () => [tf.memory().numTensors, engine.liveTensors()];
  // The first attempt hands values that wait in JavaScript to the engine.
  attempt();
  const before = counts();
  const error = attempt();
  expect(counts()).toEqual(before);
  x.dispose();
  return error as Error;
}

describe('record', () => {
  it('notes ops, attributes, constants, captures, assignments and outputs, and prints them', () => {
    const outer = tf.tidy(() => tf.square(tf.tensor1d([2, 3])));
    const kernel = tf.variable(tf.tensor2d([[1], [2]]), true, 'record/kernel');
    const total = tf.variable(tf.scalar(0), false, 'total:1');
    const x = tf.ones([4, 2]);
    const program = record(
      ({ x }: X) => {
        const y = tf.matMul(tf.mul(x, outer) as tf.Tensor2D, kernel as tf.Tensor2D);
        total.assign(tf.add(total, tf.sum(y)));
        return { y, same: x };
      },
      { x },
    );
    verifyProgram(program);
    expect(printProgram(program)).toBe(`input x: float32[4,2]
tensor captured: float32[2]
variable record/kernel: float32[2,1]
variable total_1: float32[]
constant constant: int32[2] = [0, 1]
Mul = Mul(x, captured) {T=float32}: float32[4,2]
BatchMatMulV2 = BatchMatMulV2(Mul, record/kernel) {T=float32, adj_x=false, adj_y=false}: float32[4,1]
Sum = Sum(BatchMatMulV2, constant) {keep_dims=false, T=float32, Tidx=int32}: float32[]
Add = Add(total_1, Sum) {T=float32}: float32[]
assign total:1 = Add
output y = BatchMatMulV2: float32[4,1]
output same = x: float32[4,2]
`);
    expect(total.dataSync()[0]).toBe(0);
    expect(program.captures.map(({ tensor }) => tensor === kernel || tensor === total)).toEqual([false, true, true]);
    outer.dispose();
    const own = program.captures[0].tensor;
    expect([...own.dataSync()]).toEqual([4, 9]);
    releaseProgram(program);
    expect([own.isDisposed, kernel.isDisposed]).toEqual([true, false]);
    tf.dispose([kernel, total, x]);
  });

  it('tells inputs apart that are the same tensor, and knows a gradient’s ops', () => {
    const x = tf.tensor1d([1, 2]);
    const program = record(({ a, b }) => ({ da: tf.grad((v: tf.Tensor) => tf.mul(v, b))(a) }), { a: x, b: x });
    const [product] = program.operations;
    expect(product.inputs.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(program.outputs.get('da')?.shape).toEqual([2]);
    x.dispose();
  });

  it('refuses to read a value, naming the op and the place', () => {
    const error = refusal(({ x }) => {
      const y = tf.tidy(() => tf.sqrt(tf.abs(x)));
      y.dataSync();
      return { y };
    });
    expect(error).toBeInstanceOf(GraphError);
    expect(error.message).toMatch(/^record: the values of Sqrt \(Sqrt\) are read at .*record\.test\.ts:\d+:\d+; /);
    expect(refusal(({ x }) => ({ y: tf.scalar(x.arraySync() as unknown as number) })).message).toMatch(
      /the values of x are read at .*record\.test\.ts:/,
    );
    const waiting = tf.variable(tf.scalar(1));
    expect(refusal(() => ({ y: tf.scalar(waiting.dataSync()[0]) })).message).toMatch(/are read at/);
    waiting.dispose();
  });

  it('lets constants be read, as a gather along known indices does', () => {
    const x = tf.tensor1d([1, 2, 3]);
    const program = record(({ x }: X) => ({ y: tf.gather(x, tf.tensor1d([2, 0], 'int32')) }), { x });
    expect(program.operations.map(({ op }) => op)).toEqual(['GatherV2']);
    x.dispose();
  });

  it('refuses hidden random states and shapes that depend on values', () => {
    expect(refusal(({ x }) => ({ y: tf.multinomial(x as tf.Tensor1D, 2, 1) })).message).toMatch(
      /^record: Multinomial at .*record\.test\.ts:\d+:\d+: it draws from a hidden state/,
    );
    expect(refusal(({ x }) => ({ y: tf.unique(x).values })).message).toMatch(/UniqueV2 at .*: its output's shape/);
  });

  it('refuses variables made inside, recordings inside recordings, and engines without graphs', async () => {
    const error = refusal(({ x }) => ({ y: tf.variable(tf.neg(x), true, 'inner') }));
    expect(error.message).toBe('record: the function makes a variable (inner); make it before recording');
    expect(refusal((inputs) => record((both: X) => ({ y: both.x }), inputs) as never).message).toMatch(
      /being recorded/,
    );
    await import('@tensorflow/tfjs');
    await tf.setBackend('cpu');
    expect(() => record((inputs: X) => ({ y: inputs.x }), { x: tf.ones([1]) })).toThrow(EngineError);
    await tf.setBackend('tensorflow');
  });

  it('tells variables apart that were assigned the same tensor, in either order', () => {
    for (const [from, to] of [
      [0, 1],
      [1, 0],
    ]) {
      const variables: tf.Variable[] = [2, 3].map((value) => tf.variable(tf.scalar(value), false));
      variables[to].assign(variables[from]);
      const x = tf.scalar(1);
      const program = record(({ x }: X) => ({ y: tf.add(tf.mul(variables[0], 10), tf.add(variables[1], x)) }), { x });
      expect(program.captures.map(({ tensor }) => variables.indexOf(tensor as tf.Variable))).toEqual(
        expect.arrayContaining([0, 1]),
      );
      expect(variables.map((variable) => variable.dataSync()[0])).toEqual(from === 0 ? [2, 2] : [3, 3]);
      releaseProgram(program);
      tf.dispose([...variables, x]);
    }
  });

  it('undoes assignments where the function fails', () => {
    const variable = tf.variable(tf.tensor1d([1, 2]), true, 'kept');
    refusal(({ x }) => {
      variable.assign(tf.slice(x, 0, 2) as tf.Tensor1D);
      throw new GraphError('on purpose');
    });
    expect([...variable.dataSync()]).toEqual([1, 2]);
    variable.dispose();
  });
});

it('large results take no room while a function is recorded', () => {
  const x = tf.ones([2 ** 24]);
  const before = residentMegabytes();
  let during = 0;
  const program = record(
    ({ x }: { x: tf.Tensor }) => {
      const chain = Array.from({ length: 16 }).reduce<tf.Tensor[]>(
        (done) => [...done, tf.add(done.at(-1) ?? x, 1)],
        [],
      );
      during = residentMegabytes();
      return { y: chain.at(-1) as tf.Tensor };
    },
    { x },
  );
  // Sixteen times 64 MiB, were they kept; some are there on the way.
  expect(during - before).toBeLessThan(400);
  expect(program.operations.map(({ op }) => op)).toEqual(Array.from({ length: 16 }, () => 'Add'));
  releaseProgram(program);
  x.dispose();
});
