/** A stand-in for the engine's binding: it forwards each call, and notes what a program needs of it. */
import * as tf from '@tensorflow/tfjs-core';
import { GraphError } from '../runtime/errors.js';
import type { OpAttribute, TensorFlowBinding, TensorMetadata } from '../runtime/native/binding.js';
import { adoptTensor, type KernelBackend } from '../runtime/native/kernel-backend.js';
import { AttributeKind } from '../runtime/native/op-attribute.js';
import { DataType, dataTypeName, dataTypeNumber } from '../runtime/native/tensor-memory.js';
import { awaitedTensor } from '../runtime/run-after.js';
import { callSite } from './call-site.js';
import { encodeGraph } from './graph-def.js';
import { currentOrigin, OUTSIDE } from './layer-origin.js';
import {
  type Assignment,
  type Capture,
  type Constant,
  type ConstantValues,
  elementsOf,
  type Operation,
  type Program,
  releaseProgram,
  type Value,
} from './program.js';

/** Ops that draw from a generator of their own: a program would not be a function of its inputs. */
const STATEFUL_RANDOM_OPS: ReadonlySet<string> = new Set([
  'Multinomial',
  'ParameterizedTruncatedNormal',
  'RandomGamma',
  'RandomPoissonV2',
  'RandomShuffle',
  'RandomStandardNormal',
  'RandomUniform',
  'RandomUniformInt',
  'TruncatedNormal',
]);

/** Ops whose outputs' shapes depend on their inputs' values. */
const DATA_DEPENDENT_OPS: ReadonlySet<string> = new Set([
  'NonMaxSuppressionV3',
  'NonMaxSuppressionV4',
  'NonMaxSuppressionV5',
  'Unique',
  'UniqueV2',
  'Where',
]);

/** Elements up to which a constant's numbers are looked at: those of shapes, axes, paddings and the like. */
const MOST_CONSTANT_ELEMENTS = 64;

/** Below those of the engine's tensors, and never used twice. */
let nextImaginedId = -1;

/** Notes a function's run. */
export class Recorder {
  /** What the backend is to call instead of its own binding. */
  readonly binding: TensorFlowBinding;
  private readonly base: TensorFlowBinding;
  /** By the binding's id of a tensor; ids are never used twice. */
  private readonly values = new Map<number, Value>();
  private readonly makers = new Map<Value, Operation>();
  private readonly constantIds = new Set<number>();
  private readonly captures: Capture[] = [];
  private readonly constants: Constant[] = [];
  private readonly operations: Operation[] = [];
  private readonly names = new Set<string>();
  private readonly nameCounts = new Map<string, number>();
  /** Constants that ops take shapes, axes and the like from, by their value. */
  private readonly smallConstants = new Map<Value, Constant>();
  /** Ids of tensors that no engine holds: nothing runs while a function is recorded. */
  private readonly imagined = new Set<number>();
  private readonly inferred = new Map<string, readonly Omit<TensorMetadata, 'id'>[]>();

  /** @param variables those there are before the function runs, by their tensor's id */
  constructor(
    private readonly backend: KernelBackend,
    private readonly variables: ReadonlyMap<number, tf.Variable>,
  ) {
    const { binding: base } = backend;
    this.base = base;
    // What is not named here is the base's own, by the prototype.
    this.binding = Object.assign(Object.create(base) as TensorFlowBinding, {
      original: base,
      createTensor: this.createTensor.bind(this),
      deleteTensor: (id: number) => {
        if (!this.imagined.delete(id)) base.deleteTensor(id);
      },
      tensorDataSync: this.tensorDataSync.bind(this),
      executeOp: this.executeOp.bind(this),
      runSavedModel: () => {
        throw new GraphError(`record: runSavedModel at ${callSite()}: a SavedModel can't be part of a program`);
      },
    });
  }

  /** An input of the program, and the tensor that stands for it while the function runs. */
  addInput(name: string, example: tf.Tensor): { value: Value; view: tf.Tensor } {
    const copy = this.share(this.backend.getInputTensorIds([example])[0]);
    this.base.deleteTensor(copy.id);
    const imagined = this.imagine(copy);
    return { value: this.define(imagined, this.newName(name)), view: adoptTensor(this.backend, imagined) };
  }

  /** The value that a tensor's id stands for; an id from before the recording is captured. */
  valueOf(id: number): Value {
    return this.values.get(id) ?? this.capture(id);
  }

  /** The program. */
  finish(
    inputs: ReadonlyMap<string, Value>,
    outputs: ReadonlyMap<string, Value>,
    assignments: readonly Assignment[],
  ): Program {
    const { captures, constants, operations } = this;
    return { inputs, captures, constants, operations, assignments, outputs };
  }

