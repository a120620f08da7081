/**
 * Trials in, batches out: decoded, brought to length, augmented and featurised ahead of their use.
 *
 * What a batch holds depends on the trials, the options, the epoch and the batch's number alone: neither on the number
 * of threads nor on where an epoch was entered. So a run that was interrupted goes on with the batches it would have
 * seen. Memory holds a few batches, whatever the number of trials.
 */
import { availableParallelism } from 'node:os';
import { ConfigError, DataError } from '../runtime/errors.js';
import type { Logger } from '../runtime/logger.js';
import type { TypedOptions } from '../runtime/options.js';
import { createRandom, shuffled } from '../runtime/random.js';
import { attackClasses } from './attack-classes.js';
import { SAMPLE_RATE } from './audio.js';
import { countSamples } from './audio-stream.js';
import type { Batch } from './batch.js';
import { createExampleMaker, type ExampleBatch, type ExampleRecipe, type Padding } from './example.js';
import { groupedByLength, longestFirst } from './length-groups.js';
import { CLASS_INDEX, type Trial } from './trial.js';
import { startWorkerPool, type WorkerPool } from './worker-pool.js';

/** What a loader is made from. Defaults stand with the fields. */
export interface LoaderOptions {
  readonly trials: readonly Trial[];
  /** Entry of the feature registry with its options; without it (the default) batches hold waveforms. */
  readonly feature?: TypedOptions | undefined;
  /** Samples that every clip is repeated or cropped to; without it (the default) clips stay whole, one a batch. */
  readonly nSamples?: number | undefined;
  /**
   * Where given, waveforms shorter than `nSamples` are not repeated: those of a batch are padded with zeros to one length, and
   * trials of like length come together, in `eval` mode the longest first. Default: none are padded.
   */
  readonly padding?: Padding | undefined;
  /** `train` draws the order of trials anew each epoch and crops at random; `eval` has one order and crops at 0. */
  readonly mode: 'train' | 'eval';
  /** Augmentations in the order in which they are applied within a stage; default none. */
  readonly augment?: readonly TypedOptions[] | undefined;
  /** Absolute paths of noise recordings for augmentations that name none of their own; default none. */
  readonly noise?: readonly string[] | undefined;
  /** Of the run. */
  readonly seed: number;
  /** Trials a batch. */
  readonly batchSize: number;
  /** Whether the order is drawn; default: in `train` mode. */
  readonly shuffle?: boolean | undefined;
  /** Whether a last batch that is not full is left out; default false. */
  readonly dropLast?: boolean | undefined;
  /** Threads that make batches, 0 for none but the caller's; default: half the cores, from 2 to 8. */
  readonly workers?: number | undefined;
  /** Folder for features of clips that nothing random touched; default: none are kept. */
  readonly cacheDirectory?: string | undefined;
  /** Attacks whose classes batches name; default: they name none. */
  readonly attacks?: readonly string[] | undefined;
  /** Takes what was odd about files. */
  readonly logger: Logger;
}

/** Batches of a set of trials. One iteration at a time is served ahead; more are correct, but slower. */
export interface Loader {
  /** Shape of one example: `[frames, bins]` or `[samples]`; `null` where clips stay whole or are padded. */
  readonly inputShape: readonly (number | null)[];
  /** Batches an epoch. */
  readonly nBatches: number;
  /**
   * The batches of an epoch.
   *
   * @param epoch any whole number; names the order and the draws
   * @param fromBatch number of the first batch wanted, to go on within an epoch; default 0
   * @throws AudioError that names the file which can't be used
   */
  batches(epoch: number, fromBatch?: number): AsyncIterableIterator<Batch>;
  /** Ends the threads. Batches still asked for fail. */
  close(): Promise<void>;
}

/** A warning a file may be too many; the first ones show what is wrong. */
const WARNINGS_SHOWN = 10;

/**
 * Makes a loader. Threads start with the first batch.
 *
 * @throws ConfigError where the options can't be followed
 * @throws DataError where there are no trials, or a trial's attack is not among those asked for
 */
