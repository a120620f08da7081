/** What a program costs. */
import * as tf from '@tensorflow/tfjs-core';
import { elementsOf, type Operation, type Program, type Value } from './program.js';

/** Figures of one run of a program. */
export interface ProgramSummary {
  /** Elements of the trained variables that it reads. */
  readonly parameters: number;
  readonly operations: number;
  /** Floating-point operations: two for each multiplication with addition, one for each element of other ops. */
  readonly flops: number;
  /**
   * Bytes of intermediate results that are alive at once at most, if ops run in the program's order. Inputs, captures
   * and constants are not counted.
   */
  readonly peakActivationBytes: number;
}

/** Counts what one run of `program` costs. */
export function summarizeProgram(program: Program): ProgramSummary {
  const parameters = program.captures
    .filter(({ tensor }) => tensor instanceof tf.Variable && tensor.trainable)
    .reduce((sum, { value }) => sum + elementsOf(value.shape), 0);
  return {
    parameters,
    operations: program.operations.length,
    flops: program.operations.reduce((sum, operation) => sum + flopsOf(operation), 0),
    peakActivationBytes: peakActivationBytes(program),
  };
}

/** Ops whose output is their first input's memory. */
const VIEWS: ReadonlySet<string> = new Set(['ExpandDims', 'Identity', 'Reshape', 'Squeeze']);

/** Ops that move or make numbers without computing with them. */
const MOVES: ReadonlySet<string> = new Set([
  ...VIEWS,
  'BroadcastTo',
  'Cast',
  'ConcatV2',
  'Fill',
  'GatherV2',
  'OneHot',
  'OnesLike',
  'Pack',
  'Pad',
  'PadV2',
  'ReverseV2',
  'Slice',
  'Split',
  'SplitV',
  'StridedSlice',
  'Tile',
  'Transpose',
  'Unpack',
  'ZerosLike',
]);

/** Reductions: one operation for each element that goes in. */
const REDUCTIONS: ReadonlySet<string> = new Set([
  'All',
  'Any',
  'ArgMax',
  'ArgMin',
  'Max',
  'Mean',
  'Min',
  'Prod',
  'Sum',
]);

/** Floating-point operations of one run of an op: see {@link ProgramSummary}. */
export function flopsOf({ op, inputs, outputs: [output], attributes }: Operation): number {
  const size = (value: Value) => elementsOf(value.shape);
  const kernel = (filter: Value) => size(filter) / (filter.shape.at(-1) as number);
  switch (op) {
    case 'MatMul':
    case 'BatchMatMul':
    case 'BatchMatMulV2': {
      const isTransposed = attributes.some(({ name, value }) => /^(transpose_a|adj_x)$/.test(name) && value === true);
      return 2 * size(output) * (inputs[0].shape.at(isTransposed ? -2 : -1) as number);
    }
    case 'Conv2D':
    case 'Conv3D':
      return 2 * size(output) * kernel(inputs[1]);
    // The gradients of a convolution do as many multiplications as the convolution.
    case 'Conv2DBackpropInput':
      return 2 * size(inputs[2]) * kernel(inputs[1]);
    case 'Conv2DBackpropFilter':
      return 2 * size(inputs[2]) * kernel(output);
    case 'DepthwiseConv2dNative':
      return 2 * size(output) * inputs[1].shape[0] * inputs[1].shape[1];
    case 'BlockLSTMV2':
    case 'BlockLSTMGradV2': {
      const [, x, , , weights] = inputs;
      return (op === 'BlockLSTMV2' ? 2 : 4) * x.shape[0] * x.shape[1] * size(weights);
    }
    default:
      if (MOVES.has(op)) return 0;
      return REDUCTIONS.has(op) ? size(inputs[0]) : size(output);
  }
}

const BYTES: Readonly<Record<string, number>> = {
  bool: 1,
  int8: 1,
  uint8: 1,
  bfloat16: 2,
  float16: 2,
  int16: 2,
  uint16: 2,
  complex64: 8,
  float64: 8,
  int64: 8,
  uint64: 8,
};

function bytesOf({ shape, dtype }: Value): number {
  return elementsOf(shape) * (BYTES[dtype] ?? 4);
}

function peakActivationBytes({ operations, outputs, assignments }: Program): number {
  const owners = new Map<Value, Value>();
  const ownerOf = (value: Value): Value => owners.get(value) ?? value;
  const lastUse = new Map<Value, number>();
  for (const [i, { op, inputs, outputs: results }] of operations.entries()) {
    for (const input of inputs) lastUse.set(ownerOf(input), i);
    for (const result of results) {
      owners.set(result, VIEWS.has(op) ? ownerOf(inputs[0]) : result);
      if (!VIEWS.has(op)) lastUse.set(result, i);
    }
  }
  for (const value of [...outputs.values(), ...assignments.map(({ value }) => value)]) {
    lastUse.set(ownerOf(value), operations.length);
  }
  const made = new Set<Value>();
  const ending = new Map<number, Value[]>();
  for (const [value, i] of lastUse) ending.set(i, [...(ending.get(i) ?? []), value]);
  let [now, peak] = [0, 0];
  for (const [i, { op, outputs: results }] of operations.entries()) {
    if (!VIEWS.has(op)) {
      for (const result of results) {
        made.add(result);
        now += bytesOf(result);
      }
    }
    peak = Math.max(peak, now);
    for (const value of ending.get(i) ?? []) if (made.has(value)) now -= bytesOf(value);
  }
  return peak;
}