  /** Gives captured handles back, where no program comes of it. */
  release(): void {
    releaseProgram(this.finish(new Map(), new Map(), []));
  }

  private createTensor(shape: readonly number[], dtype: number, values: unknown): number {
    const id = this.base.createTensor(shape, dtype, values);
    const value = this.define({ id, shape: [...shape], dtype }, this.newName('constant'));
    const constant = { value, values: compact(dtype, values as ConstantValues, elementsOf(shape)) };
    this.constants.push(constant);
    this.constantIds.add(id);
    if (elementsOf(shape) <= MOST_CONSTANT_ELEMENTS) this.smallConstants.set(value, constant);
    return id;
  }

  private tensorDataSync(id: number): ReturnType<TensorFlowBinding['tensorDataSync']> {
    if (this.constantIds.has(id)) return this.base.tensorDataSync(id);
    const value = this.valueOf(id);
    const maker = this.makers.get(value);
    throw new GraphError(
      `record: the values of ${maker === undefined ? value.name : `${maker.op} (${value.name})`} are read at ` +
        `${callSite()}; a program can't depend on values, only on shapes: compute with tensors there`,
    );
  }

  private executeOp(
    op: string,
    attributes: readonly OpAttribute[],
    inputIds: readonly number[],
    nOutputs: number,
  ): TensorMetadata[] {
    const refuse = (why: string): GraphError => new GraphError(`record: ${op} at ${callSite()}: ${why}`);
    if (nOutputs === 0) throw refuse('it changes a state that a program does not see; assign a tf.Variable instead');
    if (STATEFUL_RANDOM_OPS.has(op)) throw refuse('it draws from a hidden state; use the stateless op with a seed');
    if (DATA_DEPENDENT_OPS.has(op)) throw refuse("its output's shape depends on values; a program's shapes are fixed");
    const inputs = inputIds.map((id) => this.valueOf(id));
    const typed = withInferredTypes(op, attributes, inputs);
    const results = this.infer(op, typed, inputs, nOutputs).map((result) => this.imagine(result));
    const name = this.newName(op);
    const outputs = results.map((result, i) => this.define(result, i === 0 ? name : `${name}:${i}`));
    const origin = currentOrigin();
    const awaited = awaitedTensor();
    const operation: Operation = {
      name,
      op,
      attributes: typed,
      inputs,
      outputs,
      ...(origin === OUTSIDE ? {} : { origin }),
      ...(awaited === undefined ? {} : { after: this.valueOf(this.backend.getInputTensorIds([awaited])[0]) }),
    };
    for (const output of outputs) this.makers.set(output, operation);
    this.operations.push(operation);
    return results;
  }

  /** Types and shapes of an op's outputs. */
  private infer(
    op: string,
    attributes: readonly OpAttribute[],
    inputs: readonly Value[],
    nOutputs: number,
  ): readonly Omit<TensorMetadata, 'id'>[] {
    // Ops take shapes and axes from constants; of other inputs they only ask the shape.
    const known = inputs.map((input) => this.smallConstants.get(input));
    const key = JSON.stringify([
      op,
      attributes,
      inputs.map((input, i) => [input.dtype, input.shape, known[i] === undefined ? null : textOf(known[i].values)]),
    ]);
    const before = this.inferred.get(key);
    if (before !== undefined) return before;
    const stands = inputs.map(({ shape, dtype }, i): Value => ({ name: `input.${i}`, shape, dtype }));
    const isKnown = (i: number): boolean => known[i] !== undefined;
    const { graph } = encodeGraph({
      inputs: new Map(stands.flatMap((value, i) => (isKnown(i) ? [] : [[value.name, value]]))),
      captures: [],
      constants: stands.flatMap((value, i) => {
        const constant = known[i];
        return constant === undefined ? [] : [{ value, values: constant.values }];
      }),
      operations: [{ name: op, op, attributes, inputs: stands, outputs: [{ name: op, shape: [], dtype: 'float32' }] }],
      assignments: [],
      outputs: new Map(),
    });
    const inferred = this.base.inferOutputs({ graph, name: op, nOutputs });
    const results = inferred.map(({ dtype, shape }) => ({ dtype, shape: shape ?? [-1] }));
    const isOpen = results.some(({ shape }) => shape.some((length) => length < 0));
    const outputs = isOpen ? this.tried(op, attributes, inputs, nOutputs) : results;
    this.inferred.set(key, outputs);
    return outputs;
  }

