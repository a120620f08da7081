/** The corpus as a run uses it: cut to a few batches where asked, its classes counted, its attacks as a task. */
import { attacksOf } from '../data/attack-classes.js';
import { augmentations } from '../data/augment/registry.js';
import type { Corpus } from '../data/corpus.js';
import { SPLIT_NAMES } from '../data/split.js';
import { LABELS, type Trial } from '../data/trial.js';
import type { ExperimentConfig } from '../experiment/config.js';
import type { OutputDescription } from '../models/outputs.js';
import { ConfigError } from '../runtime/errors.js';
import { createRandom, shuffled } from '../runtime/random.js';

/** The corpus cut to a few batches where `training.fastDevRun` or `training.overfitBatches` asks for it. */
export function limitedCorpus(corpus: Corpus, { training, seed }: ExperimentConfig): Corpus {
  const { fastDevRun, overfitBatches, perDeviceTrainBatchSize } = training;
  const nBatches = overfitBatches || fastDevRun;
  if (nBatches === 0) return corpus;
  // Both classes in turn, so that a single batch already measures something.
  const few = (trials: readonly Trial[]): Trial[] => {
    const [bonafide, spoof] = LABELS.map((label) =>
      shuffled(
        trials.filter((trial) => trial.label === label),
        createRandom(seed, 'few'),
      ),
    );
    const inTurn = Array.from({ length: Math.max(bonafide.length, spoof.length) }, (_, i) => [bonafide[i], spoof[i]]);
    return inTurn
      .flat()
      .filter((trial) => trial !== undefined)
      .slice(0, nBatches * perDeviceTrainBatchSize);
  };
  const train = few(corpus.train);
  return { ...corpus, train, dev: overfitBatches > 0 ? train : few(corpus.dev), eval: few(corpus.eval) };
}

/**
 * The attacks whose classes the model is trained to tell; undefined where it has no such task.
 *
 * @throws ConfigError where the training set has another number of attacks, or clips are mixed, which have no one attack
 */
export function attackTask(
  { augment }: ExperimentConfig,
  corpus: Corpus,
  { nAttackClasses }: OutputDescription,
): readonly string[] | undefined {
  if (nAttackClasses === null) return undefined;
  const attacks = attacksOf(corpus.train);
  if (nAttackClasses !== attacks.length + 1) {
    throw new ConfigError(
      `model: expected attack logits for bona fide and ${attacks.length} attacks (${attacks.join(', ')}), got ` +
        `${nAttackClasses} classes; set model.nAttacks to ${attacks.length}, or to 0 for one task`,
    );
  }
  const mixing = augment.find(({ type }) => augmentations.get(type, 'augment').stage === 'batch');
  if (mixing !== undefined) {
    throw new ConfigError(
      `augment: ${mixing.type} mixes clips, which then have no one attack to tell; remove it, or choose a model without attack logits`,
    );
  }
  return attacks;
}

/** How many trials are spoof and bona fide, in the order of the logits. */
export function countClasses(trials: readonly Trial[]): [nSpoof: number, nBonafide: number] {
  const nBonafide = trials.filter(({ label }) => label === 'bonafide').length;
  return [trials.length - nBonafide, nBonafide];
}

/** The corpus in words, such as `ASVspoof2019 LA; clips, bona fide + spoof: train 90 + 90, …`. */
export function describeCorpus(corpus: Corpus): string {
  const sets = SPLIT_NAMES.map((set) => {
    const [nSpoof, nBonafide] = countClasses(corpus[set]);
    return `${set} ${nBonafide} + ${nSpoof}`;
  });
  return `${corpus.name}; clips, bona fide + spoof: ${sets.join(', ')}`;
}
