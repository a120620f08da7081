/**
 * Several features of the same clip side by side along the bins, for models with a branch for each. Frames that only some
 * of them have at the end are left out.
 */
import { z } from 'zod';
import { ConfigError } from '../runtime/errors.js';
import { lookUp, parseTyped, type TypedOptions } from '../runtime/options.js';
import type { FeatureExtractor, FeatureType } from './feature.js';
import type { FeatureStage } from './stages.js';

/** More parts than a model has branches. */
const MAX_PARTS = 8;

/**
 * The feature that joins those of a registry.
 *
 * @param parts the features that can be joined
 */
export function joinFeatures(parts: Readonly<Record<string, FeatureType>>): FeatureType {
  const part = z.unknown().transform((value, context): TypedOptions => {
    try {
      return parseTyped(parts, value, 'joined');
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      context.addIssue({ code: 'custom', message: error.message.replace(/^joined: (: )?/, ''), input: value });
      return z.NEVER;
    }
  });
  const schema = z.strictObject({
    parts: z
      .array(part)
      .min(1)
      .max(MAX_PARTS)
      .prefault([{ type: 'lfcc' }, { type: 'cqt', hopLength: 160 }])
      .describe('Features with their options, of one hopLength, in the order of their bins.'),
  });

  return {
    schema,
    // Rises with the version of any part.
    version: Object.values(parts).reduce((sum, { version }) => sum + version, 1),
    create: (options, sampleRate) => {
      const { parts: chosen } = options as z.output<typeof schema>;
      return join(
        chosen.map(({ type, ...rest }) => {
          const entry = lookUp(parts, type, 'joined');
          return entry.create(rest as z.output<typeof entry.schema>, sampleRate);
        }),
        chosen.map(({ type }) => type),
      );
    },
  };
}

function join(extractors: readonly FeatureExtractor[], names: readonly string[]): FeatureExtractor {
  const [{ hopLength }] = extractors;
  if (extractors.some((extractor) => extractor.hopLength !== hopLength)) {
    const lengths = extractors.map((extractor, i) => `${names[i]} ${extractor.hopLength}`).join(', ');
    throw new ConfigError(`joined: expected parts of one hopLength, got ${lengths}; set them to the same`);
  }
  const nBins = extractors.reduce((sum, extractor) => sum + extractor.nBins, 0);
  const nFrames = (nSamples: number) => Math.min(...extractors.map((extractor) => extractor.nFrames(nSamples)));

  function compute(waveform: Float32Array): Float32Array {
    const length = nFrames(waveform.length);
    const result = new Float32Array(length * nBins);
    let offset = 0;
    for (const extractor of extractors) {
      const matrix = extractor.compute(waveform);
      for (let frame = 0; frame < length; frame++) {
        const row = matrix.subarray(frame * extractor.nBins, (frame + 1) * extractor.nBins);
        result.set(row, frame * nBins + offset);
      }
      offset += extractor.nBins;
    }
    return result;
  }

  function stages(): FeatureStage[] | undefined {
    const parts = extractors.map((extractor) => extractor.stages?.());
    return parts.every((part) => part !== undefined) ? [{ kind: 'side-by-side', parts }] : undefined;
  }

  return { nBins, hopLength, nFrames, compute, stages };
}