  /** As {@link infer}, for the few ops whose rules leave a length open, as batch norm's for what it keeps: by a run on zeros. */
  private tried(
    op: string,
    attributes: readonly OpAttribute[],
    inputs: readonly Value[],
    nOutputs: number,
  ): readonly Omit<TensorMetadata, 'id'>[] {
    const { base } = this;
    const ids: number[] = [];
    try {
      for (const input of inputs) ids.push(this.zeros(input));
      const results = base.executeOp(op, attributes, ids, nOutputs);
      ids.push(...results.map(({ id }) => id));
      return results.map(({ shape, dtype }) => ({ shape, dtype }));
    } finally {
      for (const id of ids) base.deleteTensor(id);
    }
  }

  /** A real tensor of the value's type and shape: its numbers where they are known, else zeros. */
  private zeros(value: Value): number {
    const { base } = this;
    const { shape, dtype } = value;
    const type = dataTypeNumber(dtype) as number;
    const constant = this.smallConstants.get(value);
    if (constant !== undefined && constant.values.length === elementsOf(shape)) {
      return base.createTensor(shape, type, constant.values);
    }
    const sizes = base.createTensor([shape.length], DataType.int32, Int32Array.from(shape));
    const attributes = [
      { name: 'dtype', type: AttributeKind.type, value: type },
      { name: 'init', type: AttributeKind.bool, value: true },
    ];
    const [{ id }] = base.executeOp('Empty', attributes, [sizes], 1);
    base.deleteTensor(sizes);
    return id;
  }

  /** A tensor that is nothing but a type and a shape. */
  private imagine({ shape, dtype }: Omit<TensorMetadata, 'id'>): TensorMetadata {
    const id = nextImaginedId--;
    this.imagined.add(id);
    return { id, shape: [...shape], dtype };
  }

  private define({ id, shape, dtype }: TensorMetadata, name: string): Value {
    const value: Value = { name, shape, dtype: dataTypeName(dtype) };
    this.values.set(id, value);
    return value;
  }

  private capture(id: number): Value {
    const variable = this.variables.get(id);
    const copy = this.share(id);
    const value = this.define({ ...copy, id }, this.newName(variable?.name ?? 'captured'));
    if (variable === undefined) {
      // The scope of the function's run must not take it.
      this.captures.push({ value, tensor: tf.keep(adoptTensor(this.backend, copy)) });
    } else {
      this.base.deleteTensor(copy.id);
      this.captures.push({ value, tensor: variable });
    }
    return value;
  }

  /** Another handle of the same memory. */
  private share(id: number): TensorMetadata {
    return this.base.executeOp('Identity', [], [id], 1)[0];
  }

  /** `base`, or `base_1`, `base_2`, ..., in letters that a graph's names may have. */
  private newName(base: string): string {
    const clean = base.replace(/[^\w./-]/g, '_').replace(/^[^A-Za-z0-9]/, 'x');
    let count = this.nameCounts.get(clean) ?? 0;
    const numbered = () => (count === 0 ? clean : `${clean}_${count}`);
    // `dense_1` may be a second `dense`, or a variable of that very name.
    while (this.names.has(numbered())) count += 1;
    const name = numbered();
    this.nameCounts.set(clean, count + 1);
    this.names.add(name);
    return name;
  }
}

/** Numbers as text, for a key. */
function textOf(values: ConstantValues): string {
  return Array.from(values as ArrayLike<unknown>, String).join(',');
}

/** The types that the eager runtime would infer, and a graph must be told. */
function withInferredTypes(op: string, attributes: readonly OpAttribute[], inputs: readonly Value[]): OpAttribute[] {
  const known = new Set(attributes.map(({ name }) => name));
  const missing = (INFERRED_TYPES[op] ?? []).filter(({ name }) => !known.has(name));
  const type = AttributeKind.type;
  return [
    ...attributes,
    ...missing.map(({ name, input }) => ({
      name,
      type,
      value: DataType[inputs[input].dtype as keyof typeof DataType],
    })),
  ];
}

/** Attributes that tfjs-node's kernels leave out, and the input whose type they are. */
const INFERRED_TYPES: Readonly<Record<string, readonly { readonly name: string; readonly input: number }[]>> = {
  ExpandDims: [{ name: 'T', input: 0 }],
};

/** A copy of a constant's values: one, where all are equal. */
function compact(dtype: number, values: ConstantValues, length: number): ConstantValues {
  if (Array.isArray(values)) return [...(values as readonly Uint8Array[])];
  let numbers = values as Exclude<ConstantValues, readonly Uint8Array[]>;
  if (dtype === DataType.int64 && numbers instanceof Int32Array) numbers = new BigInt64Array(numbers.slice().buffer);
  if (dtype === DataType.complex64 || length < 2) return numbers.slice();
  const first = numbers[0];
  for (let i = 1; i < numbers.length; i++) if (!Object.is(numbers[i], first)) return numbers.slice();
  return numbers.slice(0, 1);
}
