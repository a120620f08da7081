/** The losses there are. A new one is its file and a line here. */
import { ConfigError } from '../runtime/errors.js';
import type { TypedOptions } from '../runtime/options.js';
import { Registry } from '../runtime/registry.js';
import { aSoftmax } from './a-softmax.js';
import { amSoftmax } from './am-softmax.js';
import { binaryCrossEntropy } from './binary-cross-entropy.js';
import { crossEntropy } from './cross-entropy.js';
import { focal } from './focal.js';
import type { ClassWeights, Loss, LossType, ModelHead } from './loss.js';
import { ocSoftmax } from './oc-softmax.js';
import { p2sGrad } from './p2sgrad.js';

const ours = {
  'cross-entropy': crossEntropy,
  'binary-cross-entropy': binaryCrossEntropy,
  focal,
  'am-softmax': amSoftmax,
  'a-softmax': aSoftmax,
  'oc-softmax': ocSoftmax,
  p2sgrad: p2sGrad,
} as const satisfies Readonly<Record<string, LossType>>;

/** Every loss by the `type` that configs name it by. */
export const losses = new Registry<LossType, typeof ours, 'loss'>('loss', ours, 'type-last');

const WHERE = 'training.loss';

/** What of the training options decides the loss. */
export interface LossOptions {
  readonly loss: TypedOptions;
  readonly classWeights: 'balanced' | ClassWeights;
}

/**
 * The loss that the options ask for.
 *
 * @param classCounts clips of `[spoof, bona fide]` in the training set, for `classWeights: "balanced"`
 * @param head what the model gives a clip
 * @throws ConfigError where the loss does not fit the model's last layer, with what to set
 */
export function createLoss(
  { loss, classWeights }: LossOptions,
  classCounts: readonly [number, number],
  head: ModelHead,
): Loss {
  assertFits(loss.type, losses.get(loss.type, WHERE), head);
  const { entry, options } = losses.resolve(loss, WHERE, WHERE);
  const total = classCounts[0] + classCounts[1];
  const balanced = (count: number): number => total / (2 * Math.max(1, count));
  const weights: ClassWeights =
    classWeights === 'balanced' ? [balanced(classCounts[0]), balanced(classCounts[1])] : classWeights;
  return entry.create(options, weights);
}

/** Score above which clips count as bona fide until a threshold is known; 0 but for losses that say otherwise. */
export function decisionScore(loss: TypedOptions): number {
  const { entry, options } = losses.resolve(loss, WHERE, WHERE);
  return entry.decisionScore?.(options) ?? 0;
}

function assertFits(type: string, { needs }: LossType, head: ModelHead): void {
  const fits = (wanted: LossType['needs']): boolean =>
    wanted.kind === head.kind && (wanted.nLogits as readonly number[]).includes(head.nLogits);
  if (fits(needs)) return;
  const describe = (n: readonly number[], kind: ModelHead['kind']): string =>
    `${n.join(' or ')} ${kind === 'cosine' ? 'cosine' : 'logit'}${n.at(-1) === 1 ? '' : 's'}`;
  const remedies = [
    ...(needs.kind === head.kind ? [] : [`model.head to "${needs.kind}"`]),
    ...((needs.nLogits as readonly number[]).includes(head.nLogits) ? [] : [`model.nLogits to ${needs.nLogits[0]}`]),
  ];
  const others = losses.entries().filter(([, entry]) => fits(entry.needs));
  throw new ConfigError(
    `training.loss: ${type} needs a model with ${describe(needs.nLogits, needs.kind)} a clip, got ` +
      `${describe([head.nLogits], head.kind)}; set ${remedies.join(' and ')}` +
      (others.length === 0 ? '' : `, or training.loss to ${others.map(([name]) => `"${name}"`).join(' or ')}`),
  );
}
