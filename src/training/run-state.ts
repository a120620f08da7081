/**
 * What a resumed run needs to go on as if it had never stopped, in one safetensors file: weights, optimizer moments,
 * averages of the weights, and in the metadata the counters. Random draws are named by seed, epoch, step and utterance, so the counters are the
 * whole random state.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import { CheckpointError, messageOf } from '../runtime/errors.js';
import { openSafetensors, writeSafetensors } from '../runtime/safetensors.js';
import type { TensorFile } from '../runtime/tensor-file.js';
import { storable, uploadTensorFile } from '../runtime/tensor-store.js';
import type { EpochRecord } from './history.js';
import type { LossScaleState } from './loss-scale.js';
import type { StepCost } from './step-cost.js';

/** Counters of a run. */
export interface Progress {
  /** Epochs completed. */
  readonly epoch: number;
  /** Batches of the current epoch already used. */
  readonly batch: number;
  /** Optimizer updates so far. */
  readonly step: number;
  /** Sum of the batch losses of the current epoch so far. */
  readonly lossSum: number;
  /** The same of the attack losses; 0 in a model of one task. */
  readonly attackLossSum: number;
  /** Seconds of the current epoch so far. */
  readonly seconds: number;
  readonly best: { readonly epoch: number; readonly value: number } | null;
  /** Epochs since the last gain that early stopping counts. */
  readonly patience: number;
  readonly history: readonly EpochRecord[];
  /** What a training step costs, of those trained last; absent where that is not known: op by op. */
  readonly cost?: StepCost;
  /** With fp16 alone. */
  readonly lossScale?: LossScaleState;
}

/** The variables that a state file holds: the model's, the optimizer's moments, and averages of the weights. */
export interface StateVariables {
  readonly weights: ReadonlyMap<string, tf.Variable>;
  readonly moments: ReadonlyMap<string, tf.Variable>;
  /** None where nothing is averaged. */
  readonly averages: ReadonlyMap<string, tf.Variable>;
}

const PATTERN = /^checkpoint-(\d+)\.safetensors$/;
const FORMAT = 'voiceproof-state-1';

/** Writes the state as `checkpoint-STEP.safetensors` and removes all but the newest `limit`. */
export function saveState(directory: string, variables: StateVariables, progress: Progress, limit: number): void {
  writeSafetensors(join(directory, `checkpoint-${progress.step}.safetensors`), storable(prefixed(variables)), {
    format: FORMAT,
    progress: JSON.stringify(progress),
  });
  for (const { name } of listStates(directory).slice(0, -limit)) rmSync(join(directory, name), { force: true });
}

/** Whether the folder holds a state to resume from. */
export function hasState(directory: string): boolean {
  return listStates(directory).length > 0;
}

/**
 * Reads the newest state into the variables.
 *
 * @throws CheckpointError where it is damaged or of another model
 */
export function loadState(directory: string, variables: StateVariables): Progress {
  const newest = listStates(directory).at(-1);
  if (newest === undefined) throw new CheckpointError(`${directory}: nothing to resume; start without \`resume\``);
  const path = join(directory, newest.name);
  const file = openSafetensors(path);
  try {
    const progress = parseProgress(path, file.metadata);
    uploadTensorFile(file, prefixed(variables));
    return progress;
  } finally {
    file.close();
  }
}

function parseProgress(path: string, { format, progress }: TensorFile['metadata']): Progress {
  if (format !== FORMAT || progress === undefined) {
    throw new CheckpointError(
      `${path}: expected a training state of this version, got format ${format}; start anew without \`resume\``,
    );
  }
  try {
    return JSON.parse(progress) as Progress;
  } catch (error) {
    throw new CheckpointError(`${path}: damaged: ${messageOf(error)}; remove it to resume from the one before`, {
      cause: error,
    });
  }
}

function listStates(directory: string): { name: string; step: number }[] {
  let names: string[] = [];
  try {
    names = readdirSync(directory);
  } catch {
    // No folder, no states.
  }
  return names
    .flatMap((name) => {
      const step = PATTERN.exec(name)?.[1];
      return step === undefined ? [] : [{ name, step: Number(step) }];
    })
    .sort((a, b) => a.step - b.step);
}

function prefixed({ weights, moments, averages }: StateVariables): Map<string, tf.Variable> {
  return new Map([
    ...[...weights].map(([name, variable]) => [`model.${name}`, variable] as const),
    ...[...moments].map(([name, variable]) => [`optimizer.${name}`, variable] as const),
    ...[...averages].map(([name, variable]) => [`average.${name}`, variable] as const),
  ]);
}
