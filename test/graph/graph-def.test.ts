import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { encodeGraph } from '../../src/graph/graph-def.js';
import type { Program, Value } from '../../src/graph/program.js';
import { AttributeKind } from '../../src/runtime/native/op-attribute.js';

/** The messages that protobuf's compiler made for tfjs-node: a reader that is not ours. */
const messages = createRequire(import.meta.url)('@tensorflow/tfjs-node-gpu/dist/proto/api_pb.js') as {
  GraphDef: { deserializeBinary(bytes: Uint8Array): { toObject(): ReadGraph } };
};
interface ReadGraph {
  nodeList: { name: string; op: string; inputList: string[]; attrMap: [string, Record<string, unknown>][] }[];
  versions: { producer: number };
}

const value = (name: string, shape: number[], dtype = 'float32'): Value => ({ name, shape, dtype });

describe('a program as GraphDef', () => {
  const x = value('x', [2, 300]);
  const [ones, texts, large] = [value('ones', [3]), value('texts', [2], 'string'), value('large', [1], 'int64')];
  const y = value('Op', [2, 300]);
  const program: Program = {
    inputs: new Map([['x', x]]),
    captures: [],
    constants: [
      { value: ones, values: Float32Array.of(1) },
      { value: texts, values: [Buffer.from('a'), Buffer.from('bc')] },
      { value: large, values: BigInt64Array.of(-(2n ** 40n)) },
    ],
    operations: [
      {
        name: 'Op',
        op: 'Made',
        attributes: [
          { name: 'int', type: AttributeKind.int, value: -3 },
          { name: 'ints', type: AttributeKind.int, value: [1, 300] },
          { name: 'float', type: AttributeKind.float, value: 0.5 },
          { name: 'flag', type: AttributeKind.bool, value: true },
          { name: 'text', type: AttributeKind.string, value: 'NHWC' },
          { name: 'type', type: AttributeKind.type, value: 3 },
          { name: 'shape', type: AttributeKind.shape, value: [-1, 2] },
        ],
        inputs: [x, ones, texts, large],
        outputs: [y, value('Op:1', [])],
      },
    ],
    assignments: [],
    outputs: new Map([['y', y]]),
  };
  const { graph, inputs, outputs } = encodeGraph(program);
  const { nodeList, versions } = messages.GraphDef.deserializeBinary(graph).toObject();
  const node = (name: string) => nodeList.find((one) => one.name === name) as ReadGraph['nodeList'][number];
  const attribute = (of: string, name: string) => new Map(node(of).attrMap).get(name) as Record<string, unknown>;

  it('has the nodes, their inputs and its ends', () => {
    expect(nodeList.map(({ name, op, inputList }) => [name, op, ...inputList])).toEqual([
      ['x', 'Placeholder'],
      ['ones', 'Const'],
      ['texts', 'Const'],
      ['large', 'Const'],
      ['Op', 'Made', 'x', 'ones', 'texts', 'large'],
      ['result.0', 'Identity', 'Op'],
    ]);
    expect([inputs, outputs]).toEqual([['x'], ['result.0']]);
    expect(versions.producer).toBe(1286);
  });

  it('has attributes of every kind', () => {
    expect(attribute('Op', 'int').i).toBe(-3);
    expect((attribute('Op', 'ints').list as { iList: number[] }).iList).toEqual([1, 300]);
    expect(attribute('Op', 'float').f).toBe(0.5);
    expect(attribute('Op', 'flag').b).toBe(true);
    expect(Buffer.from(attribute('Op', 'text').s as string, 'base64').toString()).toBe('NHWC');
    expect(attribute('Op', 'type').type).toBe(3);
    expect((attribute('Op', 'shape').shape as { dimList: { size: number }[] }).dimList.map(({ size }) => size)).toEqual(
      [-1, 2],
    );
  });

  it('has constants with all their numbers', () => {
    const tensor = (name: string) =>
      attribute(name, 'value').tensor as { dtype: number; tensorContent: string; stringValList: string[] };
    const bytes = Buffer.from(tensor('ones').tensorContent, 'base64');
    expect([0, 4, 8].map((at) => bytes.readFloatLE(at))).toEqual([1, 1, 1]);
    expect(Buffer.from(tensor('large').tensorContent, 'base64').readBigInt64LE()).toBe(-(2n ** 40n));
    expect(tensor('texts').stringValList.map((text) => Buffer.from(text, 'base64').toString())).toEqual(['a', 'bc']);
  });
});