export function createLoader(options: LoaderOptions): Loader {
  const { trials, mode, seed, batchSize, nSamples, padding } = options;
  const isTraining = mode === 'train';
  const recipe: ExampleRecipe = {
    feature: options.feature,
    nSamples,
    padding,
    crop: isTraining ? 'random' : 'start',
    augment: options.augment ?? [],
    noise: options.noise ?? [],
    sampleRate: SAMPLE_RATE,
    seed,
    cacheDirectory: options.cacheDirectory,
  };
  const isWhole = nSamples === undefined && padding === undefined;
  const nBatches = countBatches(trials.length, batchSize, options.dropLast ?? false, isWhole);
  const nWorkers = options.workers ?? Math.min(8, Math.max(2, availableParallelism() >> 1));
  if (!Number.isSafeInteger(nWorkers) || nWorkers < 0) {
    throw new ConfigError(`data: expected workers to be a whole number from 0, got ${nWorkers}`);
  }
  const attacks = options.attacks === undefined ? undefined : attackClasses(trials, options.attacks);
  const warn = limited(options.logger);
  const local = createExampleMaker(recipe, warn);
  let pool: WorkerPool | undefined;

  /** Batches asked for and not yet taken, by epoch and number. */
  const ahead = new Map<string, Promise<ExampleBatch>>();
  /** Two a thread: one in work, one that waits, so that no thread waits for a caller who is busy with a step. */
  const depth = 2 * nWorkers;

  /** Samples of each trial's file, where the order depends on them. */
  let lengths: readonly number[] | undefined;

  function orderOf(epoch: number): readonly number[] {
    const inOrder = Array.from(trials.keys());
    if (!(options.shuffle ?? isTraining)) return lengths === undefined ? inOrder : longestFirst(inOrder, lengths);
    const random = createRandom(seed, 'order', epoch);
    return lengths === undefined ? shuffled(inOrder, random) : groupedByLength(lengths, batchSize, random);
  }

  function ask(order: readonly number[], epoch: number, batch: number): Promise<ExampleBatch> {
    const clips = rowsOf(order, batch, batchSize).map((i) => ({
      path: trials[i].path,
      utterance: trials[i].utterance,
      label: trials[i].label,
    }));
    if (nWorkers === 0) return local.make(clips, epoch);
    pool ??= startWorkerPool(recipe, nWorkers, warn);
    return pool.make(clips, epoch);
  }

  /** Asks for what comes after a batch; in training the next epoch comes after the last batch. */
  function lookAhead(order: readonly number[], epoch: number, batch: number): void {
    const wanted = new Set<string>();
    let nextOrder: readonly number[] | undefined;
    for (let after = batch + 1; after <= batch + depth; after++) {
      const isNext = after >= nBatches;
      if (isNext && (!isTraining || after >= 2 * nBatches)) break;
      const key = isNext ? `${epoch + 1} ${after - nBatches}` : `${epoch} ${after}`;
      wanted.add(key);
      if (ahead.has(key)) continue;
      if (isNext) nextOrder ??= orderOf(epoch + 1);
      const made = isNext ? ask(nextOrder ?? order, epoch + 1, after - nBatches) : ask(order, epoch, after);
      // Its failure is reported when the batch is taken, which may be never.
      made.catch(() => {});
      ahead.set(key, made);
    }
    for (const key of ahead.keys()) if (!wanted.has(key)) ahead.delete(key);
  }

  return {
    inputShape: local.shape,
    nBatches,
    async *batches(epoch, fromBatch = 0) {
      if (padding !== undefined) lengths ??= await measure(trials);
      const order = orderOf(epoch);
      for (let batch = fromBatch; batch < nBatches; batch++) {
        const key = `${epoch} ${batch}`;
        const made = ahead.get(key) ?? ask(order, epoch, batch);
        ahead.delete(key);
        if (nWorkers > 0) lookAhead(order, epoch, batch);
        const { inputs, shape, softLabels, lengths: own } = await made;
        const rows = rowsOf(order, batch, batchSize);
        yield {
          inputs,
          shape,
          ...(padding?.isTold === true ? { lengths: own } : {}),
          labels: Int32Array.from(rows, (i) => CLASS_INDEX[trials[i].label]),
          softLabels,
          attacks: attacks === undefined ? undefined : Int32Array.from(rows, (i) => attacks[i]),
          utterances: rows.map((i) => trials[i].utterance),
          indices: Int32Array.from(rows),
        };
      }
    },
    async close() {
      ahead.clear();
      await pool?.close();
      pool = undefined;
    },
  };
}

function rowsOf(order: readonly number[], batch: number, batchSize: number): readonly number[] {
  return order.slice(batch * batchSize, (batch + 1) * batchSize);
}

async function measure(trials: readonly Trial[]): Promise<number[]> {
  const lengths: number[] = [];
  for (const { path } of trials) lengths.push(await countSamples(path));
  return lengths;
}

function countBatches(nTrials: number, batchSize: number, dropLast: boolean, isWhole: boolean): number {
  if (nTrials === 0) throw new DataError('data: expected trials, got none; check the protocol and the folder');
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw new ConfigError(`data: expected a batchSize of at least 1, got ${batchSize}`);
  }
  if (isWhole && batchSize > 1) {
    throw new ConfigError(
      `data: expected batchSize 1 for whole clips, got ${batchSize}; or set a length for all clips`,
    );
  }
  const nBatches = dropLast ? Math.floor(nTrials / batchSize) : Math.ceil(nTrials / batchSize);
  if (nBatches === 0) {
    throw new ConfigError(`data: expected a full batch, got ${nTrials} trials for batchSize ${batchSize}; lower it`);
  }
  return nBatches;
}

function limited(logger: Logger): (line: string) => void {
  let n = 0;
  return (line) => {
    n++;
    if (n <= WARNINGS_SHOWN) logger.warn(line);
    if (n === WARNINGS_SHOWN) logger.warn(`data: these were ${n} warnings; further ones are not shown`);
  };
}
