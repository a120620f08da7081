import { expect, test } from 'vitest';
import {
  add,
  both,
  FunctionBuilder,
  get,
  integer,
  load,
  loadBoth,
  loadFloats,
  minus,
  multiply,
  plus,
  repeat,
  set,
  store,
  storeLane,
  subtract,
  times,
} from '../../src/dsp/wasm-assembler.js';

function run(bytes: Uint8Array<ArrayBuffer>, argument: number, memory = new WebAssembly.Memory({ initial: 1 })) {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { host: { memory } });
  (instance.exports.run as (value: number) => void)(argument);
  return memory.buffer;
}

test('vectors are loaded, computed with and stored, both lanes on their own', () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  new Float64Array(memory.buffer).set([1, 2, 10]);
  new Float32Array(memory.buffer, 64).set([0.5, 0, 0.25]);
  const program = new FunctionBuilder(['f64']);
  const x = program.local('v128');
  run(
    program.toModule([
      ...set(x, subtract(multiply(load(integer(0)), both(get(program.parameter(0)))), loadBoth(integer(0), 16))),
      ...store(integer(0), 128, get(x)),
      ...storeLane(integer(0), 144, get(x), 1),
      ...storeLane(integer(0), 152, get(x), 0),
      ...store(integer(32), 128, add(get(x), loadFloats(integer(0), 64, 72))),
    ]),
    100,
    memory,
  );
  expect([...new Float64Array(memory.buffer, 128, 6)]).toEqual([90, 190, 190, 90, 90.5, 190.25]);
});

// Around the places where an integer takes a byte more.
test.each([0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, 8192, -8192, -8193, 65536, 2 ** 31 - 1, -(2 ** 31)])(
  'the integer %i arrives whole',
  (value) => {
    const program = new FunctionBuilder(['f64']);
    const address = program.local('i32');
    // The sum of the integer and its difference to 8 is an address that is only right where it is.
    const body = set(address, plus(integer(value), minus(integer(8), integer(value))));
    const buffer = run(
      program.toModule([...body, ...storeLane(get(address), 0, both(get(program.parameter(0))), 0)]),
      7,
    );
    expect([...new Float64Array(buffer, 0, 3)]).toEqual([0, 7, 0]);
  },
);

test('a loop counts in steps, and runs at least once', () => {
  const program = new FunctionBuilder(['f64']);
  const i = program.local('i32');
  const mark = (place: number) => storeLane(times(get(i), integer(8)), place, both(get(program.parameter(0))), 0);
  const body = [...repeat(i, integer(1), integer(6), 2, mark(0)), ...repeat(i, integer(0), integer(0), 1, mark(256))];
  const values = new Float64Array(run(program.toModule(body), 1));
  expect([...values.subarray(0, 8)]).toEqual([0, 1, 0, 1, 0, 1, 0, 0]);
  expect([...values.subarray(32, 35)]).toEqual([1, 0, 0]);
});

test('offsets beyond a byte are kept', () => {
  const program = new FunctionBuilder(['f64']);
  const buffer = run(program.toModule(storeLane(integer(0), 40000, both(get(program.parameter(0))), 0)), 3);
  expect(new Float64Array(buffer)[5000]).toBe(3);
});
