/**
 * The power spectra of two frames at once, as a WebAssembly program that is assembled for one size: every vector holds
 * the same double of both frames, so that two transforms cost what one does. See docs/adr/0005-spectrum-kernel.md.
 */
import type { SpectrumPair } from './spectrum-pair.js';
import {
  add,
  both,
  type Code,
  FunctionBuilder,
  get,
  integer,
  type Local,
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
} from './wasm-assembler.js';

const DOUBLE = 8;
/** A double of both frames. */
const VECTOR = 16;
/** A complex number of both frames. */
const COMPLEX = 32;
const PAGE = 65536;

/**
 * Makes the program and its memory.
 *
 * @param nFft a power of two, at least 8
 * @param window at most `nFft` values
 */
export function createSpectrumKernel(nFft: number, window: Float64Array, hopLength: number): SpectrumPair {
  const half = nFft / 2;
  let end = 0;
  const reserve = (bytes: number): number => {
    const start = end;
    end += Math.ceil(bytes / VECTOR) * VECTOR;
    return start;
  };
  const places = {
    window: reserve(window.length * DOUBLE),
    /** exp(-2 pi i k / nFft) for all k below nFft: the transform's own are every second of them. */
    twiddles: reserve(nFft * 2 * DOUBLE),
    input: reserve(half * COMPLEX),
    buffers: [reserve(half * COMPLEX), reserve(half * COMPLEX)] as const,
    powers: [reserve((half + 1) * DOUBLE), reserve((half + 1) * DOUBLE)] as const,
    samples: reserve((1 + hopLength + window.length) * 4),
  };
  const memory = new WebAssembly.Memory({ initial: Math.ceil(end / PAGE) });
  const doubles = (place: number, length: number) => new Float64Array(memory.buffer, place, length);
  // The halves of the symmetry's sums and differences are taken here, once.
  doubles(places.window, window.length).set(window.map((value) => value / 2));
  const twiddles = doubles(places.twiddles, 2 * nFft);
  for (let k = 0; k < nFft; k++) {
    twiddles[2 * k] = Math.cos((2 * Math.PI * k) / nFft);
    twiddles[2 * k + 1] = -Math.sin((2 * Math.PI * k) / nFft);
  }
  const module = new WebAssembly.Module(writeProgram(nFft, window.length, hopLength, places));
  const { run } = new WebAssembly.Instance(module, { host: { memory } }).exports;
  return {
    samples: new Float32Array(memory.buffer, places.samples, 1 + hopLength + window.length),
    powers: [doubles(places.powers[0], half + 1), doubles(places.powers[1], half + 1)],
    run: run as (preEmphasis: number) => void,
  };
}

interface Places {
  readonly window: number;
  readonly twiddles: number;
  readonly input: number;
  readonly buffers: readonly [number, number];
  readonly powers: readonly [number, number];
  readonly samples: number;
}

function writeProgram(nFft: number, winLength: number, hopLength: number, places: Places): Uint8Array<ArrayBuffer> {
  const program = new FunctionBuilder(['f64']);
  const body: Code[] = [writeLoad(program, winLength, hopLength, places)];

  // Stockham's transform: a pass takes `length` points apart, of which there are half / length interleaved series.
  let from = places.input;
  let [to, other] = places.buffers;
  for (let length = nFft / 2; length > 1; ) {
    const radix = Math.log2(length) % 2 === 1 ? 2 : 4;
    const writePass = radix === 2 ? writePass2 : writePass4;
    body.push(writePass(program, { from, to, length, nSeries: nFft / 2 / length, nFft, twiddles: places.twiddles }));
    [from, to, other] = [to, other, to];
    length /= radix;
  }
  body.push(writeSeparate(program, nFft, from, places));
  return program.toModule(body.flat());
}

