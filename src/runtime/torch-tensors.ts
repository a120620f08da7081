/** Tensors as PyTorch pickles them: views, by offset and strides, of storages that the pickle names by key. */
import { CheckpointError } from './errors.js';
import type { PickleGlobal, PickleGlobals } from './pickle.js';
import { decodeValues, ITEM_BYTES, type StoredTensor, type StoredType } from './safetensors.js';

/** A block of values of one type. */
export interface TorchStorage {
  readonly key: string;
  readonly type: TorchType;
  /** Values in it. */
  readonly count: number;
  readonly itemBytes: number;
}

/** A view of a storage. */
export interface TorchTensor {
  readonly storage: TorchStorage;
  /** As its values are read. */
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  /** Values from one index to the next, by axis. */
  readonly strides: readonly number[];
  /** Values before the first. */
  readonly offset: number;
}

/** Types of storages by the class that names them. Short and char values are read as int32. */
const STORAGES = {
  DoubleStorage: 'F64',
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
} as const satisfies Readonly<Record<string, StoredType | 'I16' | 'I8'>>;

type TorchType = (typeof STORAGES)[keyof typeof STORAGES];

/** Entries of a training checkpoint that hold the weights, the first found taken. */
const WEIGHT_KEYS = ['state_dict', 'model_state_dict', 'model'];
/** Levels of dictionaries that are searched for tensors. */
const MAX_DEPTH = 16;
const MAX_RANK = 16;

/** A storage's class. */
class StorageClass implements PickleGlobal {
  readonly name: string;
  readonly type: TorchType;

  constructor(name: string, type: TorchType) {
    this.name = name;
    this.type = type;
  }
}

/** A tensor, told apart from whatever else a pickle holds. */
class Tensor implements TorchTensor {
  readonly storage: TorchStorage;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;

  constructor(storage: TorchStorage, shape: readonly number[], strides: readonly number[], offset: number) {
    this.storage = storage;
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
  }

  get dtype(): StoredType {
    const { type } = this.storage;
    return type === 'I16' || type === 'I8' ? 'I32' : type;
  }
}

/**
 * All that a weight file may name: tensors, parameters, storages, ordered dictionaries, and a few plain values.
 *
 * @param where the file, for messages
 * @param seen told of every storage
 */
export function torchGlobals(where: string, seen: (storage: TorchStorage) => void = () => {}): PickleGlobals {
  const damaged = (what: string): CheckpointError =>
    new CheckpointError(`${where}: ${what} is not as PyTorch writes it; the file is damaged`);

  /** `_rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, hooks)`. */
  const tensor = (args: readonly unknown[]): Tensor => {
    const [storage, offset, shape, strides] = args;
    if (!(storage instanceof Storage) || !isCount(offset) || !areCounts(shape) || !areCounts(strides)) {
      throw damaged('a tensor');
    }
    if (shape.length !== strides.length || shape.length > MAX_RANK) throw damaged('a tensor');
    return new Tensor(storage, shape, strides, offset);
  };
  const callables: Readonly<Record<string, PickleGlobal['call']>> = {
    'collections.OrderedDict': (args) => {
      const pairs = args.length === 0 ? [] : args[0];
      if (!Array.isArray(pairs) || !pairs.every(isPair)) throw damaged('a dictionary');
      return new Map(pairs as [unknown, unknown][]);
    },
    'collections.defaultdict': () => new Map(),
    'torch._utils._rebuild_tensor_v2': tensor,
    'torch._utils._rebuild_tensor': tensor,
    'torch._utils._rebuild_parameter': ([data]) => {
      if (!(data instanceof Tensor)) throw damaged('a parameter');
      return data;
    },
    'torch.Size': (args) => args[0],
    'torch.device': (args) => args[0],
    'builtins.set': (args) => args[0],
    'builtins.dict': () => new Map(),
  };
  return {
    resolve: (name) => {
      const storage = /^torch\.(?:cuda\.|storage\.)?(\w+)$/.exec(name)?.[1] ?? '';
      if (Object.hasOwn(STORAGES, storage)) {
        return new StorageClass(name, STORAGES[storage as keyof typeof STORAGES]);
      }
      if (Object.hasOwn(callables, name)) {
        const call = callables[name];
        return call === undefined ? { name } : { name, call };
      }
      // A dtype is a name and nothing else.
      return /^torch\.(float|bfloat|half|double|u?int|bool|long)\d*$/.test(name) ? { name } : undefined;
    },
    persistent: (id) => {
      const [kind, storageClass, key, , count, view] = Array.isArray(id) ? id : [];
      if (kind !== 'storage' || !(storageClass instanceof StorageClass) || typeof key !== 'string' || !isCount(count)) {
        throw damaged('a storage');
      }
      // Of the old kind of file: a storage that is a window of another, which PyTorch stopped writing in 2018.
      if (view !== undefined && view !== null) throw damaged('a storage that is part of another');
      const storage = new Storage(key, storageClass.type, count);
      seen(storage);
      return storage;
    },
  };
}

