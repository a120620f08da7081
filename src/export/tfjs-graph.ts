/** A program as a graph model of TensorFlow.js: `model.json` and shards of weights, for browsers and Node. */
import { join } from 'node:path';
import { freezeCaptures } from '../graph/freeze.js';
import type { Constant, Operation, Program, Value } from '../graph/program.js';
import { elementsOf } from '../graph/program.js';
import { ConfigError } from '../runtime/errors.js';
import { writeFileAtomic } from '../runtime/files.js';
import type { OpAttribute } from '../runtime/native/binding.js';
import { AttributeKind } from '../runtime/native/op-attribute.js';
import { dataTypeName } from '../runtime/native/tensor-memory.js';
import { type Quantization, type QuantizedWeights, quantizeWeights } from './quantization.js';

/** Bytes of a shard: small enough for caches, and for the range in which browsers load quickly. */
const SHARD_BYTES = 4 * 1024 * 1024;

/**
 * Writes `model.json` and `group1-shard…of….bin` into `directory`. The signature has the program's inputs and outputs
 * under their names.
 *
 * @param program without assignments, recorded with tfjs's own ops
 * @param userMetadata what readers find as `modelUserDefinedMetadata`
 * @throws ConfigError where the program has a type that TensorFlow.js has not
 */
export function writeTfjsGraph(
  directory: string,
  program: Program,
  {
    quantize,
    userMetadata = {},
  }: { readonly quantize?: Quantization; readonly userMetadata?: Readonly<Record<string, unknown>> } = {},
): void {
  const frozen = freezeCaptures(program);
  const results = [...frozen.outputs].map(([name, value], i) => ({ name, value, node: `result.${i}` }));
  const node = [
    ...[...frozen.inputs.values()].map((value) => ({
      name: value.name,
      op: 'Placeholder',
      attr: { dtype: typeOf(value), shape: { shape: shapeOf(value) } },
    })),
    ...frozen.constants.map(constantNode),
    ...frozen.operations.map(operationNode),
    ...results.map(({ value, node: name }) => ({
      name,
      op: 'Identity',
      input: [value.name],
      attr: { T: typeOf(value) },
    })),
  ];
  const weights = frozen.constants.map((constant) => weightOf(constant, quantize));
  const bytes = Buffer.concat(weights.map(({ content }) => content));
  const nShards = Math.max(1, Math.ceil(bytes.length / SHARD_BYTES));
  const paths = Array.from({ length: nShards }, (_, i) => `group1-shard${i + 1}of${nShards}.bin`);
  for (const [i, path] of paths.entries()) {
    writeFileAtomic(join(directory, path), bytes.subarray(i * SHARD_BYTES, (i + 1) * SHARD_BYTES));
  }
  const end = (value: Value, name: string) => ({
    name: `${name}:0`,
    dtype: typeOf(value).type,
    tensorShape: shapeOf(value),
  });
  const model = {
    format: 'graph-model',
    generatedBy: 'voiceproof',
    convertedBy: 'voiceproof',
    userDefinedMetadata: userMetadata,
    signature: {
      inputs: Object.fromEntries([...frozen.inputs].map(([name, value]) => [name, end(value, value.name)])),
      outputs: Object.fromEntries(results.map(({ name, value, node: of }) => [name, end(value, of)])),
    },
    modelTopology: { node, library: {}, versions: { producer: 1286 } },
    weightsManifest: [{ paths, weights: weights.map(({ entry }) => entry) }],
  };
  writeFileAtomic(join(directory, 'model.json'), JSON.stringify(model));
}

function constantNode({ value }: Constant): object {
  const tensor = { dtype: typeOf(value).type, tensorShape: shapeOf(value) };
  return { name: value.name, op: 'Const', attr: { dtype: typeOf(value), value: { tensor } } };
}

function operationNode({ name, op, inputs, attributes }: Operation): object {
  const attr = Object.fromEntries(attributes.map((attribute) => [attribute.name, attributeOf(attribute)]));
  return { name, op, input: inputs.map((input) => input.name), attr };
}

/** `AttrValue` in protocol buffers' JSON: 64-bit numbers are text, bytes are base64. */
function attributeOf({ type, value }: OpAttribute): object {
  const isList = Array.isArray(value) && !(type === AttributeKind.shape && !Array.isArray(value[0]));
  const one = (each: unknown): unknown => {
    switch (type) {
      case AttributeKind.string:
        return Buffer.from(String(each)).toString('base64');
      case AttributeKind.int:
        return String(each);
      case AttributeKind.type:
        return `DT_${protoType(dataTypeName(each as number))}`;
      case AttributeKind.shape:
        return { dim: (each as readonly number[]).map((size) => ({ size: String(size) })) };
      default:
        return each;
    }
  };
  const key = KEYS[type];
  if (isList) return { list: { [key]: (value as readonly unknown[]).map(one) } };
  return { [key]: one(value) };
}

const KEYS: Readonly<Record<number, string>> = {
  [AttributeKind.string]: 's',
  [AttributeKind.int]: 'i',
  [AttributeKind.float]: 'f',
  [AttributeKind.bool]: 'b',
  [AttributeKind.type]: 'type',
  [AttributeKind.shape]: 'shape',
};

function typeOf({ dtype }: Value): { type: string } {
  return { type: `DT_${protoType(dtype)}` };
}

/** TensorFlow.js has no int64: what is made so is small. */
function protoType(dtype: string): string {
  return dtype === 'float32' ? 'FLOAT' : dtype === 'int64' ? 'INT32' : dtype.toUpperCase();
}

function shapeOf({ shape }: Value): { dim: { size: string }[] } {
  return { dim: shape.map((length) => ({ size: String(length) })) };
}

/** A constant as an entry of the manifest, with its bytes. */
function weightOf({ value, values }: Constant, quantize: Quantization | undefined): QuantizedWeights {
  const { name, shape, dtype } = value;
  const length = elementsOf(shape);
  if (Array.isArray(values)) throw unsupported(value);
  const numbers = values as Float32Array | Int32Array | Uint8Array | BigInt64Array;
  const full = numbers.length === length ? numbers : expanded(numbers, length);
  switch (dtype) {
    case 'float32':
      return quantizeWeights(name, shape, full as Float32Array, quantize);
    case 'int32':
    case 'int64': {
      const whole = Int32Array.from(full as Int32Array, Number);
      return { entry: { name, shape, dtype: 'int32' }, content: Buffer.from(whole.buffer) };
    }
    case 'bool':
      return { entry: { name, shape, dtype: 'bool' }, content: Buffer.from(full as Uint8Array) };
    default:
      throw unsupported(value);
  }
}

function expanded(one: Float32Array | Int32Array | Uint8Array | BigInt64Array, length: number): typeof one {
  if (one instanceof BigInt64Array) return new BigInt64Array(length).fill(one[0]);
  return new (one.constructor as Float32ArrayConstructor)(length).fill(Number(one[0]));
}

function unsupported({ name, dtype }: Value): ConfigError {
  return new ConfigError(
    `export: TensorFlow.js has no constants of type ${dtype}, as ${name} is; export another format`,
  );
}
