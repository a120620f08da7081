/**
 * A program as TensorFlow's `GraphDef`. Field numbers: tensorflow/core/framework/{graph,node_def,attr_value,tensor,
 * tensor_shape,versions}.proto.
 */
import { GraphError } from '../runtime/errors.js';
import type { OpAttribute } from '../runtime/native/binding.js';
import { AttributeKind } from '../runtime/native/op-attribute.js';
import { dataTypeNumber } from '../runtime/native/tensor-memory.js';
import { bytesField, floatField, varintField } from '../runtime/protobuf.js';
import { type Constant, type ConstantValues, elementsOf, type Operation, type Program, type Value } from './program.js';

/** A graph and the names by which its ends are found. */
export interface GraphDefinition {
  /** A serialized `GraphDef`. */
  readonly graph: Uint8Array;
  /** Placeholders: the program's inputs, then its captures. */
  readonly inputs: readonly string[];
  /** `NODE:0`: the program's outputs, then its assignments. */
  readonly outputs: readonly string[];
}

/** The version of the graph format that is written: that of TensorFlow 2.11, read by all later ones. */
const PRODUCER = 1286;

/**
 * Writes a program down. Each output has a node of its own, as an input or constant may be one too.
 *
 * TensorFlow would fuse the gradient of a bias with that of its convolution's kernel, and so sum in another order than op
 * by op. They are kept apart: a program computes the same bits as the function it was recorded from, and can be
 * resumed and compared without tolerance.
 */
export function encodeGraph(program: Program): GraphDefinition {
  const nodes: Buffer[] = [];
  const add = (name: string, op: string, inputs: readonly Value[], attributes: Readonly<Record<string, Buffer>>) => {
    const fields = [textField(1, name), textField(2, op), ...inputs.map((input) => textField(3, input.name))];
    for (const [key, value] of Object.entries(attributes)) {
      fields.push(bytesField(5, Buffer.concat([textField(1, key), bytesField(2, value)])));
    }
    nodes.push(bytesField(1, Buffer.concat(fields)));
  };
  /** The value under another name, which TensorFlow does not see through. */
  const apart = (value: Value, user: string): Value => {
    const name = `${user}.apart`;
    add(name, 'StopGradient', [value], { T: typeAttribute(value) });
    return { ...value, name };
  };
  const placeholders = [...program.inputs.values(), ...program.captures.map(({ value }) => value)];
  for (const value of placeholders) {
    add(value.name, 'Placeholder', [], { dtype: typeAttribute(value), shape: shapeAttribute(value.shape) });
  }
  for (const constant of program.constants) {
    const { value } = constant;
    add(value.name, 'Const', [], { dtype: typeAttribute(value), value: bytesField(8, tensor(constant)) });
  }
  const barriers = new Barriers(program, (name, value, after) => {
    add(name, 'Identity', [value, { ...after, name: `^${after.name.split(':')[0]}` }], { T: typeAttribute(value) });
  });
  for (const operation of program.operations) {
    const { name, op, attributes } = operation;
    const inputs = barriers.inputsOf(operation);
    const taken = op === 'BiasAddGrad' ? inputs.map((input) => apart(input, name)) : inputs;
    add(name, op, taken, Object.fromEntries(attributes.map((attribute) => [attribute.name, encode(attribute, name)])));
  }
  const results = [...program.outputs.values(), ...program.assignments.map(({ value }) => value)];
  const outputs = results.map((value, i) => {
    const name = `result.${i}`;
    add(name, 'Identity', [value], { T: typeAttribute(value) });
    return name;
  });
  const versions = bytesField(4, varintField(1, PRODUCER));
  return { graph: Buffer.concat([...nodes, versions]), inputs: placeholders.map(({ name }) => name), outputs };
}

/**
 * Keeps ops that wait for a value from running early, and from being merged with their equals elsewhere: what they take
 * from outside of their group goes through a node that waits. The ops themselves stay free, as TensorFlow fuses none that
 * wait.
 */
class Barriers {
  private readonly groups = new Map<Value, Value>();
  private readonly constants: ReadonlySet<Value>;
  private readonly made = new Map<string, Value>();

  /** @param add makes a node that is `value` once `after` is there */
  constructor(
    { operations, constants }: Program,
    private readonly add: (name: string, value: Value, after: Value) => void,
  ) {
    for (const { outputs, after } of operations) {
      if (after !== undefined) for (const output of outputs) this.groups.set(output, after);
    }
    this.constants = new Set(constants.map(({ value }) => value));
  }

  /** What the op is to take in its inputs' place. */
  inputsOf({ inputs, after }: Operation): readonly Value[] {
    if (after === undefined) return inputs;
    // Constants cost nothing to keep, and TensorFlow should see which shapes and axes are constant.
    const free = inputs.every((input) => this.constants.has(input)) ? new Set<Value>() : this.constants;
    return inputs.map((input) => {
      if (free.has(input) || this.groups.get(input) === after) return input;
      const name = `${input.name}.after.${after.name}`.replaceAll(':', '.');
      const known = this.made.get(name);
      if (known !== undefined) return known;
      const barrier = { ...input, name };
      this.made.set(name, barrier);
      this.add(name, input, after);
      return barrier;
    });
  }
}

/** `AttrValue` of an op's attribute. */
function encode({ name, type, value }: OpAttribute, operation: string): Buffer {
  const isShape = type === AttributeKind.shape;
  if (!Array.isArray(value) || (isShape && !Array.isArray(value[0]))) return field(value);
  return bytesField(1, Buffer.concat(value.map(field)));

  /** Kinds have the same field numbers in `AttrValue` and in its list. */
  function field(one: unknown): Buffer {
    switch (type) {
      case AttributeKind.string:
        return textField(2, one as string);
      case AttributeKind.int:
        return varintField(3, one as number);
      case AttributeKind.float:
        return floatField(4, one as number);
      case AttributeKind.bool:
        return varintField(5, one ? 1 : 0);
      case AttributeKind.type:
        return varintField(6, one as number);
      case AttributeKind.shape:
        return shapeAttribute(one as number[]);
      case AttributeKind.function:
        return bytesField(10, textField(1, one as string));
      default:
        throw new GraphError(`${operation}: attribute ${name}: kind ${type} can't be written into a graph`);
    }
  }
}

function textField(field: number, text: string): Buffer {
  return bytesField(field, Buffer.from(text));
}

function typeAttribute({ dtype }: Value): Buffer {
  return varintField(6, dataTypeNumber(dtype) as number);
}

function shapeAttribute(lengths: readonly number[]): Buffer {
  return bytesField(7, shape(lengths));
}

/** `TensorShapeProto` */
function shape(lengths: readonly number[]): Buffer {
  return Buffer.concat(lengths.map((length) => bytesField(2, varintField(1, length))));
}

/** `TensorProto` */
function tensor({ value, values }: Constant): Buffer {
  const head = [varintField(1, dataTypeNumber(value.dtype) as number), bytesField(2, shape(value.shape))];
  const content = Array.isArray(values)
    ? (values as readonly Uint8Array[]).map((text) => bytesField(8, Buffer.from(text)))
    : [bytesField(4, contentOf(values as Exclude<ConstantValues, readonly Uint8Array[]>, elementsOf(value.shape)))];
  return Buffer.concat([...head, ...content]);
}

/** All elements' bytes; a single one is repeated. */
function contentOf(values: Exclude<ConstantValues, readonly Uint8Array[]>, length: number): Buffer {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  if (values.length !== 1 || length <= 1) return bytes;
  return Buffer.alloc(length * bytes.length, bytes);
}
