/** Weight files as PyTorch writes them, and as an attacker would: built byte by byte. */
import { crc32 } from 'node:zlib';

/** Assembles a pickle from opcodes. */
export class PickleWriter {
  private readonly parts: Buffer[] = [Buffer.from([0x80, 2])];

  /** Opcodes as text, such as `}(`. */
  op(codes: string): this {
    this.parts.push(Buffer.from(codes, 'latin1'));
    return this;
  }

  text(value: string): this {
    const bytes = Buffer.from(value);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return this.op('X').raw(length, bytes);
  }

  integer(value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    return this.op('J').raw(bytes);
  }

  integers(values: readonly number[]): this {
    this.op('(');
    for (const value of values) this.integer(value);
    return this.op('t');
  }

  global(module: string, name: string): this {
    return this.op(`c${module}\n${name}\n`);
  }

  /** A tensor as `_rebuild_tensor_v2` makes it. */
  tensor({ key = '0', type = 'FloatStorage', count, offset = 0, shape, strides }: PickledTensor): this {
    return this.global('torch._utils', '_rebuild_tensor_v2')
      .op('((')
      .text('storage')
      .global('torch', type)
      .text(key)
      .text('cpu')
      .integer(count)
      .op('tQ')
      .integer(offset)
      .integers(shape)
      .integers(strides)
      .op('\x89')
      .global('collections', 'OrderedDict')
      .op(')RtR');
  }

  raw(...bytes: Buffer[]): this {
    this.parts.push(...bytes);
    return this;
  }

  end(): Buffer {
    return Buffer.concat([...this.parts, Buffer.from('.')]);
  }
}

/** What a pickle says of a tensor. */
export interface PickledTensor {
  readonly key?: string;
  readonly type?: string;
  /** Values in the storage. */
  readonly count: number;
  readonly offset?: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** A dictionary of tensors. */
export function stateDict(tensors: Readonly<Record<string, PickledTensor>>): Buffer {
  const writer = new PickleWriter().op('}(');
  for (const [name, tensor] of Object.entries(tensors)) writer.text(name).tensor(tensor);
  return writer.op('u').end();
}

/** An entry of a zip, stored as it is unless `method` and `size` say otherwise. */
export interface ZipEntry {
  readonly name: string;
  readonly bytes: Buffer;
  readonly method?: number;
  readonly size?: number;
}

/** A zip archive. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, bytes, method = 0, size = bytes.length } of entries) {
    const title = Buffer.from(name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50);
    local.writeUInt16LE(method, 8);
    local.writeUInt32LE(bytes.length, 18);
    local.writeUInt32LE(size, 22);
    local.writeUInt16LE(title.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50);
    central.writeUInt16LE(method, 10);
    central.writeUInt32LE(crc32(bytes), 16);
    central.writeUInt32LE(bytes.length, 20);
    central.writeUInt32LE(size, 24);
    central.writeUInt16LE(title.length, 28);
    central.writeUInt32LE(at, 42);
    files.push(local, title, bytes);
    directory.push(central, title);
    at += local.length + title.length + bytes.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...files, ...directory, end]);
}

/** A file as `torch.save` writes it. */
export function torchArchive(pickle: Buffer, storages: Readonly<Record<string, Buffer>>): Buffer {
  return zip([
    { name: 'archive/data.pkl', bytes: pickle },
    { name: 'archive/byteorder', bytes: Buffer.from('little') },
    ...Object.entries(storages).map(([key, bytes]) => ({ name: `archive/data/${key}`, bytes })),
  ]);
}
