/**
 * Ops that TensorFlow has and tfjs has not, such as `FusedBatchNormV3`, `StatelessRandomUniformV2` or
 * `ResourceApplyAdam`: run as one call, on tfjs tensors.
 */
import * as tf from '@tensorflow/tfjs-core';
import { EngineError } from '../errors.js';
import type { OpAttribute, TensorFlowBinding, TensorMetadata } from './binding.js';
import { AttributeKind } from './op-attribute.js';
import { DataType, dataTypeNumber } from './tensor-memory.js';

/**
 * The name under which the backend is registered with tfjs, and tfjs-node's kernels for it. It stands here, because
 * layers ask for raw ops without an engine, and should not load the FFI for that.
 */
export const NATIVE_BACKEND = 'tensorflow';

/**
 * An attribute as it is written in TensorFlow's documentation: a number, flag or text, a data type by name
 * (`'float32'`), a shape as a list of sizes, or a list of these. Its kind is looked up in the op's definition.
 */
export type RawAttribute = number | boolean | string | readonly number[] | readonly boolean[] | readonly string[];

/** The parts of tfjs-node's backend that its declaration hides and a raw op needs. */
interface KernelBackend extends tf.KernelBackend {
  readonly binding: TensorFlowBinding;
  readonly tensorMap: tf.DataStorage<{
    shape: number[];
    dtype: number;
    id: number;
    values: tf.backend_util.BackendValues | null;
    refCount: number;
  }>;
  getInputTensorIds(tensors: readonly tf.TensorInfo[]): number[];
}

/** Whether raw ops can run: the native engine is tfjs's backend now. */
export function hasRawOps(): boolean {
  return tf.getBackend() === NATIVE_BACKEND;
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
  if (!hasRawOps()) {
    throw new EngineError(`${name}: needs TensorFlow's native engine, but tfjs runs on "${tf.getBackend() ?? 'none'}"`);
  }
  const backend = tf.backend() as KernelBackend;
  const list = Object.entries(attributes).map(([key, value]) => toOpAttribute(backend.binding, name, key, value));
  return backend.binding
    .executeOp(name, list, backend.getInputTensorIds(inputs), nOutputs)
    .map((output) => track(backend, output));
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

function track(backend: KernelBackend, { id, shape, dtype }: TensorMetadata): tf.Tensor {
  const dataId = {};
  backend.tensorMap.set(dataId, { shape, dtype, id, values: null, refCount: 1 });
  return tf.engine().makeTensorFromTensorInfo({ dataId, shape, dtype: labelOf(dtype) });
}

/** tfjs's name for a TensorFlow type, or for the nearest it has. */
function labelOf(dtype: number): tf.DataType {
  switch (dtype) {
    case DataType.bool:
      return 'bool';
    case DataType.complex64:
      return 'complex64';
    case DataType.float32:
    case DataType.float64:
    case DataType.float16:
    case DataType.bfloat16:
      return 'float32';
    case DataType.string:
    case DataType.resource:
    case DataType.variant:
      return 'string';
    default:
      return 'int32';
  }
}
