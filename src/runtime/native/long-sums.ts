/**
 * Sums over long axes keep their digits. TensorFlow's kernels add up an axis one value after the other, wherever another
 * axis lies inside of it: of 240,000 float32 values a hundred-thousandth of their magnitudes is lost, and more the longer
 * the axis. Here it is cut into blocks, their sums are cut into blocks again, and a few hundred values are left at the
 * end. That is also two to four times as fast, since blocks are spread over threads. The innermost axis TensorFlow adds up
 * by pairs itself.
 */
import * as tf from '@tensorflow/tfjs-core';
import { NATIVE_BACKEND } from './kernel-backend.js';
import { hasRawOps } from './raw-op.js';

/** Length from which an axis counts as long: below it, adding one by one loses a millionth at most. */
export const LONG_AXIS = 2 ** 13;

/** Lengths of a block: the longest in this range that parts the axis evenly. */
const LEAST_BLOCK = 64;
const MOST_BLOCK = 256;

/** The sum over axis 1 of `[outer, length, inner]`, in blocks of blocks: `[outer, inner]`. */
function sumMiddle(x: tf.Tensor): tf.Tensor {
  const [outer, length, inner] = x.shape;
  if (inner === 1 || length <= MOST_BLOCK) return tf.sum(x, 1);
  const block = blockLength(length);
  const rest = length % block;
  if (rest === 0) return sumMiddle(tf.sum(tf.reshape(x, [outer, length / block, block, inner]), 2));
  const head = tf.slice(x, [0, 0, 0], [outer, length - rest, inner]);
  const tail = tf.slice(x, [0, length - rest, 0], [outer, rest, inner]);
  return tf.add(sumMiddle(head), tf.sum(tail, 1));
}

function blockLength(length: number): number {
  for (let block = MOST_BLOCK; block >= LEAST_BLOCK; block--) if (length % block === 0) return block;
  return MOST_BLOCK / 2;
}

/** Axes that lie side by side and are all summed, or all kept, as one. */
function merged(shape: readonly number[], axes: readonly number[]): { length: number; isSummed: boolean }[] {
  const groups: { length: number; isSummed: boolean }[] = [];
  for (const [axis, length] of shape.entries()) {
    if (length === 1) continue;
    const isSummed = axes.includes(axis);
    const last = groups.at(-1);
    if (last?.isSummed === isSummed) last.length *= length;
    else groups.push({ length, isSummed });
  }
  return groups;
}

/** Sums the merged axes from the innermost outwards. */
function sumGroups(x: tf.Tensor, axes: readonly number[]): tf.Tensor {
  let groups = merged(x.shape, axes);
  let result = x;
  for (;;) {
    const at = groups.findLastIndex(({ isSummed }) => isSummed);
    if (at < 0) return result;
    const [outside, inside] = [groups.slice(0, at), groups.slice(at + 1)];
    result = sumMiddle(tf.reshape(result, [volume(outside), groups[at].length, volume(inside)]));
    groups = [...outside, ...inside];
  }
}

function volume(groups: readonly { readonly length: number }[]): number {
  return groups.reduce((product, { length }) => product * length, 1);
}

interface Reduction {
  readonly axis: number | number[];
  readonly keepDims?: boolean;
}

let areInstalled = false;

/**
 * Puts sums in blocks in the place of tfjs-node's kernels of `Sum`, `Mean` and `BatchMatMul`, wherever the summed axes are
 * long and not the innermost ones: for eager ops, gradients and recorded programs alike, but not for programs that are recorded for
 * other runtimes. Once is enough for a process.
 */
export function sumLongAxesInBlocks(): void {
  if (areInstalled) return;
  areInstalled = true;
  replace('Sum', sumGroups);
  replace('Mean', (x, axes) =>
    tf.div(
      sumGroups(x, axes),
      axes.reduce((count, axis) => count * x.shape[axis], 1),
    ),
  );
  replaceProduct();
}

/** Replaces the product of matrices where one is a single row or column, and long: the others are summed in blocks. */
function replaceProduct(): void {
  const plain = tf.getKernel('BatchMatMul', NATIVE_BACKEND).kernelFunc;
  tf.unregisterKernel('BatchMatMul', NATIVE_BACKEND);
  tf.registerKernel({
    kernelName: 'BatchMatMul',
    backendName: NATIVE_BACKEND,
    kernelFunc: (call) => {
      const { a, b } = call.inputs as { a: tf.Tensor; b: tf.Tensor };
      const { transposeA, transposeB } = call.attrs as unknown as { transposeA: boolean; transposeB: boolean };
      const [nRows, nSummed] = sides(a, transposeA);
      const [nColumns] = sides(b, !transposeB);
      const isVector = nRows === 1 || nColumns === 1;
      if (!isVector || nSummed < LONG_AXIS || a.dtype !== 'float32' || !hasRawOps()) return plain(call);
      const [matrix, vector, isDown] = nRows === 1 ? [b, a, !transposeB] : [a, b, transposeA];
      return tf.tidy(() => {
        const beside = tf.reshape(vector, [...vector.shape.slice(0, -2), ...(isDown ? [nSummed, 1] : [1, nSummed])]);
        const result = tf.sum(tf.mul(matrix, beside), isDown ? -2 : -1);
        return tf.reshape(result, [...result.shape.slice(0, -1), nRows, nColumns]);
      });
    },
  });
}

/** Lengths of the kept and of the summed axis of the left matrix, or of the right one seen the other way. */
function sides({ shape }: tf.Tensor, isTransposed: boolean): [kept: number, summed: number] {
  const [rows, columns] = shape.slice(-2);
  return isTransposed ? [columns, rows] : [rows, columns];
}

/** Replaces a kernel where the axes it reduces are long. */
function replace(name: string, reduce: (x: tf.Tensor, axes: readonly number[]) => tf.Tensor): void {
  const plain = tf.getKernel(name, NATIVE_BACKEND).kernelFunc;
  tf.unregisterKernel(name, NATIVE_BACKEND);
  tf.registerKernel({
    kernelName: name,
    backendName: NATIVE_BACKEND,
    kernelFunc: (call) => {
      const x = call.inputs.x as tf.Tensor;
      const { axis, keepDims = false } = call.attrs as unknown as Reduction;
      const axes = tf.util.parseAxisParam(axis, x.shape);
      if (x.dtype !== 'float32' || !hasRawOps() || !isLong(x.shape, axes)) return plain(call);
      const kept = x.shape.flatMap((length, at) => (axes.includes(at) ? (keepDims ? [1] : []) : [length]));
      return tf.tidy(() => tf.reshape(reduce(x, axes), kept));
    },
  });
}

/** Whether some of the summed axes are long and have another one inside of them. */
function isLong(shape: readonly number[], axes: readonly number[]): boolean {
  const groups = merged(shape, axes);
  const outer = groups.at(-1)?.isSummed === true ? groups.slice(0, -1) : groups;
  if (outer.length === 0 || outer.every(({ isSummed }) => !isSummed)) return false;
  return volume(groups.filter(({ isSummed }) => isSummed)) >= LONG_AXIS;
}
