/** The options of deltas, which cepstral features share. */
import { z } from 'zod';
import {
  addDifferences,
  addPolynomialDeltas,
  addRegressionDeltas,
  DELTA_EDGES,
  type DeltaColumns,
  type DeltaEdges,
  derivativeWeights,
  frameAt,
} from '../dsp/deltas.js';
import { AudioError } from '../runtime/errors.js';
import type { DeltaBlock, FeatureStage } from './stages.js';

/** More frames than any use of deltas looks at. */
const MAX_WIDTH = 101;

const oddWidth = z
  .int()
  .min(3)
  .max(MAX_WIDTH)
  .refine((value) => value % 2 === 1, { error: ({ input }) => `expected an odd number, got ${input}` });

/** Kinds of deltas by the `type` that configs name them by. */
const kinds = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('difference') }),
  z.strictObject({
    type: z.literal('regression'),
    width: oddWidth.default(5).describe('Frames that a slope is fitted to.'),
  }),
  z.strictObject({
    type: z.literal('polynomial'),
    width: oddWidth.default(9).describe('Frames that a polynomial is fitted to.'),
    edges: z.enum(DELTA_EDGES).default('interpolate').describe('What is beyond the first and last frame.'),
  }),
]);

/**
 * The fields of the shared options.
 *
 * @param defaults how many orders a feature appends, and of which kind, where its user does not say
 */
export function deltaFields(defaults: { readonly nDeltas: number; readonly type: z.input<typeof kinds>['type'] }) {
  return {
    nDeltas: z
      .int()
      .min(0)
      .max(2)
      .default(defaults.nDeltas)
      .describe('1 appends how the coefficients move over time, 2 also how those do.'),
    deltas: kinds
      .prefault({ type: defaults.type })
      .describe(
        'difference: of both neighbours, undivided (ASVspoof baselines); regression: slope, edges repeated (torchaudio, ' +
          'HTK); polynomial: derivatives of a fitted polynomial (librosa).',
      ),
  };
}

/** The shared options, parsed. */
export type DeltaOptions = z.output<z.ZodObject<ReturnType<typeof deltaFields>>>;

/**
 * Appends the deltas to the coefficients of a matrix, in place.
 *
 * @param name of the feature, for the message
 * @param matrix row-major `[frames, nCoefficients * (1 + nDeltas)]`, of which the first `nCoefficients` columns are there
 * @throws AudioError where interpolated edges have fewer frames than the polynomial needs
 */
export function appendDeltas(
  name: string,
  matrix: Float32Array,
  nCoefficients: number,
  { nDeltas, deltas }: DeltaOptions,
): void {
  if (nDeltas === 0) return;
  const stride = nCoefficients * (1 + nDeltas);
  const nFrames = matrix.length / stride;
  if (deltas.type === 'polynomial' && deltas.edges === 'interpolate' && nFrames < deltas.width) {
    throw new AudioError(
      `${name}: expected audio of at least ${deltas.width} frames, which deltas.width spans, got ${nFrames}; use longer ` +
        'audio, a smaller width, or deltas.edges nearest',
    );
  }
  for (let order = 1; order <= nDeltas; order++) {
    const columns: DeltaColumns = {
      stride,
      from: (order - 1) * nCoefficients,
      to: order * nCoefficients,
      width: nCoefficients,
    };
    if (deltas.type === 'difference') addDifferences(matrix, columns);
    else if (deltas.type === 'regression') addRegressionDeltas(matrix, columns, deltas.width);
    // A second derivative comes from the coefficients, not from the first.
    else addPolynomialDeltas(matrix, { ...columns, from: 0 }, order === 1 ? 1 : 2, deltas.width, deltas.edges);
  }
}

/** What {@link appendDeltas} does, as data. */
export function deltaStages({ nDeltas, deltas }: DeltaOptions): FeatureStage[] {
  if (nDeltas === 0) return [];
  const edges: DeltaEdges = deltas.type === 'polynomial' ? deltas.edges : 'nearest';
  const block = (order: 1 | 2): DeltaBlock => ({
    of: deltas.type === 'polynomial' ? 0 : order - 1,
    weights:
      deltas.type === 'difference'
        ? Float64Array.of(-1, 0, 1)
        : derivativeWeights(deltas.type === 'polynomial' ? order : 1, deltas.width),
    place: (frame, nFrames) => frameAt(frame, nFrames, edges),
    isHeld: edges === 'interpolate',
  });
  return [{ kind: 'deltas', deltas: ([1, 2] as const).slice(0, nDeltas).map(block) }];
}
