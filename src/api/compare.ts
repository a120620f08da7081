/** Several systems on one corpus, in one report. */
import { join } from 'node:path';
import type { ComparisonInput } from '../report/comparison.js';
import type { RunListener } from '../training/listener.js';
import { cacheFolder } from './cache.js';
import { type JobOptions, jobLogger, withEngine } from './engine.js';

/** How systems are compared. */
export interface CompareOptions extends JobOptions {
  /** Each experiment is run once for each. Default 1, 2 and 3. */
  readonly seeds?: readonly number[] | undefined;
  /** Options laid over every experiment. */
  readonly set?: Readonly<Record<string, unknown>> | undefined;
  /** Folder of the report and of the runs; finished runs in it are reused. Default `checkpoints/comparison`. */
  readonly directory?: string | undefined;
  /** Folder whose run folders, named as their experiments, are reused too. Default `checkpoints`. */
  readonly checkpoints?: string | undefined;
  /** Whether models run as one program on the native engine. Results are the same. Default true. */
  readonly compile?: boolean | undefined;
  /** Told what happens in each run, one run after the other. */
  readonly listeners?: readonly RunListener[] | undefined;
}

/** What a comparison ends with. */
export interface ComparisonResult {
  /** Path of the page. */
  readonly report: string;
  /** All that it shows. */
  readonly input: ComparisonInput;
}

/**
 * Compares experiments, which are trained over several seeds, and checkpoints, which are evaluated as they are, on one corpus.
 *
 * @param systems experiments by name or path, and checkpoint folders
 * @throws ConfigError where the systems are of different corpora, or none is named
 * @throws what `runExperiment` throws; finished runs stay, and are reused by the next call
 */
export async function compareSystems(
  systems: readonly string[],
  options: CompareOptions = {},
): Promise<ComparisonResult> {
  const { seeds = [1, 2, 3], directory = join('checkpoints', 'comparison'), checkpoints = 'checkpoints' } = options;
  const { compile = true, signal, set: overrides = {}, listeners } = options;
  const logger = jobLogger(options);
  return withEngine({ ...options, logger }, 'training', async (engine) => {
    const { compareSystems: compare } = await import('../training/comparison.js');
    return compare({
      ...{ systems, seeds, overrides, directory, checkpoints, engine, compile, listeners, logger },
      cacheDirectory: cacheFolder(options, 'features'),
      ...(signal === undefined ? {} : { signal }),
    });
  });
}
