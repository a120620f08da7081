/** What an architecture is: options that it parses itself, and a function that builds it. */
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { z } from 'zod';

/** What padding is to a model: left out, or seen. */
export type PaddingKind = 'masked' | 'seen';

/** An entry of the model registry. */
export interface ModelType<Schema extends z.ZodType = z.ZodType> {
  /** Options with their defaults and ranges. */
  readonly schema: Schema;
  /** What the model takes: a feature matrix `[frames, bins]` or a waveform `[samples]`. */
  readonly input: 'features' | 'waveform';
  /**
   * Where `training.gradientCheckpointing` finds memory to save: names of the layers that end the model's blocks (see
   * `inBlocks`), or `layers` where its own layers heed the call's `recompute`. Absent where it can't.
   */
  readonly recomputation?: 'layers' | readonly string[];
  /**
   * What zeros behind the clips of a padded batch are to a model of these options: `masked` where it heeds the call's
   * `lengths`, and a clip's logits are those that it has alone; `seen` where its reference takes them for a part of the clip.
   * Undefined where clips must have one length; absent where that is always so.
   */
  padding?(options: z.output<Schema>): PaddingKind | undefined;
  /**
   * Builds the model with fresh weights. Equal seeds give equal weights.
   *
   * The model maps `[batch, ...inputShape]` to logits: `[batch, 2]` (spoof, bona fide), or `[batch, 1]`, where the one
   * logit is that of bona fide. Random layers take their seed from the call:
   * `model.apply(x, { training: true, seed })`.
   *
   * @param inputShape shape of one example, without the batch axis; a `null` length is free
   */
  build(options: z.output<Schema>, inputShape: readonly (number | null)[], seed: number): LayersModel;
}
