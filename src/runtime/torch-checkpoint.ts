/**
 * PyTorch's weight files (`.bin`, `.pth`, `.pt`): the zip archives that `torch.save` writes since 1.6, and the chain of
 * pickles that it wrote before. Nothing in such a file is executed, see `pickle.ts`, and no path in it leads outside.
 */
import { crc32 } from 'node:zlib';
import { type ByteFile, openByteFile } from './byte-file.js';
import { CheckpointError } from './errors.js';
import { readPickle } from './pickle.js';
import type { TensorFile } from './tensor-file.js';
import { collectTensors, readTensor, type TorchStorage, type TorchTensor, torchGlobals } from './torch-tensors.js';
import { readZipIndex, type StoredFile } from './zip-index.js';

/** The first number of a file of the old kind: torch's own magic number, pickled. */
const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;
const LEGACY_VERSION = 1001;
/** Longer pickles hold more than the names and shapes of tensors. */
const MAX_PICKLE_BYTES = 256_000_000;
/** How much larger than the file its tensors may be together; tied weights are stored once and listed twice. */
const MAX_EXPANSION = 4;

/** Where the values of each storage lie in the file, by its key. */
type StorageBytes = ReadonlyMap<string, Omit<StoredFile, 'crc32'> & Partial<Pick<StoredFile, 'crc32'>>>;

/**
 * Opens a weight file, whose tensors are then read one by one. Of a checkpoint that holds more than weights the state dict
 * is taken (`state_dict`, `model_state_dict`, `model`, or the only entry with tensors); tensors in nested dictionaries
 * are named with dots.
 *
 * @throws CheckpointError in one line: not a file of PyTorch's, damaged, cut short, naming anything but tensors, values
 *   outside their storage, compressed or out of proportion to the file, big-endian, complex or quantised values
 */
