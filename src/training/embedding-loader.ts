/**
 * Batches of embeddings in place of clips, for a head on a frozen encoder. The first epoch embeds what is not yet kept; from
 * then on the encoder is not run again, in this run or in any other with the same encoder, clips and lengths.
 *
 * A clip is embedded by itself, so that its numbers depend on nothing else: neither on what is already kept nor on where a
 * run was interrupted.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { SAMPLE_RATE } from '../data/audio.js';
import type { Batch } from '../data/batch.js';
import { type FeatureCache, openFeatureCache } from '../data/feature-cache.js';
import type { Loader } from '../data/loader.js';
import { CLASS_INDEX, type Trial } from '../data/trial.js';
import { compile } from '../graph/compile.js';
import type { FrozenEncoder } from '../models/frozen-encoder.js';
import { AudioError, ConfigError, messageOf, VoiceproofError } from '../runtime/errors.js';
import type { Logger } from '../runtime/logger.js';
import type { TypedOptions } from '../runtime/options.js';
import { createRandom, shuffled } from '../runtime/random.js';
import { type InputTensors, inputTensors } from './input-tensors.js';

/** Programs kept: padded clips have more lengths than others. */
const MAX_PROGRAMS = 32;
/** Raise it whenever the maths of encoders change. */
const VERSION = 1;

/** What embeds clips, and where embeddings are kept. */
export interface EmbeddingOptions {
  readonly encoder: FrozenEncoder;
  /** The model as configs name it: with its weights, it decides what an embedding is. */
  readonly model: TypedOptions;
  /** Names how clips are brought to their length. */
  readonly lengthRule: string;
  /** Folder for embeddings; without it they are kept in memory. */
  readonly cacheDirectory: string | undefined;
  /** Whether the encoder runs as one program. */
  readonly isCompiled: boolean;
  readonly logger: Logger;
}

/** A set of clips, and how batches of it are drawn. */
export interface EmbeddedSet {
  /** Names the set in the progress display. */
  readonly label: string;
  readonly trials: readonly Trial[];
  /** The clips themselves, one a batch, in the order of the trials given. */
  readonly clipsOf: (trials: readonly Trial[]) => Loader;
  readonly batchSize: number;
  /** Whether each epoch has an order of its own. */
  readonly shuffle: boolean;
  /** Of the run. */
  readonly seed: number;
}

/** Embeds sets of clips. */
export interface Embedder {
  /** Batches `[batch, rows, width]` as `FrozenEncoder.head` takes them. */
  loader(set: EmbeddedSet): Pick<Loader, 'nBatches' | 'batches' | 'close'>;
  dispose(): void;
}

/** Where the embeddings of a run are kept. */
interface Store {
  keyOf(content: Uint8Array): string;
  read(key: string): Float32Array | undefined;
  write(key: string, embedding: Float32Array): void;
}

/**
 * Makes an embedder. Weights are read with the first batch, when a resumed run has its own.
 */
