import util from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { restoreRemovedNodeFunctions } from '../../../src/runtime/native/node-compatibility.js';

const old = util as unknown as Record<string, ((value: unknown) => boolean) | undefined>;
const names = ['isNullOrUndefined', 'isArray'];
const originals = names.map((name) => Object.getOwnPropertyDescriptor(util, name));
afterEach(() => {
  names.forEach((name, i) => {
    const original = originals[i];
    if (original === undefined) delete old[name];
    else Object.defineProperty(util, name, original);
  });
});

it.each(['22.0.0', '23.5.1', '24.21.0'])('Node %s gets back what it removed or warns of', (version) => {
  for (const name of names) delete old[name];
  restoreRemovedNodeFunctions(version);
  expect([null, undefined, 0, ''].map((value) => old.isNullOrUndefined?.(value))).toEqual([true, true, false, false]);
  expect([[], new Float32Array(1), {}].map((value) => old.isArray?.(value))).toEqual([true, false, false]);
});

it('Node 20 keeps its own', () => {
  for (const name of names) delete old[name];
  restoreRemovedNodeFunctions('20.19.0');
  expect(names.map((name) => old[name])).toEqual([undefined, undefined]);
});