/** Samples through high-pass and window to the transform's input: even ones are real parts, odd ones imaginary. */
function writeLoad(program: FunctionBuilder, winLength: number, hopLength: number, places: Places): Code {
  const sample = program.local('i32');
  const previous = program.local('v128');
  const current = program.local('v128');
  const coefficient = program.local('v128');
  const address = times(get(sample), integer(4));
  const read = (offset: number): Code =>
    loadFloats(address, places.samples + offset * 4, places.samples + (offset + hopLength) * 4);
  const filtered = subtract(get(current), multiply(get(coefficient), get(previous)));
  return [
    ...set(coefficient, both(get(program.parameter(0)))),
    ...set(sample, integer(0)),
    ...set(previous, read(0)),
    ...repeat(sample, integer(0), integer(winLength), 1, [
      ...set(current, read(1)),
      ...store(
        times(get(sample), integer(VECTOR)),
        places.input,
        multiply(filtered, loadBoth(times(get(sample), integer(DOUBLE)), places.window)),
      ),
      ...set(previous, get(current)),
    ]),
  ];
}

/** A pass over `nSeries` interleaved series of `length` points each, between places in memory. */
interface Pass {
  readonly from: number;
  readonly to: number;
  readonly length: number;
  readonly nSeries: number;
  readonly nFft: number;
  readonly twiddles: number;
}

/** A complex number of both frames in two variables. */
interface Complex {
  readonly re: Local;
  readonly im: Local;
}

function writePass4(program: FunctionBuilder, pass: Pass): Code {
  const { from, to, length, nSeries, nFft, twiddles } = pass;
  const quarter = length / 4;
  const stride = nSeries * COMPLEX;
  const point = program.local('i32');
  const series = program.local('i32');
  const source = program.local('i32');
  const target = program.local('i32');
  const complex = (): Complex => ({ re: program.local('v128'), im: program.local('v128') });
  const [a, b, c, d] = [complex(), complex(), complex(), complex()];
  const [sum, difference, sum2, difference2] = [complex(), complex(), complex(), complex()];
  const turns = quarter === 1 ? [] : [complex(), complex(), complex()];
  const read = (into: Complex, place: number): Code => [
    ...set(into.re, load(get(source), from + place * quarter * stride)),
    ...set(into.im, load(get(source), from + place * quarter * stride + VECTOR)),
  ];
  /** Output r, turned by the twiddle of r times the point. */
  const write = (r: number, re: Code, im: Code): Code => {
    const turn = r === 0 ? undefined : turns[r - 1];
    const offset = to + r * stride;
    if (turn === undefined) return [...store(get(target), offset, re), ...store(get(target), offset + VECTOR, im)];
    // The operands are written out twice, but the compiler sees that they are the same.
    const cosine = get(turn.re);
    const sine = get(turn.im);
    return [
      ...store(get(target), offset, subtract(multiply(re, cosine), multiply(im, sine))),
      ...store(get(target), offset + VECTOR, add(multiply(im, cosine), multiply(re, sine))),
    ];
  };
  const combine = (into: Complex, op: (a: Code, b: Code) => Code, x: Complex, y: Complex): Code => [
    ...set(into.re, op(get(x.re), get(y.re))),
    ...set(into.im, op(get(x.im), get(y.im))),
  ];
  const inner: Code = [
    ...set(source, plus(times(get(point), integer(stride)), get(series))),
    ...set(target, plus(times(get(point), integer(4 * stride)), get(series))),
    ...[read(a, 0), read(b, 1), read(c, 2), read(d, 3)].flat(),
    ...combine(sum, add, a, c),
    ...combine(difference, subtract, a, c),
    ...combine(sum2, add, b, d),
    ...combine(difference2, subtract, b, d),
    ...write(0, add(get(sum.re), get(sum2.re)), add(get(sum.im), get(sum2.im))),
    // Times -i and times i.
    ...write(1, add(get(difference.re), get(difference2.im)), subtract(get(difference.im), get(difference2.re))),
    ...write(2, subtract(get(sum.re), get(sum2.re)), subtract(get(sum.im), get(sum2.im))),
    ...write(3, subtract(get(difference.re), get(difference2.im)), add(get(difference.im), get(difference2.re))),
  ];
  const readTurns = turns.flatMap((turn, i) => {
    const address = times(get(point), integer((i + 1) * (nFft / length) * 2 * DOUBLE));
    return [...set(turn.re, loadBoth(address, twiddles)), ...set(turn.im, loadBoth(address, twiddles + DOUBLE))];
  });
  return repeat(point, integer(0), integer(quarter), 1, [
    ...readTurns,
    ...repeat(series, integer(0), integer(stride), COMPLEX, inner),
  ]);
}

