/** Outputs of a graph's operations by name, as the C API takes them. */
import { EngineError } from '../errors.js';
import type { Pointer } from './c-api.js';
import type { EngineContext } from './context.js';
import { int64List } from './tensor-memory.js';

/** 32-bit words of one `TF_Output`. */
export const ENDPOINT_WORDS = 4;

/**
 * `TF_Output` structs: the address of an operation, and which of its outputs.
 *
 * @param names `operation:index`, or `operation` for its first output
 * @throws EngineError where the graph has no such operation
 */
export function endpoints(
  engine: EngineContext,
  graph: Pointer<'TF_Graph'>,
  names: readonly string[],
  where: () => string,
): Uint32Array {
  const words = new Uint32Array(names.length * ENDPOINT_WORDS);
  for (const [i, name] of names.entries()) {
    const [operation = '', index = '0'] = name.split(':');
    const address = engine.api.TF_GraphOperationByName(graph, operation);
    if (address === 0) throw new EngineError(`${where()}: has no operation "${operation}"`);
    words.set(int64List([address]), i * ENDPOINT_WORDS);
    words[i * ENDPOINT_WORDS + 2] = Number(index);
  }
  return words;
}
