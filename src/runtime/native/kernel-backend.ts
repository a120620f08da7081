/** The native engine's backend as tfjs holds it: the one way from tfjs tensors to the ids that the binding knows. */
import * as tf from '@tensorflow/tfjs-core';
import { EngineError } from '../errors.js';
import type { TensorFlowBinding, TensorMetadata } from './binding.js';
import { DataType } from './tensor-memory.js';

/**
 * The name under which the backend is registered with tfjs, and tfjs-node's kernels for it. It stands here, because
 * layers ask for raw ops without an engine, and should not load the FFI for that.
 */
export const NATIVE_BACKEND = 'tensorflow';

/** The parts of tfjs-node's backend that its declaration hides. */
export interface KernelBackend extends tf.KernelBackend {
  /** What every kernel calls. */
  binding: TensorFlowBinding;
  readonly tensorMap: tf.DataStorage<{
    shape: number[];
    dtype: number;
    id: number;
    values: tf.backend_util.BackendValues | null;
    refCount: number;
  }>;
  /** The tensors' ids; hands over the values of those that have none yet. */
  getInputTensorIds(tensors: readonly tf.TensorInfo[]): number[];
}

/**
 * The native backend.
 *
 * @param where opens the message
 * @throws EngineError where tfjs runs on another
 */
export function kernelBackend(where: string): KernelBackend {
  const name = tf.getBackend();
  if (name !== NATIVE_BACKEND) {
    throw new EngineError(`${where}: needs TensorFlow's native engine, but tfjs runs on "${name ?? 'none'}"`);
  }
  return tf.backend() as KernelBackend;
}

/**
 * Runs `fn` on the engine itself, even while a function is recorded: for questions about the engine that only a trial
 * answers.
 *
 * @throws EngineError where tfjs runs on another engine
 */
export function onEngine<Result>(fn: () => Result): Result {
  const backend = kernelBackend('trial');
  const { binding } = backend;
  backend.binding = binding.original ?? binding;
  try {
    return fn();
  } finally {
    backend.binding = binding;
  }
}

/** A tfjs tensor of what the binding made, which goes when the tensor goes. */
export function adoptTensor(backend: KernelBackend, { id, shape, dtype }: TensorMetadata): tf.Tensor {
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
