/**
 * Sampling-rate conversion by band-limited interpolation: every output sample is an inner product of the input with a
 * windowed sinc, cut off just below the lower of the two Nyquist frequencies. With the parameters of `SINC_HANN` or
 * `KAISER_BEST` the numbers are those of `torchaudio.functional.resample`.
 *
 * Method: J. O. Smith, "Digital audio resampling", https://ccrma.stanford.edu/~jos/resample/
 */

/** The low-pass filter: how long, where it cuts, and under which window. */
export interface ResampleFilter {
  /** Zero crossings of the sinc on each side; more is sharper and slower. */
  readonly lowpassFilterWidth: number;
  /** Cut-off as a share of the lower Nyquist frequency, 0 to 1; lower leaves less aliasing and less treble. */
  readonly rolloff: number;
  /** Shape of a Kaiser window; `undefined` stands for a Hann window. */
  readonly kaiserBeta?: number;
}

/** torchaudio's default, `sinc_interp_hann`: short and quick, with audible aliasing close to the Nyquist frequency. */
export const SINC_HANN: ResampleFilter = { lowpassFilterWidth: 6, rolloff: 0.99 };

/** torchaudio's counterpart of resampy's `kaiser_best`. */
export const KAISER_BEST: ResampleFilter = {
  lowpassFilterWidth: 64,
  rolloff: 0.9475937167399596,
  kaiserBeta: 14.769656459379492,
};

/** Phases times taps up to which a filter is tabulated in full (32 MiB); rarer ratios interpolate a prototype. */
const MAX_TABLE = 2 ** 22;
/** Samples of the prototype per zero crossing: linear interpolation between them is wrong by less than 1e-7. */
const PROTOTYPE_STEPS = 4096;
/** Blocks computed together by `convolve`. */
const GROUP = 4;
/** Ratios kept: a data set has few. */
const MAX_KEPT = 8;

/** What is made once for a pair of rates. Rates are in units of their greatest common divisor. */
interface Polyphase {
  readonly from: number;
  readonly to: number;
  /** Inner-product length, even. */
  readonly nTaps: number;
  /** Zeros needed before the first sample. */
  readonly padding: number;
  /** First tap of each phase in the padded input, `[to]`. */
  readonly starts: Int32Array;
  /** `[to, nTaps]`, or undefined where that would be too large. */
  readonly kernels: Float64Array | undefined;
  readonly filter: ResampleFilter;
}

const kept = new Map<string, Polyphase>();

/**
 * Resamples a waveform.
 *
 * @param waveform mono samples at `from` Hz
 * @param from positive whole number of Hz
 * @param to positive whole number of Hz
 * @returns `ceil(length * to / from)` samples at `to` Hz; `waveform` itself where the rates agree
 */
export function resample(
  waveform: Float32Array,
  from: number,
  to: number,
  filter: ResampleFilter = KAISER_BEST,
): Float32Array {
  if (from === to) return waveform;
  const polyphase = polyphaseFor(from, to, filter);
  const length = Math.ceil((waveform.length * polyphase.to) / polyphase.from);
  // Whole groups of blocks are computed, over zeros beyond the end; what was not asked for is cut off.
  const nGroups = Math.ceil(length / (GROUP * polyphase.to));
  const padded = new Float64Array(nGroups * GROUP * polyphase.from + polyphase.from + polyphase.nTaps);
  padded.set(waveform, polyphase.padding);
  if (polyphase.kernels === undefined) return interpolatePrototype(padded, length, polyphase);
  const output = convolve(padded, nGroups, polyphase, polyphase.kernels);
  return output.length === length ? output : output.slice(0, length);
}

/**
 * What a conversion hears, in samples of input: `step` from one phase of the filter to the same phase again, `reach` on
 * either side of a place.
 */
export function filterReach(
  from: number,
  to: number,
  filter: ResampleFilter,
): { readonly step: number; readonly reach: number } {
  const polyphase = polyphaseFor(from, to, filter);
  return { step: polyphase.from, reach: polyphase.nTaps };
}

/**
 * The inner products of `nGroups` times four blocks; a block is `from` samples in and `to` samples out. Four blocks go
 * together because they share the kernel of each phase: half the loads, four sums that don't wait for each other.
 */
