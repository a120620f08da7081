/**
 * The object that tfjs-node's JavaScript expects from its C++ addon, made over the C API instead. All ids it hands out
 * stand for eager tensor handles; every handle is freed once, by `deleteTensor` or by `close`.
 */
import { EngineError, messageOf } from '../errors.js';
import type { Pointer } from './c-api.js';
import type { EngineContext } from './context.js';
import { type GraphFunction, GraphFunctions } from './graph-function.js';
import { hasKernel } from './kernel-list.js';
import { setAttribute } from './op-attribute.js';
import { SavedModels } from './saved-model.js';
import { type InferredOutput, inferOutputs } from './shape-inference.js';
import {
  addressAt,
  DataType,
  dataTypeName,
  deleteHandle,
  newHandle,
  readHandle,
  shapeOf,
  type TensorValues,
} from './tensor-memory.js';
import { TracedGraph } from './traced-graph.js';

/** What is known of an op's output: its id, shape and TensorFlow data type. */
export interface TensorMetadata {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** An attribute of an op; `type` is one of the binding's `TF_ATTR_*` numbers. Lists are arrays of such values. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** Numbers of data types, and of the types of attributes. */
type Constants = Readonly<
  Record<
    | `TF_${'FLOAT' | 'INT32' | 'INT64' | 'BOOL' | 'COMPLEX64' | 'STRING' | 'RESOURCE' | 'UINT8'}`
    | `TF_ATTR_${'STRING' | 'INT' | 'FLOAT' | 'BOOL' | 'TYPE' | 'SHAPE' | 'RESOURCE'}`,
    number
  >
>;

/** tfjs-node's binding, with the types that its own declaration leaves loose. */
export interface TensorFlowBinding extends Constants {
  /** Of a stand-in, such as a recorder, the engine's own binding. */
  readonly original?: TensorFlowBinding;
  readonly TF_Version: string;
  /** A new tensor that holds a copy of `values`; its id. */
  createTensor(shape: readonly number[], dtype: number, values: unknown): number;
  /** Frees a tensor. */
  deleteTensor(id: number): void;
  /** A copy of a tensor's values. */
  tensorDataSync(id: number): TensorValues;
  /** Runs one op. `nOutputs` is the number of tensors it returns, all lists counted out. */
  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputIds: readonly number[],
    nOutputs: number,
  ): TensorMetadata[];
  /** Loads a SavedModel folder; `tags` are joined by commas. */
  loadSavedModel(directory: string, tags: string): number;
  deleteSavedModel(id: number): void;
  /** Runs a SavedModel from inputs to outputs named `operation:index`, joined by commas. */
  runSavedModel(id: number, inputIds: readonly number[], inputNames: string, outputNames: string): TensorMetadata[];
  getNumOfSavedModels(): number;
  /** Adds a function, which `executeOp` then runs by its name. */
  addFunction(definition: GraphFunction): void;
  /** Removes a function and what was prepared to run it. Does nothing once the engine is closed. */
  removeFunction(name: string): void;
  /** What an operation of a graph would return, by the rules of its op; nothing runs. */
  inferOutputs(of: { readonly graph: Uint8Array; readonly name: string; readonly nOutputs: number }): InferredOutput[];
  /** Opens a graph for measured runs, in a session of its own. */
  openTrace(definition: GraphFunction): TracedRuns;
  /** Whether ops of this name run with values of this type, given TensorFlow's name of it, for their attribute `T`. */
  hasKernel(op: string, dtype: string): boolean;
  /** The kind of an op's attribute, one of the `TF_ATTR_*` numbers; of its elements where it is a list. */
  attributeKind(op: string, attribute: string): number;
  /** The number of live tensors. */
  getNumOfTensors(): number;
  isUsingGpuDevice(): boolean;
}

/** Measured runs of one graph. */
export interface TracedRuns {
  /** The outputs of a run, and a serialized `RunMetadata` that says when each op ran. */
  run(inputIds: readonly number[]): { readonly outputs: TensorMetadata[]; readonly metadata: Uint8Array };
  close(): void;
}

