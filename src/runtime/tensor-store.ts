/** Named tensors of the engine to and from files: what checkpoints and weight imports are made of. */
import * as tf from '@tensorflow/tfjs-core';
import { CheckpointError } from './errors.js';
import type { StoredTensor, StoredType } from './safetensors.js';
import type { TensorFile } from './tensor-file.js';

/** Types that are read as float32. */
const FLOATS: ReadonlySet<StoredType> = new Set(['F32', 'F16', 'BF16']);

/** Tensors as a file takes them, float32: their values are copied from the engine whenever they are asked for. */
export function storable(tensors: ReadonlyMap<string, tf.Tensor>): Map<string, StoredTensor> {
  return new Map([...tensors].map(([name, tensor]) => [name, new EngineTensor(tensor)]));
}

class EngineTensor implements StoredTensor {
  readonly dtype = 'F32';

  constructor(private readonly tensor: tf.Tensor) {}

  get shape(): readonly number[] {
    return this.tensor.shape;
  }

  get data(): Float32Array {
    return this.tensor.dataSync<'float32'>().slice();
  }
}

/**
 * Assigns stored tensors to variables of the same names: every variable gets its value and every tensor is used, or
 * nothing is assigned.
 *
 * @param where the file, named in errors
 * @throws CheckpointError that lists what is missing, unexpected, misshaped or no float32
 */
export function uploadTensors(
  where: string,
  stored: ReadonlyMap<string, StoredTensor>,
  variables: ReadonlyMap<string, tf.Variable>,
): void {
  uploadTensorFile({ path: where, headers: stored, read: (name) => stored.get(name) as StoredTensor }, variables);
}

/**
 * The same from an open file, one tensor in memory at a time. The file stays open.
 *
 * @throws CheckpointError as {@link uploadTensors}
 */
export function uploadTensorFile(
  { path, headers, read }: Pick<TensorFile, 'path' | 'headers' | 'read'>,
  variables: ReadonlyMap<string, tf.Variable>,
): void {
  const missing = [...variables.keys()].filter((name) => !headers.has(name));
  const unexpected = [...headers.keys()].filter((name) => !variables.has(name));
  const unlike = [...variables].flatMap(([name, variable]) => {
    const got = headers.get(name);
    const fits = got === undefined || (got.shape.join() === variable.shape.join() && FLOATS.has(got.dtype));
    return fits ? [] : [`${name} (expected float32 [${variable.shape}], got ${got.dtype} [${got.shape}])`];
  });
  const problems = [
    ...list('missing', missing),
    ...list('unexpected', unexpected),
    ...list('of another shape or type', unlike),
  ];
  if (problems.length > 0) {
    throw new CheckpointError(`${path}: weights of another model: ${problems.join('; ')}; check the model's options`);
  }
  for (const [name, variable] of variables) {
    tf.tidy(() => variable.assign(tf.tensor(read(name).data as Float32Array, variable.shape)));
  }
}

function list(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, 3).join(', ');
  return [`${names.length} ${what}: ${shown}${names.length > 3 ? ', ...' : ''}`];
}
