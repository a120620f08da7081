/** What a training step costs, told before the first one runs. */
import type { Batch } from '../data/batch.js';
import { elementsOf, type Program } from '../graph/program.js';
import { flopsOf, summarizeProgram } from '../graph/summarize.js';
import { ConfigError } from '../runtime/errors.js';
import type { Logger } from '../runtime/logger.js';

/** Figures of a training step. */
export interface StepCost {
  /** Floating-point operations of one clip, forward. */
  readonly forwardFlopsPerClip: number;
  /** Floating-point operations of one clip, forward and backward, recomputation included. */
  readonly stepFlopsPerClip: number;
  /**
   * Bytes that intermediate results and gradients of a whole batch hold at once at most, beside weights and the optimizer's
   * state: an estimate, if ops run in their order and none in its input's place.
   */
  readonly peakBytes: number;
}

/** Clips that a step is recorded with for its cost: all figures but those of the gradients grow with the batch. */
const N_SAMPLE_CLIPS = 2;

/** The first few clips of a batch, with which a step is recorded for its cost. */
export function sampleOf(batch: Batch): Batch {
  const nClips = Math.min(N_SAMPLE_CLIPS, batch.shape[0]);
  const size = elementsOf(batch.shape.slice(1));
  const { softLabels, attacks, lengths } = batch;
  return {
    ...batch,
    inputs: batch.inputs.slice(0, nClips * size),
    shape: [nClips, ...batch.shape.slice(1)],
    ...(lengths === undefined ? {} : { lengths: lengths.slice(0, nClips) }),
    labels: batch.labels.slice(0, nClips),
    ...(softLabels === undefined
      ? {}
      : { softLabels: softLabels.slice(0, nClips * (softLabels.length / batch.labels.length)) }),
    ...(attacks === undefined ? {} : { attacks: attacks.slice(0, nClips) }),
    utterances: batch.utterances.slice(0, nClips),
    indices: batch.indices.slice(0, nClips),
  };
}

/**
 * The cost of a step on `nClips` clips.
 *
 * @param program of a step on `nSampleClips`
 * @param gradientBytes of all gradients, which do not grow with the batch
 */
export function costOfStep(program: Program, nSampleClips: number, nClips: number, gradientBytes: number): StepCost {
  const { flops, peakActivationBytes } = summarizeProgram(program);
  const forward = program.operations
    .filter(({ origin }) => origin?.pass === 'forward')
    .reduce((sum, operation) => sum + flopsOf(operation), 0);
  const forBatch = (bytes: number): number =>
    Math.round((Math.max(0, bytes - gradientBytes) / nSampleClips) * nClips + gradientBytes);
  return {
    forwardFlopsPerClip: forward / nSampleClips,
    stepFlopsPerClip: flops / nSampleClips,
    peakBytes: forBatch(peakActivationBytes),
  };
}

/** `12.3 GFLOP a clip forward, 37.1 in training; memory for intermediate results: 1.20 GB` */
function describeCost(cost: StepCost): string {
  const giga = (flops: number) => (flops / 1e9).toPrecision(3);
  return (
    `${giga(cost.forwardFlopsPerClip)} GFLOP a clip forward, ${giga(cost.stepFlopsPerClip)} in training; ` +
    `memory for intermediate results: ${inGigabytes(cost.peakBytes)}`
  );
}

/**
 * Tells a step's cost, and whether there is the memory for it.
 *
 * @throws ConfigError where it takes more than the limit
 */
export function reportCost(
  cost: StepCost,
  {
    limitGigabytes,
    availableBytes,
    logger,
  }: {
    /** What it may take at most; null: warns where the machine has less to give. */
    readonly limitGigabytes: number | null;
    /** What the process can still get; not known on a GPU. */
    readonly availableBytes: number | undefined;
    readonly logger: Logger;
  },
): void {
  logger.info(`step: ${describeCost(cost)}`);
  const bytes = cost.peakBytes;
  const need = `a step needs about ${inGigabytes(bytes)} for intermediate results`;
  const advice =
    'lower training.perDeviceTrainBatchSize (with more training.gradientAccumulationSteps), or set training.gradientCheckpointing';
  if (limitGigabytes !== null && bytes > limitGigabytes * 1e9) {
    throw new ConfigError(`training.maxStepGigabytes: expected at most ${limitGigabytes} GB, but ${need}; ${advice}`);
  }
  if (limitGigabytes === null && availableBytes !== undefined && bytes > availableBytes) {
    logger.warn(`${need}, and ${inGigabytes(availableBytes)} are free; if it fails, ${advice}`);
  }
}

function inGigabytes(bytes: number): string {
  return `${(bytes / 1e9).toPrecision(3)} GB`;
}