/** A key, of which a name can be made, and its value. */
function isPair(value: unknown): value is [unknown, unknown] {
  return Array.isArray(value) && (typeof value[0] !== 'object' || value[0] === null);
}

class Storage implements TorchStorage {
  readonly key: string;
  readonly type: TorchType;
  readonly count: number;

  constructor(key: string, type: TorchType, count: number) {
    this.key = key;
    this.type = type;
    this.count = count;
  }

  get itemBytes(): number {
    return this.type === 'I16' ? 2 : this.type === 'I8' ? 1 : ITEM_BYTES[this.type];
  }
}

/**
 * The tensors of a checkpoint by name.
 *
 * @throws CheckpointError where there are none
 */
export function collectTensors(value: unknown, where: string): Map<string, TorchTensor> {
  const tensors = new Map<string, TorchTensor>();
  const visited = new Set<unknown>();
  const visit = (current: unknown, path: readonly string[]): void => {
    if (current instanceof Tensor) {
      const name = path.join('.');
      if (tensors.has(name)) throw new CheckpointError(`${where}: two tensors are named ${name}; rename one`);
      tensors.set(name, current);
    } else if (current instanceof Map && path.length < MAX_DEPTH && !visited.has(current)) {
      visited.add(current);
      for (const [key, item] of current) visit(item, [...path, String(key)]);
    }
  };
  visit(weightsOf(value), []);
  if (tensors.size === 0 || tensors.has('')) {
    throw new CheckpointError(`${where}: expected a dictionary of tensors; save the model's state_dict()`);
  }
  return tensors;
}

/** The dictionary in a training checkpoint that holds the weights; the value itself where it is no such thing. */
function weightsOf(value: unknown): unknown {
  if (!(value instanceof Map) || [...value.values()].some((item) => item instanceof Tensor)) return value;
  const key = WEIGHT_KEYS.find((name) => value.get(name) instanceof Map);
  if (key !== undefined) return value.get(key);
  const maps = [...value.values()].filter((item) => item instanceof Map);
  return maps.length === 1 ? maps[0] : value;
}

/**
 * The values of a tensor, row-major.
 *
 * @param read bytes of its storage
 */
export function readTensor(tensor: TorchTensor, read: (offset: number, length: number) => Buffer): StoredTensor {
  const { storage, dtype, shape, strides, offset } = tensor;
  const { itemBytes } = storage;
  const count = shape.reduce((product, n) => product * n, 1);
  if (count === 0) return { dtype, shape, data: decodeItems(storage.type, read(0, 0)) };
  const span = shape.reduce((sum, n, i) => sum + (n - 1) * strides[i], 1);
  const bytes = read(offset * itemBytes, span * itemBytes);
  const ordered = isRowMajor(shape, strides) ? bytes : reordered(bytes, shape, strides, itemBytes);
  return { dtype, shape, data: decodeItems(storage.type, ordered) };
}

/** Raw values as an array; the types that the stored ones lack are widened to int32. */
function decodeItems(type: TorchType, bytes: Buffer): StoredTensor['data'] {
  if (type === 'I16') return Int32Array.from(new Int16Array(bytes.buffer));
  if (type === 'I8') return Int32Array.from(new Int8Array(bytes.buffer));
  return decodeValues(type, bytes);
}

function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis];
  }
  return true;
}

/** Copies item by item, the last axis fastest. */
function reordered(source: Buffer, shape: readonly number[], strides: readonly number[], itemBytes: number): Buffer {
  const count = shape.reduce((product, n) => product * n, 1);
  const target = Buffer.from(new ArrayBuffer(count * itemBytes));
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < count; to++) {
    source.copy(target, to * itemBytes, from * itemBytes, (from + 1) * itemBytes);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] += 1;
      from += strides[axis];
      if (index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return target;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function areCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isCount);
}
