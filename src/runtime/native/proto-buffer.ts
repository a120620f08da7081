/** Protocol buffers that cross the border as `TF_Buffer`. */
import type { Pointer } from './c-api.js';
import type { EngineContext } from './context.js';
import { addressAt } from './tensor-memory.js';

/** The start of the struct: where the bytes are, and how many. */
const WORDS = 4;

/** The bytes of a buffer, copied. */
export function bytesOfBuffer({ api }: EngineContext, buffer: Pointer<'TF_Buffer'>): Uint8Array {
  const head = new Uint32Array(WORDS);
  api.copyOut(head, buffer, head.byteLength);
  const bytes = new Uint8Array(addressAt<'data'>(head, 1));
  if (bytes.length > 0) api.copyOut(bytes, addressAt<'data'>(head, 0), bytes.length);
  return bytes;
}
