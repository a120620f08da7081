/**
 * A graph that runs in a session of its own, where TensorFlow measures every op; functions of the eager context have no such
 * measurement. The executor, the optimizations and so the numbers are the same.
 */
import { EngineError } from '../errors.js';
import { varintField } from '../protobuf.js';
import type { Pointer } from './c-api.js';
import type { EngineContext } from './context.js';
import { endpoints } from './graph-endpoints.js';
import { type GraphFunction, importGraph } from './graph-function.js';
import { bytesOfBuffer } from './proto-buffer.js';
import { addressAt, deleteTensor, int64List, wrap } from './tensor-memory.js';

/** `RunOptions { trace_level: FULL_TRACE }` */
const FULL_TRACE = varintField(1, 3);

/** One graph in its session; everything it owns goes with `close`. */
export class TracedGraph {
  private readonly graph: Pointer<'TF_Graph'>;
  private readonly session: Pointer<'TF_Session'>;
  private readonly from: Uint32Array;
  private readonly to: Uint32Array;
  private readonly where: () => string;

  constructor(
    private readonly engine: EngineContext,
    private readonly definition: GraphFunction,
  ) {
    const { api, ledger, status } = engine;
    this.where = () => `traced graph ${definition.name}`;
    this.graph = api.TF_NewGraph();
    ledger.graph++;
    try {
      importGraph(engine, this.graph, definition.graph, this.where);
      this.from = endpoints(engine, this.graph, definition.inputs, this.where);
      this.to = endpoints(engine, this.graph, definition.outputs, this.where);
      this.session = this.openSession();
    } catch (error) {
      api.TF_DeleteGraph(this.graph);
      ledger.graph--;
      // A status that was not read would be taken for the next call's.
      api.TF_SetStatus(status, 0, '');
      throw error;
    }
  }

  /** The outputs' new handles, and a serialized `RunMetadata`. */
  run(inputs: readonly Pointer<'TFE_TensorHandle'>[]): {
    readonly outputs: Pointer<'TFE_TensorHandle'>[];
    readonly metadata: Uint8Array;
  } {
    const { api, ledger, status } = this.engine;
    const nOutputs = this.definition.outputs.length;
    const tensors: Pointer<'TF_Tensor'>[] = [];
    const options = api.TF_NewBufferFromString(FULL_TRACE, FULL_TRACE.length);
    const metadata = api.TF_NewBuffer();
    ledger.proto += 2;
    try {
      for (const handle of inputs) {
        tensors.push(api.TFE_TensorHandleResolve(handle, status));
        this.engine.check(this.where);
        ledger.tensor++;
      }
      const results = new Uint32Array(2 * nOutputs);
      const values = int64List(tensors);
      api.TF_SessionRun(
        this.session,
        options,
        this.from,
        values,
        inputs.length,
        this.to,
        results,
        nOutputs,
        null,
        0,
        metadata,
        status,
      );
      this.engine.check(this.where);
      ledger.tensor += nOutputs;
      for (let i = 0; i < nOutputs; i++) tensors.push(addressAt(results, i));
      const outputs = tensors.slice(inputs.length).map((tensor) => wrap(this.engine, tensor, this.where));
      return { outputs, metadata: bytesOfBuffer(this.engine, metadata) };
    } finally {
      for (const tensor of tensors) deleteTensor(this.engine, tensor);
      api.TF_DeleteBuffer(options);
      api.TF_DeleteBuffer(metadata);
      ledger.proto -= 2;
    }
  }

  /** Frees the session and the graph. */
  close(): void {
    const { api, ledger, status } = this.engine;
    api.TF_DeleteSession(this.session, status);
    ledger.session--;
    api.TF_DeleteGraph(this.graph);
    ledger.graph--;
    this.engine.check(this.where);
  }

  private openSession(): Pointer<'TF_Session'> {
    const { api, ledger, status, config } = this.engine;
    const options = api.TF_NewSessionOptions();
    ledger.sessionOptions++;
    try {
      api.TF_SetConfig(options, config, config.length, status);
      this.engine.check(this.where);
      const session = api.TF_NewSession(this.graph, options, status);
      this.engine.check(this.where);
      if (session === 0) throw new EngineError(`${this.where()}: TensorFlow can't open a session`);
      ledger.session++;
      return session;
    } finally {
      api.TF_DeleteSessionOptions(options);
      ledger.sessionOptions--;
    }
  }
}
