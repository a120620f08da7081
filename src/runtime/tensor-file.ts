/** A file of named tensors whose values are read one by one, so that a model larger than the memory left can come in. */
import type { StoredTensor, StoredType } from './safetensors.js';

/** What a file says of a tensor, before its values are read. */
export interface TensorHeader {
  /** As {@link TensorFile.read} gives it. */
  readonly dtype: StoredType;
  readonly shape: readonly number[];
}

/** An open file of tensors. */
export interface TensorFile {
  readonly path: string;
  readonly headers: ReadonlyMap<string, TensorHeader>;
  /** Free text by key; empty where the file has none. */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * Reads one tensor, into memory of its own.
   *
   * @throws CheckpointError where the file was cut short meanwhile
   */
  read(name: string): StoredTensor;
  /** Closes the file; nothing can be read after it. */
  close(): void;
}

/** All tensors of a file, which is closed after it. */
export function readAndClose(file: TensorFile): Map<string, StoredTensor> {
  try {
    return new Map([...file.headers.keys()].map((name) => [name, file.read(name)]));
  } finally {
    file.close();
  }
}
