/** Clips to the hidden states of an encoder. */
import { basename, extname } from 'node:path';
import type { LayerChoice } from '../inference/embed.js';
import { AudioError, ConfigError, messageOf } from '../runtime/errors.js';
import { type StoredTensor as Embedding, writeSafetensors } from '../runtime/safetensors.js';
import { type AudioInput, nameOfInput, readInput } from './audio-input.js';
import { type JobOptions, jobLogger, withEngine } from './engine.js';

export type { StoredTensor as Embedding } from '../runtime/safetensors.js';

/** How clips are embedded. */
export interface EmbedOptions extends JobOptions {
  /** A checkpoint of a Wav2Vec2 or its like. */
  readonly checkpoint: string;
  /** `all` hidden states, the `last`, or one by its number from 0. Default `all`. */
  readonly layers?: LayerChoice | undefined;
  /** The `.safetensors` file to write. Default: nothing is written. */
  readonly output?: string | undefined;
}

/**
 * The hidden states of clips, by the names that transformers gives them: `hidden_states.0` (what the transformer takes) and up
 * (what each layer gives). Of several clips each name starts with the clip's own: `clip.hidden_states.0`.
 *
 * @throws AudioError where a clip can't be used, or is shorter than a frame; CheckpointError where the checkpoint is no encoder;
 *   ConfigError where there is no such layer, or two clips have one name
 */
export async function embedFiles(
  inputs: readonly AudioInput[],
  options: EmbedOptions,
): Promise<ReadonlyMap<string, Embedding>> {
  const { checkpoint, layers = 'all', output, signal } = options;
  const files = inputs.map((input, i) => nameOfInput(input, `audio ${i + 1}`));
  const stems = files.map((file) => basename(file, extname(file)));
  const twice = stems.find((stem, i) => stems.indexOf(stem) !== i);
  if (twice !== undefined) throw new ConfigError(`two files are named ${twice}; embed them one at a time`);
  const logger = jobLogger(options);
  return withEngine({ ...options, logger }, 'inference', async () => {
    const { loadEmbedder } = await import('../inference/embed.js');
    const embedder = await loadEmbedder(checkpoint, layers);
    const tensors = new Map<string, Embedding>();
    const progress = logger.progress('embed', inputs.length);
    try {
      for (const [i, input] of inputs.entries()) {
        signal?.throwIfAborted();
        const { waveform, warnings } = await readInput(input, files[i]);
        for (const warning of warnings) logger.warn(`${files[i]}: ${warning}`);
        for (const [name, tensor] of embed(files[i], () => embedder.embed(waveform))) {
          tensors.set(inputs.length === 1 ? name : `${stems[i]}.${name}`, tensor);
        }
        progress.update(i + 1);
      }
    } finally {
      progress.end();
      embedder.dispose();
    }
    if (output !== undefined) writeSafetensors(output, tensors);
    return tensors;
  });
}

/** @throws AudioError that names the file */
function embed<Result>(file: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof AudioError)) throw error;
    throw new AudioError(`${file}: ${messageOf(error)}`, { cause: error });
  }
}
