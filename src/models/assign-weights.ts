/** Weights of another framework's file into a model, tensor by tensor: never more of them in memory than the largest. */
import * as tf from '@tensorflow/tfjs-core';
import { CheckpointError } from '../runtime/errors.js';
import type { TensorFile } from '../runtime/tensor-file.js';

/** How one tensor of a file becomes one weight of ours. */
export interface SourceRule {
  /** Its names there: the first that the file has is taken. */
  readonly from: readonly string[];
  /** Its name here. */
  readonly to: string;
  /** Which of its axes comes first here, second, and so on; none where the values are in the same order. */
  readonly axes?: readonly number[];
  /** Whether the last axis, that of the classes, is turned round. */
  readonly reversed?: boolean;
  /** Whether the weight may stay as it is where the file lacks it. */
  readonly isOptional?: boolean;
}

/** Problems of one kind that a message lists. */
const SHOWN = 5;

/**
 * Assigns the tensors of a file to variables, each of which has a rule: every one gets its value and every tensor is used
 * once, or nothing is assigned.
 *
 * @param isIgnored whether a tensor without a rule may be left out, such as one of another task's head
 * @throws CheckpointError that lists what is missing, unexpected, misshaped or no floats
 */
export function assignWeights(
  file: Pick<TensorFile, 'path' | 'headers' | 'read'>,
  rules: readonly SourceRule[],
  variables: ReadonlyMap<string, tf.Variable>,
  isIgnored: (name: string) => boolean,
): void {
  const found = new Map<string, { readonly rule: SourceRule; readonly variable: tf.Variable }>();
  const missing: string[] = [];
  const unlike: string[] = [];
  for (const rule of rules) {
    const variable = variables.get(rule.to);
    if (variable === undefined) throw new Error(`no weight ${rule.to} in the model`);
    const name = rule.from.find((each) => file.headers.has(each));
    if (name === undefined) {
      if (rule.isOptional !== true) missing.push(rule.from[0]);
      continue;
    }
    const { shape, dtype } = file.headers.get(name) as { shape: readonly number[]; dtype: string };
    const expected = sourceShape(rule, variable);
    if (!(withoutOnes(shape, expected) && /^B?F\d+$/.test(dtype))) {
      unlike.push(`${name} (expected floats [${expected}], got ${dtype} [${shape}])`);
    }
    found.set(name, { rule, variable });
  }
  const unexpected = [...file.headers.keys()].filter((name) => !found.has(name) && !isIgnored(name));
  const problems = [
    ...list('missing', missing),
    ...list('unexpected', unexpected),
    ...list('of another shape or type', unlike),
  ];
  if (problems.length > 0) {
    throw new CheckpointError(
      `${file.path}: weights of another model: ${problems.join('; ')}; is it of another architecture?`,
    );
  }
  for (const [name, { rule, variable }] of found) {
    tf.tidy(() => {
      const { data } = file.read(name);
      const values = data instanceof Float32Array ? data : Float32Array.from(data as Float64Array);
      const given = tf.tensor(values, sourceShape(rule, variable));
      const moved = rule.axes === undefined ? given : tf.transpose(given, [...rule.axes]);
      variable.assign(rule.reversed === true ? tf.reverse(moved, -1) : moved);
    });
  }
}

/** The shape in the file of a weight of ours. */
function sourceShape({ axes }: SourceRule, { shape }: tf.Variable): number[] {
  if (axes === undefined) return shape;
  const source = [...shape];
  axes.forEach((axis, i) => {
    source[axis] = shape[i];
  });
  return source;
}

/** Whether a shape is the expected one, but for axes of length 1 that it has beyond, as a convolution of one step has. */
function withoutOnes(shape: readonly number[], expected: readonly number[]): boolean {
  const long = (lengths: readonly number[]) => lengths.filter((length) => length !== 1).join();
  return shape.join() === expected.join() || (shape.length > expected.length && long(shape) === long(expected));
}

function list(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, SHOWN).join(', ');
  return [`${names.length} ${what}: ${shown}${names.length > SHOWN ? ', ...' : ''}`];
}