/** The binding over an eager context. */
export class NativeBinding implements TensorFlowBinding {
  readonly TF_FLOAT = DataType.float32;
  readonly TF_INT32 = DataType.int32;
  readonly TF_INT64 = DataType.int64;
  readonly TF_BOOL = DataType.bool;
  readonly TF_COMPLEX64 = DataType.complex64;
  readonly TF_STRING = DataType.string;
  readonly TF_RESOURCE = DataType.resource;
  readonly TF_UINT8 = DataType.uint8;
  readonly TF_ATTR_STRING = 0;
  readonly TF_ATTR_INT = 1;
  readonly TF_ATTR_FLOAT = 2;
  readonly TF_ATTR_BOOL = 3;
  readonly TF_ATTR_TYPE = 4;
  readonly TF_ATTR_SHAPE = 5;
  readonly TF_ATTR_RESOURCE = 6;
  readonly TF_Version: string;

  private readonly handles = new Map<number, Pointer<'TFE_TensorHandle'>>();
  private readonly savedModels: SavedModels;
  private readonly functions: GraphFunctions;
  private readonly traces = new Set<TracedGraph>();
  private readonly attributeKinds = new Map<string, number>();
  private nextId = 0;
  /** Where `TFE_Execute` leaves its outputs, as pairs of words, and how many there are. */
  private outputs = new Uint32Array(2 * 16);
  private readonly outputCount = new Int32Array(1);

  constructor(private readonly engine: EngineContext) {
    this.TF_Version = engine.api.TF_Version();
    this.savedModels = new SavedModels(engine);
    this.functions = new GraphFunctions(engine);
  }

  createTensor(shape: readonly number[], dtype: number, values: unknown): number {
    this.assertOpen('createTensor');
    return this.adopt(newHandle(this.engine, shape, dtype, values));
  }

  deleteTensor(id: number): void {
    // tfjs may dispose of its tensors after the engine has closed: their handles are gone already.
    if (!this.engine.open) return;
    deleteHandle(this.engine, this.handleOf(id, 'deleteTensor'));
    this.handles.delete(id);
  }

