/** What all our layers do alike: check their options, and read the arguments of their calls. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { ShapeError } from '../runtime/errors.js';
import { parseOptions } from '../runtime/options.js';

/** The options that every tfjs layer has, as far as ours take them; spread into each layer's own schema. */
export const baseFields = {
  name: z.string().optional().describe('Stable name; opens the names of the weights.'),
  trainable: z.boolean().optional().describe('Whether the weights are trained.'),
  dtype: z.literal('float32').optional(),
  batchInputShape: z.array(z.int().nullable()).optional().describe('Input shape with its batch axis.'),
  customObjects: z.unknown().optional().describe('Added by tfjs when it loads a model; not used.'),
};

/** The axes of feature maps, as layers that take those name them. */
export const MAP_AXES = ['batch', 'frames', 'bins', 'channels'];

/** The axes of a sequence of feature vectors. */
export const SEQUENCE_AXES = ['batch', 'frames', 'features'];

/** What a call of a layer or model may be told: `model.apply(x, { training: true, seed })`. */
export interface CallArguments {
  /** Whether this is a training step: batch statistics are used and updated, units are dropped. */
  readonly training?: boolean;
  /** What random layers draw from: an integer, or an int32 scalar. */
  readonly seed?: number | Tensor;
  /** Share of the batch in the running statistics of batch norm, in place of the layers' own; 1: the batch's alone. */
  readonly momentum?: number | undefined;
  /** Whether blocks that can are to be computed again in the backward pass rather than kept: see `recomputed`. */
  readonly recompute?: boolean;
  /**
   * Samples of each row that are a clip's own, int32 `[batch]`: the rest is padding, which layers that look along time
   * leave out. Without it all are.
   */
  readonly lengths?: Tensor;
}

/** Options as the base class takes them. */
export interface BaseArguments {
  name?: string;
  trainable?: boolean;
  dtype?: 'float32';
  batchInputShape?: Shape;
}

/**
 * Checks a layer's options: tfjs itself accepts misspelled ones in silence.
 *
 * @returns the options with their defaults, and those of them that go to the base class
 * @throws ConfigError that lists all problems
 */
export function parseLayerOptions<Schema extends z.ZodType<object>>(
  schema: Schema,
  options: unknown,
  className: string,
): [own: z.output<Schema>, base: BaseArguments] {
  const own = parseOptions(schema, options, className);
  return [own, Object.fromEntries(Object.entries(own).filter(([key]) => key in baseFields && key !== 'customObjects'))];
}

/** The one input of a layer's call, which tfjs passes bare or in a list. */
export function onlyTensor(inputs: Tensor | Tensor[]): Tensor {
  return Array.isArray(inputs) ? inputs[0] : inputs;
}

/** The shape of a layer's one input, which tfjs passes bare or in a list. */
export function onlyShape(shape: Shape | Shape[]): Shape {
  return (Array.isArray(shape[0]) ? shape[0] : shape) as Shape;
}

/**
 * The shape of a layer's one input, with its rank checked.
 *
 * @param axes names of the axes that the layer takes, for the message
 * @throws ShapeError where the rank is another
 */
export function shapeOfAxes(shape: Shape | Shape[], axes: readonly string[], className: string): Shape {
  const only = onlyShape(shape);
  if (only.length !== axes.length) {
    throw new ShapeError(
      `${className}: expected rank ${axes.length} [${axes.join(', ')}], got rank ${only.length} ${showShape(only)}`,
    );
  }
  return only;
}

/**
 * The length of an axis that must be known when the layer is built.
 *
 * @throws ShapeError where it is free
 */
export function fixedLength(length: number | null | undefined, axis: string, className: string): number {
  if (length === null || length === undefined) {
    throw new ShapeError(`${className}: the length of the axis ${axis} must be fixed; give the model a number there`);
  }
  return length;
}

/**
 * The channels that each group of a convolution takes.
 *
 * @throws ShapeError where the groups would be of different sizes
 */
export function groupedChannels(nChannels: number, groups: number, className: string): number {
  if (nChannels % groups !== 0) {
    throw new ShapeError(
      `${className}: expected channels that ${groups} groups can share, got ${nChannels}; change groups or the channels`,
    );
  }
  return nChannels / groups;
}

/** A shape for a message: `[any, 400, 60]`. */
export function showShape(shape: Shape): string {
  return `[${shape.map((length) => length ?? 'any').join(', ')}]`;
}
