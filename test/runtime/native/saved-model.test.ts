import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EngineError } from '../../../src/runtime/errors.js';
import type { TensorFlowBinding } from '../../../src/runtime/native/binding.js';
import { type NativeBackend, startNativeBackend } from '../../../src/runtime/native/native-backend.js';
import { testLibraryFiles } from '../../support/native-library.js';

let backend: NativeBackend;
let binding: TensorFlowBinding;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'voiceproof-saved-model-'));
  mkdirSync(join(directory, 'variables'));
  writeFileSync(join(directory, 'saved_model.pb'), savedModel());
  backend = await startNativeBackend(await testLibraryFiles(), { device: 'cpu' });
  binding = backend.binding;
});
afterAll(() => {
  backend.close();
  rmSync(directory, { recursive: true });
});

/** A SavedModel that splits `a + b` in two along axis 0, in protobuf messages that tfjs-node brings. */
function savedModel(): Uint8Array {
  type Message = Record<string, (...values: unknown[]) => unknown>;
  type Messages = Record<string, (new () => Message) & Record<string, new () => Message>>;
  const require = createRequire(import.meta.url);
  const messages = require('@tensorflow/tfjs-node-gpu/dist/proto/api_pb.js') as Messages;
  const make = (name: string, fields: Record<string, unknown>, inside?: string) => {
    const outer = messages[name] as Messages[string];
    const message = inside === undefined ? new outer() : new (outer[inside] as new () => Message)();
    for (const [method, value] of Object.entries(fields)) message[method]?.(value);
    return message;
  };
  const node = (name: string, op: string, inputs: string[], attributes: Record<string, Message>) => {
    const message = make('NodeDef', { setName: name, setOp: op, setInputList: inputs });
    const map = message.getAttrMap?.() as Map<string, Message>;
    for (const [key, value] of Object.entries(attributes)) map.set(key, value);
    return message;
  };
  const type = (dtype: number) => make('AttrValue', { setType: dtype });
  const axis = make('Tensor', { setDtype: 3, setIntValList: [0], setTensorShape: make('TensorShape', {}) });
  const graph = make('GraphDef', {
    setVersions: make('VersionDef', { setProducer: 1087 }),
    setNodeList: [
      node('a', 'Placeholder', [], { dtype: type(1) }),
      node('b', 'Placeholder', [], { dtype: type(1) }),
      node('sum', 'AddV2', ['a', 'b'], { T: type(1) }),
      node('axis', 'Const', [], { dtype: type(3), value: make('AttrValue', { setTensor: axis }) }),
      node('halves', 'Split', ['axis', 'sum'], { T: type(1), num_split: make('AttrValue', { setI: 2 }) }),
    ],
  });
  const info = make('MetaGraphDef', { setTagsList: ['serve'] }, 'MetaInfoDef');
  const metaGraph = make('MetaGraphDef', { setMetaInfoDef: info, setGraphDef: graph });
  const model = make('SavedModel', { setSavedModelSchemaVersion: 1, setMetaGraphsList: [metaGraph] });
  return model.serializeBinary?.() as Uint8Array;
}

it('A SavedModel runs, and nothing is left of it once it is deleted', () => {
  const { name: _, ...before } = backend.livePointers();
  const id = binding.loadSavedModel(directory, 'serve');
  expect(binding.getNumOfSavedModels()).toBe(1);
  const a = binding.createTensor([4], binding.TF_FLOAT, Float32Array.of(1, 2, 3, 4));
  const b = binding.createTensor([], binding.TF_FLOAT, Float32Array.of(10));
  const [second, first] = binding.runSavedModel(id, [a, b], 'a:0,b', 'halves:1,halves:0');
  expect(binding.tensorDataSync(first?.id as number)).toEqual(Float32Array.of(11, 12));
  expect(binding.tensorDataSync(second?.id as number)).toEqual(Float32Array.of(13, 14));
  for (const tensor of [a, b, first?.id, second?.id]) binding.deleteTensor(tensor as number);
  binding.deleteSavedModel(id);
  expect(binding.getNumOfSavedModels()).toBe(0);
  const { name: __, ...after } = backend.livePointers();
  expect(after).toEqual(before);
});

it('What can not be loaded or run is an error that names it, and leaves nothing behind', () => {
  const id = binding.loadSavedModel(directory, 'serve');
  const x = binding.createTensor([1], binding.TF_INT32, Int32Array.of(1));
  const before = backend.livePointers();
  const failing: [() => unknown, RegExp][] = [
    [() => binding.loadSavedModel('/nowhere', 'serve'), /^SavedModel \/nowhere: .+$/],
    [() => binding.loadSavedModel(directory, 'train'), /^SavedModel .*train/],
    [() => binding.runSavedModel(id, [x], 'c', 'sum'), /has no operation "c"$/],
    [() => binding.runSavedModel(id, [x], 'a,b', 'sum'), /expected 2 inputs \(a,b\), got 1$/],
    [() => binding.runSavedModel(id, [x, x], 'a,b', 'sum'), /^SavedModel .*float/],
    [() => binding.runSavedModel(99, [], '', ''), /^SavedModel 99 is deleted or was never loaded/],
  ];
  for (const [run, message] of failing) {
    expect(run).toThrow(EngineError);
    expect(run).toThrow(message);
  }
  expect(backend.livePointers()).toEqual(before);
  binding.deleteTensor(x);
  binding.deleteSavedModel(id);
});

it('A model that is still loaded goes with the engine', () => {
  binding.loadSavedModel(directory, 'serve');
  backend.close();
  expect(Object.values(backend.livePointers()).every((count) => count === 0)).toBe(true);
});
