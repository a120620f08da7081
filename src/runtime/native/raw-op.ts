/**
 * Ops that TensorFlow has and tfjs has not, such as `FusedBatchNormV3`, `StatelessRandomUniformV2` or
 * `ResourceApplyAdam`: run as one call, on tfjs tensors.
 */
import * as tf from '@tensorflow/tfjs-core';
import { EngineError } from '../errors.js';
import type { OpAttribute, TensorFlowBinding } from './binding.js';
import { adoptTensor, kernelBackend, NATIVE_BACKEND } from './kernel-backend.js';
import { AttributeKind } from './op-attribute.js';
import { dataTypeNumber } from './tensor-memory.js';

/**
 * An attribute as it is written in TensorFlow's documentation: a number, flag or text, a data type by name
 * (`'float32'`), a shape as a list of sizes, or a list of these. Its kind is looked up in the op's definition.
 */
export type RawAttribute = number | boolean | string | readonly number[] | readonly boolean[] | readonly string[];

let isComposing = false;

/** Whether raw ops can run: the native engine is tfjs's backend now, and nobody asked to do without. */
export function hasRawOps(): boolean {
  return tf.getBackend() === NATIVE_BACKEND && !isComposing;
}

/** Runs `fn` with tfjs's own ops alone, as on engines without raw ops: a recording of it runs on every runtime of tfjs. */
export function withComposedOps<Result>(fn: () => Result): Result {
  const before = isComposing;
  isComposing = true;
  try {
    return fn();
  } finally {
    isComposing = before;
  }
}

/**
 * Runs one TensorFlow op. Its outputs are tfjs tensors like any others: `tf.tidy` and `dispose` free them. It has no
 * gradient: wrap it in `tf.customGrad`. Attributes that have a default or follow from the
 * inputs' types may be left out; the length `N` of a list of inputs may not.
 *
 * tfjs has fewer types than TensorFlow. An output of another type keeps it, is labelled with the nearest of tfjs's
 * (int64 and uint8 `int32`; half, bfloat16 and double `float32`; resource and variant `string`), and should only go
 * into other raw ops, `Cast` among them. The values of an int64 tensor are read as a `BigInt64Array`.
 *
 * @param nOutputs how many tensors the op returns, all lists counted out; 0 for one that only assigns
 * @throws EngineError where the op is unknown or fails, naming it with its inputs' types and shapes, or the backend is
 *   another
 */
export function executeRawOp(
  name: string,
  attributes: Readonly<Record<string, RawAttribute>>,
  inputs: readonly tf.TensorInfo[],
  nOutputs: number,
): tf.Tensor[] {
  const backend = kernelBackend(name);
  const list = Object.entries(attributes).map(([key, value]) => toOpAttribute(backend.binding, name, key, value));
  return backend.binding
    .executeOp(name, list, backend.getInputTensorIds(inputs), nOutputs)
    .map((output) => adoptTensor(backend, output));
}

function toOpAttribute(binding: TensorFlowBinding, op: string, name: string, value: RawAttribute): OpAttribute {
  const type = binding.attributeKind(op, name);
  if (type !== AttributeKind.type) return { name, type, value };
  const toNumber = (dtype: unknown) => {
    const number = dataTypeNumber(String(dtype));
    if (number === undefined) throw new EngineError(`${op}: attribute ${name}: unknown data type "${dtype}"`);
    return number;
  };
  return { name, type, value: Array.isArray(value) ? value.map(toNumber) : toNumber(value) };
}
