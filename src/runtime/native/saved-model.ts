/** SavedModel folders, loaded into sessions of TensorFlow's graph runtime. */
import { EngineError } from '../errors.js';
import type { Pointer } from './c-api.js';
import type { EngineContext } from './context.js';
import { ENDPOINT_WORDS, endpoints } from './graph-endpoints.js';
import { addressAt, deleteTensor, int64List, wrap } from './tensor-memory.js';

/** Neither options nor measurements of a run. */
const NO_PROTO = 0 as Pointer<'TF_Buffer'>;

interface Loaded {
  readonly directory: string;
  readonly session: Pointer<'TF_Session'>;
  readonly graph: Pointer<'TF_Graph'>;
}

/** The SavedModels that are loaded, by id. */
export class SavedModels {
  private readonly models = new Map<number, Loaded>();
  private nextId = 0;

  constructor(private readonly engine: EngineContext) {}

  /** The number of loaded models. */
  get size(): number {
    return this.models.size;
  }

  /** Loads the model in `directory`; `tags` are joined by commas. */
  load(directory: string, tags: string): number {
    const { api, ledger, status } = this.engine;
    const graph = api.TF_NewGraph();
    ledger.graph++;
    const options = api.TF_NewSessionOptions();
    ledger.sessionOptions++;
    const texts = tags.split(',').map((tag) => api.newText(tag));
    try {
      const session = api.TF_LoadSessionFromSavedModel(
        options,
        null,
        directory,
        int64List(texts),
        texts.length,
        graph,
        null,
        status,
      );
      this.engine.check(() => `SavedModel ${directory}`);
      ledger.session++;
      const id = this.nextId++;
      this.models.set(id, { directory, session, graph });
      return id;
    } catch (error) {
      api.TF_DeleteGraph(graph);
      ledger.graph--;
      throw error;
    } finally {
      for (const text of texts) api.free(text);
      api.TF_DeleteSessionOptions(options);
      ledger.sessionOptions--;
    }
  }

  /** Runs a model from inputs to outputs named `operation:index`, joined by commas; the outputs' new handles. */
  run(
    id: number,
    inputs: readonly Pointer<'TFE_TensorHandle'>[],
    inputNames: string,
    outputNames: string,
  ): Pointer<'TFE_TensorHandle'>[] {
    const { api, ledger, status } = this.engine;
    const model = this.get(id);
    const where = () => `SavedModel ${model.directory}`;
    const from = endpoints(this.engine, model.graph, splitNames(inputNames), where);
    const to = endpoints(this.engine, model.graph, splitNames(outputNames), where);
    const nInputs = from.length / ENDPOINT_WORDS;
    const nOutputs = to.length / ENDPOINT_WORDS;
    if (nInputs !== inputs.length) {
      throw new EngineError(`${where()}: expected ${nInputs} inputs (${inputNames}), got ${inputs.length}`);
    }
    const tensors: Pointer<'TF_Tensor'>[] = [];
    try {
      for (const handle of inputs) {
        const tensor = api.TFE_TensorHandleResolve(handle, status);
        this.engine.check(where);
        ledger.tensor++;
        tensors.push(tensor);
      }
      const results = new Uint32Array(2 * nOutputs);
      const values = int64List(tensors);
      api.TF_SessionRun(
        model.session,
        NO_PROTO,
        from,
        values,
        nInputs,
        to,
        results,
        nOutputs,
        null,
        0,
        NO_PROTO,
        status,
      );
      this.engine.check(where);
      ledger.tensor += nOutputs;
      for (let i = 0; i < nOutputs; i++) tensors.push(addressAt(results, i));
      return tensors.slice(nInputs).map((tensor) => wrap(this.engine, tensor, where));
    } finally {
      for (const tensor of tensors) deleteTensor(this.engine, tensor);
    }
  }

  /** Frees a model. */
  delete(id: number): void {
    const { api, ledger, status } = this.engine;
    const { directory, session, graph } = this.get(id);
    this.models.delete(id);
    api.TF_DeleteSession(session, status);
    ledger.session--;
    api.TF_DeleteGraph(graph);
    ledger.graph--;
    this.engine.check(() => `SavedModel ${directory}`);
  }

  /** Frees all that are left. */
  close(): void {
    for (const id of [...this.models.keys()]) this.delete(id);
  }

  private get(id: number): Loaded {
    const model = this.models.get(id);
    if (model === undefined) throw new EngineError(`SavedModel ${id} is deleted or was never loaded; load it first`);
    return model;
  }
}

function splitNames(names: string): string[] {
  return names.split(',').filter((name) => name !== '');
}
