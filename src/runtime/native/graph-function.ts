/** Functions of the eager context: whole graphs that run by name, like any op. */
import { EngineError } from '../errors.js';
import type { Pointer } from './c-api.js';
import type { EngineContext } from './context.js';
import { ENDPOINT_WORDS, endpoints } from './graph-endpoints.js';

/** A graph that is to become a function. */
export interface GraphFunction {
  /** The name that it is run by; no op's and no other function's. */
  readonly name: string;
  /** A serialized `GraphDef`. */
  readonly graph: Uint8Array;
  /** Its placeholders, in the order of the function's inputs. */
  readonly inputs: readonly string[];
  /** `operation:index`, in the order of the function's outputs. */
  readonly outputs: readonly string[];
}

/** The functions that the context knows by us. */
export class GraphFunctions {
  private readonly names = new Set<string>();

  constructor(private readonly engine: EngineContext) {}

  /** Adds a function to the context. The graph itself is not kept. */
  add({ name, graph: bytes, inputs, outputs }: GraphFunction): void {
    const { api, ledger, status, context } = this.engine;
    const where = () => `function ${name}`;
    if (this.names.has(name)) throw new EngineError(`${where()}: there is one of this name; remove it first`);
    const graph = api.TF_NewGraph();
    ledger.graph++;
    try {
      importGraph(this.engine, graph, bytes, where);
      const from = endpoints(this.engine, graph, inputs, where);
      const to = endpoints(this.engine, graph, outputs, where);
      const [nInputs, nOutputs] = [from.length / ENDPOINT_WORDS, to.length / ENDPOINT_WORDS];
      // -1 operations: all that the graph has.
      const made = api.TF_GraphToFunction(
        graph,
        name,
        0,
        -1,
        null,
        nInputs,
        from,
        nOutputs,
        to,
        null,
        null,
        null,
        status,
      );
      this.engine.check(where);
      ledger.function++;
      try {
        api.TFE_ContextAddFunction(context, made, status);
        this.engine.check(where);
        this.names.add(name);
        ledger.function++;
      } finally {
        // The context keeps a copy.
        api.TF_DeleteFunction(made);
        ledger.function--;
      }
    } finally {
      api.TF_DeleteGraph(graph);
      ledger.graph--;
    }
  }

  /** Takes a function out of the context, with what the context prepared to run it. */
  remove(name: string): void {
    if (!this.names.delete(name)) throw new EngineError(`function ${name}: is removed or was never added`);
    const { api, ledger, status, context } = this.engine;
    api.TFE_ContextRemoveFunction(context, name, status);
    ledger.function--;
    this.engine.check(() => `function ${name}`);
  }

  /** Removes all that are left. */
  close(): void {
    for (const name of [...this.names]) this.remove(name);
  }
}

/** Reads a serialized `GraphDef` into an empty graph. */
export function importGraph(
  engine: EngineContext,
  graph: Pointer<'TF_Graph'>,
  bytes: Uint8Array,
  where: () => string,
): void {
  const { api, ledger, status } = engine;
  const proto = api.TF_NewBufferFromString(bytes, bytes.length);
  ledger.proto++;
  const options = api.TF_NewImportGraphDefOptions();
  ledger.importOptions++;
  try {
    api.TF_GraphImportGraphDef(graph, proto, options, status);
    engine.check(where);
  } finally {
    api.TF_DeleteImportGraphDefOptions(options);
    ledger.importOptions--;
    api.TF_DeleteBuffer(proto);
    ledger.proto--;
  }
}
