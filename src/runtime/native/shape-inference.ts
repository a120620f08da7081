/** What an op would return, without running it: TensorFlow's own rules for the shapes of a graph. */
import type { GraphOutput } from './c-api.js';
import type { EngineContext } from './context.js';
import { importGraph } from './graph-function.js';

/** Type and shape of an op's output. */
export interface InferredOutput {
  readonly dtype: number;
  /** -1 for a length that only a run would tell; undefined where not even the rank is known. */
  readonly shape: number[] | undefined;
}

/**
 * The outputs of one operation of a graph.
 *
 * @param graph a serialized `GraphDef`
 * @param name of the operation
 * @throws EngineError where the graph is not valid: an attribute is missing, or shapes don't fit each other
 */
export function inferOutputs(
  engine: EngineContext,
  { graph: bytes, name, nOutputs }: { readonly graph: Uint8Array; readonly name: string; readonly nOutputs: number },
  where: () => string,
): InferredOutput[] {
  const { api, ledger, status } = engine;
  const graph = api.TF_NewGraph();
  ledger.graph++;
  try {
    importGraph(engine, graph, bytes, where);
    const operation = api.TF_GraphOperationByName(graph, name);
    return Array.from({ length: nOutputs }, (_, index) => {
      const output: GraphOutput = { operation, index };
      const rank = api.TF_GraphGetTensorNumDims(graph, output, status);
      engine.check(where);
      const dtype = api.TF_OperationOutputType(output);
      if (rank < 0) return { dtype, shape: undefined };
      const lengths = new BigInt64Array(Math.max(1, rank));
      api.TF_GraphGetTensorShape(graph, output, lengths, rank, status);
      engine.check(where);
      return { dtype, shape: Array.from(lengths.subarray(0, rank), Number) };
    });
  } finally {
    api.TF_DeleteGraph(graph);
    ledger.graph--;
  }
}