export function createEmbedder(options: EmbeddingOptions): Embedder {
  const { encoder, isCompiled, logger } = options;
  const program = isCompiled
    ? compile(({ inputs, lengths }: InputTensors) => ({ embeddings: encoder.embed(inputs, lengths) }), {
        maxPrograms: MAX_PROGRAMS,
      })
    : undefined;
  const embed = (batch: Batch): Float32Array =>
    tf.tidy(() => {
      const given = inputTensors(batch);
      const embeddings = program === undefined ? encoder.embed(given.inputs, given.lengths) : program(given).embeddings;
      return embeddings.dataSync<'float32'>().slice();
    });
  let opened: Store | undefined;
  const store = (): Store => {
    opened ??= openStore(options);
    return opened;
  };

  /** The entry of each trial, all of them there. */
  async function embedAll({ label, trials, clipsOf }: EmbeddedSet): Promise<string[]> {
    const { keyOf, read, write } = store();
    const keys = trials.map((trial) => keyOf(contentOf(trial)));
    const missing = [...trials.keys()].filter((i) => read(keys[i]) === undefined);
    if (missing.length === 0) return keys;
    const clips = clipsOf(missing.map((i) => trials[i]));
    const bar = logger.progress(`embed ${label}`, missing.length);
    const started = performance.now();
    let done = 0;
    try {
      for await (const batch of clips.batches(1)) {
        write(keys[missing[batch.indices[0]]], embed(batch));
        bar.update(++done);
      }
    } finally {
      bar.end();
      await clips.close();
    }
    const seconds = (performance.now() - started) / 1000;
    const found = trials.length - missing.length;
    logger.info(`embeddings of ${label}: ${missing.length} computed in ${seconds.toFixed(1)} s, ${found} found`);
    return keys;
  }

  return {
    loader: (set) => {
      const { trials, batchSize, shuffle, seed } = set;
      const nBatches = Math.ceil(trials.length / batchSize);
      let keys: Promise<string[]> | undefined;
      return {
        nBatches,
        async *batches(epoch, fromBatch = 0) {
          keys ??= embedAll(set);
          const known = await keys;
          const inOrder = [...trials.keys()];
          const order = shuffle ? shuffled(inOrder, createRandom(seed, 'order', epoch)) : inOrder;
          for (let batch = fromBatch; batch < nBatches; batch++) {
            const rows = order.slice(batch * batchSize, (batch + 1) * batchSize);
            yield batchOf(trials, rows, known, store(), encoder.width);
          }
        },
        close: async () => {},
      };
    },
    dispose: () => program?.dispose(),
  };
}

function batchOf(
  trials: readonly Trial[],
  rows: readonly number[],
  keys: readonly string[],
  store: Store,
  width: number,
): Batch {
  const embeddings = rows.map((row) => {
    const embedding = store.read(keys[row]);
    if (embedding !== undefined) return embedding;
    throw new VoiceproofError(
      `embeddings: that of ${trials[row].utterance} is gone from the cache; leave the cache alone while a run uses it, and start with \`resume\``,
    );
  });
  const size = embeddings[0].length;
  if (embeddings.some(({ length }) => length !== size)) {
    throw new ConfigError(
      'durationSeconds: the head takes every frame, and clips that stay whole have different numbers; set a length, or batch sizes of 1',
    );
  }
  const inputs = new Float32Array(rows.length * size);
  for (const [i, embedding] of embeddings.entries()) inputs.set(embedding, i * size);
  return {
    inputs,
    shape: [rows.length, size / width, width],
    labels: Int32Array.from(rows, (row) => CLASS_INDEX[trials[row].label]),
    utterances: rows.map((row) => trials[row].utterance),
    indices: Int32Array.from(rows),
  };
}

function openStore({ encoder, model, lengthRule, cacheDirectory, logger }: EmbeddingOptions): Store {
  const identity = {
    type: 'embedding',
    version: VERSION,
    options: { model, cut: encoder.cut, weights: hashOf(encoder.variables) },
    sampleRate: SAMPLE_RATE,
    lengthRule,
  };
  const memory = new Map<string, Float32Array>();
  const cache: FeatureCache = openFeatureCache(cacheDirectory ?? '', identity, [null, encoder.width], logger.warn);
  if (cacheDirectory === undefined) {
    return {
      keyOf: cache.keyOf,
      read: (key) => memory.get(key),
      write: (key, embedding) => memory.set(key, embedding),
    };
  }
  return {
    keyOf: cache.keyOf,
    read: (key) => memory.get(key) ?? cache.read(key),
    write: (key, embedding) => {
      // A disk that is full or read-only ends the cache, not the run.
      if (!cache.write(key, embedding)) memory.set(key, embedding);
    },
  };
}

function hashOf(variables: readonly tf.Variable[]): string {
  const hash = createHash('sha256');
  for (const variable of variables) {
    const values = variable.dataSync<'float32'>();
    hash
      .update(`${variable.shape.join()};`)
      .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex');
}

function contentOf({ path }: Trial): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new AudioError(`${path}: expected an audio file, but reading failed: ${messageOf(error)}`, { cause: error });
  }
}