export async function openTorchCheckpoint(path: string): Promise<TensorFile> {
  const file = openByteFile(path);
  try {
    const isZip = file.size >= 4 && file.read(0, 4).toString('latin1') === 'PK\x03\x04';
    const { value, storages } = isZip ? readArchive(file) : readLegacy(file);
    const tensors = collectTensors(value, path);
    checkTensors(tensors, storages, file);
    const checked = new Set<string>();
    return {
      path,
      headers: tensors,
      metadata: {},
      read: (name) => {
        const tensor = tensors.get(name) as TorchTensor;
        const { start, length, crc32 } = placeOf(tensor.storage, storages, path);
        if (crc32 !== undefined && !checked.has(tensor.storage.key)) {
          readWhole(file, { start, length, crc32 }, name);
          checked.add(tensor.storage.key);
        }
        return readTensor(tensor, (offset, length) => file.read(start + offset, length));
      },
      close: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** What a file says, and where its values are. */
interface Contents {
  readonly value: unknown;
  readonly storages: StorageBytes;
}

/** The zip archive: `NAME/data.pkl`, and `NAME/data/KEY` for each storage. */
function readArchive(file: ByteFile): Contents {
  const { path } = file;
  const entries = readZipIndex(file);
  const pickles = [...entries.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickles.length !== 1) {
    throw new CheckpointError(
      `${path}: expected a zip with one NAME/data.pkl as torch.save writes, got ${pickles.length}; is it another kind of file?`,
    );
  }
  const folder = pickles[0].slice(0, -'data.pkl'.length);
  if (entries.has(`${folder}constants.pkl`)) {
    throw new CheckpointError(`${path}: a TorchScript program, not weights; save the model's state_dict instead`);
  }
  const byteOrder = entries.get(`${folder}byteorder`);
  if (byteOrder !== undefined && byteOrder.length < 16) {
    const order = file.read(byteOrder.start, byteOrder.length).toString('latin1').trim();
    if (order !== 'little') throw new CheckpointError(`${path}: ${order}-endian values; save them on another machine`);
  }
  const pickle = entries.get(pickles[0]) as StoredFile;
  const { length } = pickle;
  if (length > MAX_PICKLE_BYTES) {
    throw new CheckpointError(`${path}: a pickle of ${length} bytes; at most ${MAX_PICKLE_BYTES} make sense`);
  }
  const { value } = readPickle(readWhole(file, pickle, 'data.pkl'), torchGlobals(path), path);
  const storages = [...entries].filter(([name]) => name.startsWith(`${folder}data/`));
  return { value, storages: new Map(storages.map(([name, bytes]) => [name.slice(folder.length + 5), bytes])) };
}

/** @throws CheckpointError where the bytes are others than those that were stored */
function readWhole(file: ByteFile, { start, length, crc32: expected }: StoredFile, name: string): Buffer {
  const bytes = file.read(start, length);
  if (crc32(bytes) === expected) return bytes;
  throw new CheckpointError(`${file.path}: ${name}: its checksum does not match; the file is damaged, copy it again`);
}

/** The old kind: magic number, version, system, then the value, the storages' keys, and their values in that order. */
function readLegacy(file: ByteFile): Contents {
  const { path, size } = file;
  // The pickles stand before the values, whose length is not known yet.
  const bytes = file.read(0, Math.min(size, MAX_PICKLE_BYTES));
  const storageOf = new Map<string, TorchStorage>();
  const globals = torchGlobals(path, (storage) => storageOf.set(storage.key, storage));
  let at = 0;
  const next = (): unknown => {
    const { value, length } = readPickle(bytes.subarray(at), globals, path);
    at += length;
    return value;
  };
  if (size < 2 || bytes[0] !== 0x80 || next() !== LEGACY_MAGIC) {
    throw new CheckpointError(`${path}: expected weights as torch.save writes them; is it another kind of file?`);
  }
  const version = next();
  if (version !== LEGACY_VERSION) throw new CheckpointError(`${path}: version ${version}, expected ${LEGACY_VERSION}`);
  const system = next();
  if (system instanceof Map && system.get('little_endian') === false) {
    throw new CheckpointError(`${path}: big-endian values; save them on another machine`);
  }
  const value = next();
  const keys = next();
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === 'string' || typeof key === 'number')) {
    throw new CheckpointError(`${path}: no list of storages; the file is damaged`);
  }
  const storages = new Map<string, { start: number; length: number }>();
  for (const key of keys.map(String)) {
    const storage = storageOf.get(key);
    if (storage === undefined) throw new CheckpointError(`${path}: storage ${key} belongs to no tensor; it is damaged`);
    const count = Number(file.read(at, 8).readBigInt64LE());
    if (count !== storage.count) {
      throw new CheckpointError(
        `${path}: storage ${key} has ${count} values, expected ${storage.count}; it is damaged`,
      );
    }
    const length = count * storage.itemBytes;
    storages.set(key, { start: at + 8, length });
    at += 8 + length;
  }
  if (at !== size) {
    const problem = at > size ? 'cut short' : 'too long';
    throw new CheckpointError(`${path}: ${problem}: expected ${at} bytes, got ${size}; copy it again`);
  }
  return { value, storages };
}

/** Checks that every tensor's values are there, before any is read. */
function checkTensors(tensors: ReadonlyMap<string, TorchTensor>, storages: StorageBytes, file: ByteFile): void {
  const { path, size } = file;
  let total = 0;
  for (const [name, { storage, shape, strides, offset }] of tensors) {
    const place = placeOf(storage, storages, path);
    if (place.length !== storage.count * storage.itemBytes || place.start + place.length > size) {
      throw new CheckpointError(
        `${path}: ${name}: its storage needs ${storage.count * storage.itemBytes} bytes, got ${place.length}; the file is damaged`,
      );
    }
    const count = shape.reduce((product, n) => product * n, 1);
    const last = count === 0 ? 0 : shape.reduce((sum, n, i) => sum + (n - 1) * strides[i], offset + 1);
    if (last > storage.count) {
      throw new CheckpointError(
        `${path}: ${name}: shape [${shape}] reads value ${last} of a storage of ${storage.count}; the file is damaged`,
      );
    }
    total += count * storage.itemBytes;
    if (total > MAX_EXPANSION * size) {
      throw new CheckpointError(
        `${path}: ${name}: the tensors up to it need ${total} bytes, out of a file of ${size}; refused as a bomb`,
      );
    }
  }
}

function placeOf(storage: TorchStorage, storages: StorageBytes, path: string) {
  const place = storages.get(storage.key);
  if (place === undefined) throw new CheckpointError(`${path}: storage ${storage.key} is missing; copy it again`);
  return place;
}
