/**
 * Several features of the same clip side by side along the bins, for models with a branch for each. Frames that only some
 * of them have at the end are left out.
 */
import { z } from 'zod';
import { ConfigError } from '../runtime/errors.js';
import type { Entries, Registry } from '../runtime/registry.js';
import type { FeatureExtractor, FeatureType } from './feature.js';
import type { FeatureStage } from './stages.js';

/** More parts than a model has branches. */
const MAX_PARTS = 8;
const DEFAULT_PARTS = [{ type: 'lfcc' }, { type: 'cqt', hopLength: 160 }];

/**
 * The feature that joins those of a registry.
 *
 * @param parts the features that can be joined
 */
export function joinFeatures<Ours extends Entries<FeatureType>>(parts: Registry<FeatureType, Ours, 'feature'>) {
  const schema = z.strictObject({
    parts: z
      .array(parts.option())
      .min(1)
      .max(MAX_PARTS)
      .prefault(DEFAULT_PARTS as never)
      .describe('Features with their options, of one hopLength, in the order of their bins.'),
  });
  const type: FeatureType<typeof schema> = {
    schema,
    // Rises with the version of any part.
    version: Object.values(parts.ours).reduce((sum, { version }) => sum + version, 1),
    create: ({ parts: chosen }, sampleRate) => {
      const extractors = chosen.map((part) => {
        const { entry, options } = parts.resolve(part, 'joined');
        return entry.create(options, sampleRate);
      });
      return join(
        extractors,
        chosen.map(({ type }) => type),
      );
    },
  };
  return type;
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
