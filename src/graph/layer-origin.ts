/** For which layer, and in which pass, an op is run: tfjs knows layers and gradients, the engine only ops. */
import * as tf from '@tensorflow/tfjs-core';
import { LayersModel, layers } from '@tensorflow/tfjs-layers';

/** Where an op comes from. */
export interface OpOrigin {
  /** Names of the layers around it, outermost first, joined by `/`; empty outside of all layers. */
  readonly layer: string;
  /** `backward`: in the gradient of what that layer ran, recomputation included. */
  readonly pass: 'forward' | 'backward';
}

/** The origin of ops outside of layers. */
export const OUTSIDE: OpOrigin = { layer: '', pass: 'forward' };

let current = OUTSIDE;
let isTracking = false;

/** The origin of an op that runs now; {@link OUTSIDE} unless origins are tracked. */
export function currentOrigin(): OpOrigin {
  return current;
}

/** Parts of tfjs's engine that its declaration hides. */
interface Tape {
  addTapeNode(...node: unknown[]): void;
  readonly state: { readonly activeTape: TapeNode[] | null };
}
interface TapeNode {
  gradient?: (dys: tf.Tensor[]) => Record<string, () => tf.Tensor>;
}

/**
 * Runs `fn`, in which {@link currentOrigin} follows the layers' calls, and in gradients the calls that they belong to. The
 * model that is called itself is left out of the names.
 */
export function trackOrigins<Result>(fn: () => Result): Result {
  if (isTracking) return fn();
  isTracking = true;
  const tape = tf.engine() as unknown as Tape;
  const { prototype } = layers.Layer;
  const { apply } = prototype;
  const { addTapeNode } = tape;
  prototype.apply = function (this: layers.Layer, ...args: Parameters<typeof apply>) {
    if (current === OUTSIDE && this instanceof LayersModel) return apply.apply(this, args);
    const layer = current.layer === '' ? this.name : `${current.layer}/${this.name}`;
    return within({ ...current, layer }, () => apply.apply(this, args));
  };
  tape.addTapeNode = function (this: Tape, ...node: unknown[]) {
    addTapeNode.apply(this, node);
    const added = this.state.activeTape?.at(-1);
    const gradient = added?.gradient;
    if (added === undefined || gradient === undefined) return;
    const origin: OpOrigin = { layer: current.layer, pass: 'backward' };
    added.gradient = (dys) => {
      const gradients = within(origin, () => gradient(dys));
      return Object.fromEntries(
        Object.entries(gradients).map(([input, compute]) => [input, () => within(origin, compute)]),
      );
    };
  };
  try {
    return fn();
  } finally {
    prototype.apply = apply;
    // Back to the prototype's own.
    Reflect.deleteProperty(tape, 'addTapeNode');
    isTracking = false;
  }
}

function within<Result>(origin: OpOrigin, fn: () => Result): Result {
  const outer = current;
  current = origin;
  try {
    return fn();
  } finally {
    current = outer;
  }
}