  tensorDataSync(id: number): TensorValues {
    this.assertOpen('tensorDataSync');
    return readHandle(this.engine, this.handleOf(id, 'tensorDataSync'));
  }

  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputIds: readonly number[],
    nOutputs: number,
  ): TensorMetadata[] {
    this.assertOpen(name);
    const { api, ledger, status, context } = this.engine;
    const where = () => this.describe(name, inputIds);
    const op = api.TFE_NewOp(context, this.engine.name(name), status);
    this.engine.check(where);
    ledger.op++;
    try {
      for (let i = 0; i < inputIds.length; i++) {
        api.TFE_OpAddInput(op, this.handleOf(inputIds[i], name), status);
        this.engine.check(where);
      }
      for (let i = 0; i < attributes.length; i++) setAttribute(this.engine, op, attributes[i]);
      if (this.outputs.length < 2 * nOutputs) this.outputs = new Uint32Array(2 * nOutputs);
      this.outputs.fill(0, 0, 2 * nOutputs);
      this.outputCount[0] = nOutputs;
      api.TFE_Execute(op, this.outputs, this.outputCount, status);
      this.engine.check(where);
    } catch (error) {
      if (error instanceof EngineError) throw error;
      throw new EngineError(`${where()}: ${messageOf(error)}`, { cause: error });
    } finally {
      api.TFE_DeleteOp(op);
      ledger.op--;
    }
    return this.adoptOutputs(name);
  }

  loadSavedModel(directory: string, tags: string): number {
    this.assertOpen('loadSavedModel');
    return this.savedModels.load(directory, tags);
  }

  deleteSavedModel(id: number): void {
    if (this.engine.open) this.savedModels.delete(id);
  }

  runSavedModel(id: number, inputIds: readonly number[], inputNames: string, outputNames: string): TensorMetadata[] {
    this.assertOpen('runSavedModel');
    const inputs = inputIds.map((input) => this.handleOf(input, 'runSavedModel'));
    return this.savedModels.run(id, inputs, inputNames, outputNames).map((handle) => this.metadata(handle));
  }

  getNumOfSavedModels(): number {
    return this.savedModels.size;
  }

  addFunction(definition: GraphFunction): void {
    this.assertOpen('addFunction');
    this.functions.add(definition);
  }

  removeFunction(name: string): void {
    if (this.engine.open) this.functions.remove(name);
  }

  inferOutputs(of: { readonly graph: Uint8Array; readonly name: string; readonly nOutputs: number }): InferredOutput[] {
    this.assertOpen(of.name);
    return inferOutputs(this.engine, of, () => of.name);
  }

  openTrace(definition: GraphFunction): TracedRuns {
    this.assertOpen('openTrace');
    const trace = new TracedGraph(this.engine, definition);
    this.traces.add(trace);
    return {
      run: (inputIds) => {
        this.assertOpen('openTrace');
        const { outputs, metadata } = trace.run(inputIds.map((id) => this.handleOf(id, definition.name)));
        return { outputs: outputs.map((handle) => this.metadata(handle)), metadata };
      },
      close: () => {
        if (this.traces.delete(trace)) trace.close();
      },
    };
  }

  hasKernel(op: string, dtype: string): boolean {
    this.assertOpen(op);
    return hasKernel(this.engine, op, 'T', dtype);
  }

  attributeKind(op: string, attribute: string): number {
    this.assertOpen(op);
    const key = `${op}\0${attribute}`;
    let kind = this.attributeKinds.get(key);
    if (kind === undefined) {
      const { api, context, status } = this.engine;
      const [opName, attributeName] = [this.engine.name(op), this.engine.name(attribute)];
      kind = api.TFE_OpNameGetAttrType(context, opName, attributeName, new Uint8Array(1), status);
      this.engine.check(() => `${op}: attribute ${attribute}`);
      this.attributeKinds.set(key, kind);
    }
    return kind;
  }

  getNumOfTensors(): number {
    return this.handles.size;
  }

  isUsingGpuDevice(): boolean {
    return this.engine.gpu !== undefined;
  }

  /** Frees every tensor, SavedModel and function that is left. The context is the caller's to close afterwards. */
  close(): void {
    if (!this.engine.open) return;
    for (const handle of this.handles.values()) deleteHandle(this.engine, handle);
    this.handles.clear();
    for (const trace of this.traces) trace.close();
    this.traces.clear();
    this.savedModels.close();
    this.functions.close();
  }

  private adoptOutputs(name: string): TensorMetadata[] {
    const count = this.outputCount[0];
    const results: TensorMetadata[] = [];
    this.engine.ledger.handle += count;
    for (let i = 0; i < count; i++) {
      const handle = addressAt<'TFE_TensorHandle'>(this.outputs, i);
      try {
        results.push(this.metadata(handle));
      } catch (error) {
        for (const result of results) this.deleteTensor(result.id);
        for (let rest = i; rest < count; rest++) deleteHandle(this.engine, addressAt(this.outputs, rest));
        throw new EngineError(`${name}: output ${i}: ${messageOf(error)}`, { cause: error });
      }
    }
    return results;
  }

  private metadata(handle: Pointer<'TFE_TensorHandle'>): TensorMetadata {
    const dtype = this.engine.api.TFE_TensorHandleDataType(handle);
    const shape = shapeOf(this.engine, handle, dtype);
    return { id: this.adopt(handle), shape, dtype };
  }

  private adopt(handle: Pointer<'TFE_TensorHandle'>): number {
    const id = this.nextId++;
    this.handles.set(id, handle);
    return id;
  }

  private handleOf(id: number, where: string): Pointer<'TFE_TensorHandle'> {
    const handle = this.handles.get(id);
    if (handle === undefined) throw new EngineError(`${where}: tensor ${id} is disposed or was never made`);
    return handle;
  }

  /** `MatMul(float32[2,3], float32[4,5])` */
  private describe(name: string, inputIds: readonly number[]): string {
    const inputs = inputIds.map((id) => {
      const handle = this.handles.get(id);
      if (handle === undefined) return 'a disposed tensor';
      const dtype = this.engine.api.TFE_TensorHandleDataType(handle);
      return `${dataTypeName(dtype)}[${shapeOf(this.engine, handle, dtype)}]`;
    });
    return `${name}(${inputs.join(', ')})`;
  }

  private assertOpen(where: string): void {
    if (!this.engine.open) throw new EngineError(`${where}: the engine is closed; start it again first`);
  }
}