function convolve(padded: Float64Array, nGroups: number, polyphase: Polyphase, kernels: Float64Array): Float32Array {
  const { from, to, nTaps, starts } = polyphase;
  const output = new Float32Array(nGroups * GROUP * to);
  for (let group = 0; group < nGroups; group++) {
    const block = group * GROUP * from;
    const outputs = group * GROUP * to;
    for (let phase = 0; phase < to; phase++) {
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      let x = block + starts[phase];
      const end = (phase + 1) * nTaps;
      for (let k = phase * nTaps; k < end; k += 2, x += 2) {
        const even = kernels[k];
        const odd = kernels[k + 1];
        a += even * padded[x] + odd * padded[x + 1];
        b += even * padded[x + from] + odd * padded[x + from + 1];
        c += even * padded[x + 2 * from] + odd * padded[x + 2 * from + 1];
        d += even * padded[x + 3 * from] + odd * padded[x + 3 * from + 1];
      }
      const n = outputs + phase;
      output[n] = a;
      output[n + to] = b;
      output[n + 2 * to] = c;
      output[n + 3 * to] = d;
    }
  }
  return output;
}

/** The same inner products, with the filter's values looked up in one finely sampled half of it. */
function interpolatePrototype(padded: Float64Array, length: number, polyphase: Polyphase): Float32Array {
  const { from, to, nTaps, starts, padding, filter } = polyphase;
  const cutOff = Math.min(from, to) * filter.rolloff;
  const filterAt = windowedSinc(filter);
  const prototype = new Float64Array(filter.lowpassFilterWidth * PROTOTYPE_STEPS + 2);
  for (let i = 0; i < prototype.length - 2; i++) prototype[i] = filterAt(i / PROTOTYPE_STEPS);
  const output = new Float32Array(length);
  const step = (cutOff / from) * PROTOTYPE_STEPS;
  const last = prototype.length - 2;
  for (let n = 0; n < length; n++) {
    const phase = n % to;
    const block = Math.floor(n / to) * from;
    const start = starts[phase];
    let position = ((start - padding) / from - phase / to) * cutOff * PROTOTYPE_STEPS;
    let sum = 0;
    for (let k = 0; k < nTaps; k++, position += step) {
      const distance = Math.min(Math.abs(position), last);
      const index = Math.floor(distance);
      const below = prototype[index];
      sum += padded[block + start + k] * (below + (distance - index) * (prototype[index + 1] - below));
    }
    output[n] = (sum * cutOff) / from;
  }
  return output;
}

function polyphaseFor(fromRate: number, toRate: number, filter: ResampleFilter): Polyphase {
  const key = `${fromRate}>${toRate} ${filter.lowpassFilterWidth} ${filter.rolloff} ${filter.kaiserBeta}`;
  const found = kept.get(key);
  if (found !== undefined) return found;
  const made = makePolyphase(fromRate, toRate, filter);
  const oldest = kept.keys().next();
  if (kept.size >= MAX_KEPT && !oldest.done) kept.delete(oldest.value);
  kept.set(key, made);
  return made;
}

function makePolyphase(fromRate: number, toRate: number, filter: ResampleFilter): Polyphase {
  const divisor = greatestCommonDivisor(fromRate, toRate);
  const from = fromRate / divisor;
  const to = toRate / divisor;
  const cutOff = Math.min(from, to) * filter.rolloff;
  const padding = Math.ceil((filter.lowpassFilterWidth * from) / cutOff);
  const nTaps = 2 * padding + 2;
  // The kernel of a phase is centred on the phase's place in the input, `phase * from / to`.
  const starts = Int32Array.from({ length: to }, (_, phase) => Math.floor((phase * from) / to));
  let kernels: Float64Array | undefined;
  if (to * nTaps <= MAX_TABLE) {
    const filterAt = windowedSinc(filter);
    kernels = new Float64Array(to * nTaps);
    for (let phase = 0; phase < to; phase++) {
      for (let k = 0; k < nTaps; k++) {
        const t = ((starts[phase] + k - padding) / from - phase / to) * cutOff;
        kernels[phase * nTaps + k] = (filterAt(t) * cutOff) / from;
      }
    }
  }
  return { from, to, nTaps, padding, starts, kernels, filter };
}

/** The windowed sinc as a function of the distance from its centre in zero crossings; 0 beyond its width. */
function windowedSinc({ lowpassFilterWidth, kaiserBeta }: ResampleFilter): (t: number) => number {
  const peak = kaiserBeta === undefined ? 1 : besselI0(kaiserBeta);
  return (t) => {
    const share = t / lowpassFilterWidth;
    if (Math.abs(share) >= 1) return 0;
    const window =
      kaiserBeta === undefined
        ? Math.cos((share * Math.PI) / 2) ** 2
        : besselI0(kaiserBeta * Math.sqrt(1 - share * share)) / peak;
    return t === 0 ? window : (Math.sin(Math.PI * t) / (Math.PI * t)) * window;
  };
}

/** Modified Bessel function of the first kind, order 0, by its power series. */
function besselI0(x: number): number {
  const quarter = (x * x) / 4;
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= quarter / (k * k);
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
