/** Layers that take nodes of two kinds. */
import type { Shape } from '@tensorflow/tfjs-layers';
import { ShapeError } from '../runtime/errors.js';
import { showShape } from './layer-options.js';

/** Sizes of `[batch, n1, channels]` and `[batch, n2, channels]`. */
export interface KindSizes {
  readonly batch: number | null;
  readonly nFirst: number | null;
  readonly nSecond: number | null;
  /** Of both; null where one is free. */
  readonly nNodes: number | null;
  /** Channels of a node. */
  readonly nInputs: number;
}

/**
 * Checks the shapes of a layer's two inputs.
 *
 * @throws ShapeError where they are no two kinds of nodes of equal, known channels
 */
export function sizesOfKinds(inputShape: Shape | Shape[], className: string): KindSizes {
  const shapes = inputShape as Shape[];
  const [first, second] = shapes;
  const areNodes = shapes.length === 2 && Array.isArray(first) && first.length === 3 && second.length === 3;
  if (!areNodes || typeof first[2] !== 'number' || first[2] !== second[2]) {
    const got = Array.isArray(first) ? shapes.map(showShape).join(' and ') : showShape(inputShape as Shape);
    throw new ShapeError(
      `${className}: expected two kinds of nodes [batch, nodes, channels] of equal channels, got ${got}`,
    );
  }
  const nNodes = first[1] === null || second[1] === null ? null : first[1] + second[1];
  return { batch: first[0] ?? second[0], nFirst: first[1], nSecond: second[1], nNodes, nInputs: first[2] };
}
