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
import {
  createExampleMaker,
  type ExampleBatch,
  type ExampleMaker,
  type ExampleRecipe,
  type Padding,
} from './example.js';
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
  /** Files of the plugins that define a feature or an augmentation asked for; default none. */
  readonly plugins?: readonly string[] | undefined;
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
  const { trials, mode, batchSize, padding } = options;
  const isWhole = options.nSamples === undefined && padding === undefined;
  const nBatches = countBatches(trials.length, batchSize, options.dropLast ?? false, isWhole);
  const attacks = options.attacks === undefined ? undefined : attackClasses(trials, options.attacks);
  const examples = new ExampleSource(options);
  const orders = new TrialOrders(options);
  const rowsOf = (epoch: number, batch: number) => orders.of(epoch).slice(batch * batchSize, (batch + 1) * batchSize);
  const ahead = new BatchesAhead((epoch, batch) => examples.make(rowsOf(epoch, batch), epoch), {
    nBatches,
    // Two a thread: one in work, one that waits, so that no thread waits for a caller who is busy with a step.
    depth: 2 * examples.nWorkers,
    goesOn: mode === 'train',
  });
  return {
    inputShape: examples.shape,
    nBatches,
    async *batches(epoch, fromBatch = 0) {
      if (padding !== undefined) await orders.measure();
      for (let batch = fromBatch; batch < nBatches; batch++) {
        const { inputs, shape, softLabels, lengths } = await ahead.take(epoch, batch);
        const rows = rowsOf(epoch, batch);
        yield {
          inputs,
          shape,
          ...(padding?.isTold === true ? { lengths } : {}),
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
      await examples.close();
    },
  };
}

/** Orders kept: an epoch's, the next one's, and those of a second iteration. */
const ORDERS_KEPT = 4;

/** In what order the trials come in each epoch. */
class TrialOrders {
  /** Samples of each trial's file, where the order depends on them. */
  private lengths: readonly number[] | undefined;
  private readonly known = new Map<number, readonly number[]>();

  constructor(private readonly options: LoaderOptions) {}

  /** Reads the lengths of the clips, to order them by these from then on. */
  async measure(): Promise<void> {
    this.lengths ??= await measure(this.options.trials);
  }

  /** The trials' places in the list. */
  of(epoch: number): readonly number[] {
    const known = this.known.get(epoch);
    if (known !== undefined) return known;
    const order = this.draw(epoch);
    this.known.set(epoch, order);
    const [oldest] = this.known.keys();
    if (this.known.size > ORDERS_KEPT) this.known.delete(oldest);
    return order;
  }

  private draw(epoch: number): readonly number[] {
    const { trials, mode, seed, batchSize, shuffle = mode === 'train' } = this.options;
    const inOrder = Array.from(trials.keys());
    if (!shuffle) return this.lengths === undefined ? inOrder : longestFirst(inOrder, this.lengths);
    const random = createRandom(seed, 'order', epoch);
    return this.lengths === undefined ? shuffled(inOrder, random) : groupedByLength(this.lengths, batchSize, random);
  }
}

/** Makes examples of trials, in the caller's thread or in others that start with the first batch. */
class ExampleSource {
  readonly nWorkers: number;
  private readonly recipe: ExampleRecipe;
  private readonly warn: (line: string) => void;
  private readonly local: ExampleMaker;
  private pool: WorkerPool | undefined;

  constructor(private readonly options: LoaderOptions) {
    this.nWorkers = options.workers ?? Math.min(8, Math.max(2, availableParallelism() >> 1));
    if (!Number.isSafeInteger(this.nWorkers) || this.nWorkers < 0) {
      throw new ConfigError(`data: expected workers to be a whole number from 0, got ${this.nWorkers}`);
    }
    this.recipe = {
      feature: options.feature,
      nSamples: options.nSamples,
      padding: options.padding,
      crop: options.mode === 'train' ? 'random' : 'start',
      augment: options.augment ?? [],
      noise: options.noise ?? [],
      sampleRate: SAMPLE_RATE,
      seed: options.seed,
      cacheDirectory: options.cacheDirectory,
      plugins: options.plugins ?? [],
    };
    this.warn = limited(options.logger);
    this.local = createExampleMaker(this.recipe, this.warn);
  }

  /** Of one example. */
  get shape(): readonly (number | null)[] {
    return this.local.shape;
  }

  /** A batch of the trials in these places of the list. */
  make(rows: readonly number[], epoch: number): Promise<ExampleBatch> {
    const clips = rows.map((i) => {
      const { path, utterance, label } = this.options.trials[i];
      return { path, utterance, label };
    });
    if (this.nWorkers === 0) return this.local.make(clips, epoch);
    this.pool ??= startWorkerPool(this.recipe, this.nWorkers, this.warn);
    return this.pool.make(clips, epoch);
  }

  async close(): Promise<void> {
    await this.pool?.close();
    this.pool = undefined;
  }
}

/** Asks for batches before they are taken. */
class BatchesAhead {
  /** Asked for and not yet taken, by epoch and number. */
  private readonly asked = new Map<string, Promise<ExampleBatch>>();

  /** @param reach `depth` batches ahead, and where it `goesOn` from the last batch into the next epoch */
  constructor(
    private readonly ask: (epoch: number, batch: number) => Promise<ExampleBatch>,
    private readonly reach: { readonly nBatches: number; readonly depth: number; readonly goesOn: boolean },
  ) {}

  /** The batch, and soon those after it. */
  take(epoch: number, batch: number): Promise<ExampleBatch> {
    const key = `${epoch} ${batch}`;
    const made = this.asked.get(key) ?? this.ask(epoch, batch);
    this.asked.delete(key);
    this.askAfter(epoch, batch);
    return made;
  }

  clear(): void {
    this.asked.clear();
  }

  private askAfter(epoch: number, batch: number): void {
    const { nBatches, depth, goesOn } = this.reach;
    const last = Math.min(batch + depth, (goesOn ? 2 : 1) * nBatches - 1);
    const wanted = new Set<string>();
    for (let after = batch + 1; after <= last; after++) {
      const at = [epoch + Math.floor(after / nBatches), after % nBatches] as const;
      const key = at.join(' ');
      wanted.add(key);
      if (this.asked.has(key)) continue;
      const made = this.ask(...at);
      // Its failure is reported when the batch is taken, which may be never.
      made.catch(() => {});
      this.asked.set(key, made);
    }
    for (const key of this.asked.keys()) if (!wanted.has(key)) this.asked.delete(key);
  }
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