/** The first pass of a transform whose size is no power of four. */
function writePass2(program: FunctionBuilder, { from, to, length, nFft, twiddles }: Pass): Code {
  const point = program.local('i32');
  const source = program.local('i32');
  const target = program.local('i32');
  const [re, im, cosine, sine] = [0, 1, 2, 3].map(() => program.local('v128'));
  const far = from + (length / 2) * COMPLEX;
  const turn = times(get(point), integer((nFft / length) * 2 * DOUBLE));
  return repeat(point, integer(0), integer(length / 2), 1, [
    ...set(source, times(get(point), integer(COMPLEX))),
    ...set(target, times(get(point), integer(2 * COMPLEX))),
    ...set(cosine, loadBoth(turn, twiddles)),
    ...set(sine, loadBoth(turn, twiddles + DOUBLE)),
    ...set(re, subtract(load(get(source), from), load(get(source), far))),
    ...set(im, subtract(load(get(source), from + VECTOR), load(get(source), far + VECTOR))),
    ...store(get(target), to, add(load(get(source), from), load(get(source), far))),
    ...store(get(target), to + VECTOR, add(load(get(source), from + VECTOR), load(get(source), far + VECTOR))),
    ...store(get(target), to + COMPLEX, subtract(multiply(get(re), get(cosine)), multiply(get(im), get(sine)))),
    ...store(get(target), to + COMPLEX + VECTOR, add(multiply(get(im), get(cosine)), multiply(get(re), get(sine)))),
  ]);
}

/** Powers of the bins, from the transform of even and odd samples as one; `separatePower` has the mathematics. */
function writeSeparate(program: FunctionBuilder, nFft: number, from: number, places: Places): Code {
  const half = nFft / 2;
  const bin = program.local('i32');
  const near = program.local('i32');
  const far = program.local('i32');
  const [evenRe, evenIm, oddRe, oddIm, turnedRe, turnedIm, re, im] = Array.from({ length: 8 }, () =>
    program.local('v128'),
  );
  const square = (x: Local): Code => multiply(get(x), get(x));
  const writePower = (address: Code, place: number, op: typeof add): Code => [
    ...set(re, op(get(evenRe), get(turnedRe))),
    ...set(im, op(get(evenIm), get(turnedIm))),
    ...set(re, add(square(re), square(im))),
    ...storeLane(address, places.powers[0] + place, get(re), 0),
    ...storeLane(address, places.powers[1] + place, get(re), 1),
  ];
  const turn = times(get(bin), integer(2 * DOUBLE));
  const cosine = loadBoth(turn, places.twiddles);
  const sine = loadBoth(turn, places.twiddles + DOUBLE);
  const ends = [add, subtract].flatMap((op, i) => [
    ...set(re, op(load(integer(0), from), load(integer(0), from + VECTOR))),
    ...set(re, add(get(re), get(re))),
    ...set(re, square(re)),
    ...storeLane(integer(0), places.powers[0] + i * half * DOUBLE, get(re), 0),
    ...storeLane(integer(0), places.powers[1] + i * half * DOUBLE, get(re), 1),
  ]);
  return [
    ...ends,
    ...repeat(bin, integer(1), integer(half / 2 + 1), 1, [
      ...set(near, times(get(bin), integer(COMPLEX))),
      ...set(far, times(minus(integer(half), get(bin)), integer(COMPLEX))),
      ...set(evenRe, add(load(get(near), from), load(get(far), from))),
      ...set(evenIm, subtract(load(get(near), from + VECTOR), load(get(far), from + VECTOR))),
      ...set(oddRe, add(load(get(near), from + VECTOR), load(get(far), from + VECTOR))),
      ...set(oddIm, subtract(load(get(far), from), load(get(near), from))),
      ...set(turnedRe, subtract(multiply(cosine, get(oddRe)), multiply(sine, get(oddIm)))),
      ...set(turnedIm, add(multiply(cosine, get(oddIm)), multiply(sine, get(oddRe)))),
      ...writePower(times(get(bin), integer(DOUBLE)), 0, add),
      ...writePower(times(minus(integer(half), get(bin)), integer(DOUBLE)), 0, subtract),
    ]),
  ];
}
