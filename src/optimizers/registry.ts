/** The optimizers there are. A new one is its file and a line here. */
import { z } from 'zod';
import { Registry } from '../runtime/registry.js';
import { adam } from './adam.js';
import { sgd } from './sgd.js';
import type { OptimizerType } from './update-rule.js';

// Options of ours stand beside their names, under those of Hugging Face's TrainingArguments.
const plain = z.strictObject({});

const ours: Readonly<Record<'adam' | 'adamw' | 'sgd', OptimizerType<typeof plain>>> = {
  adam: { schema: plain, create: (_, training) => adam(training) },
  adamw: { schema: plain, isDecayDecoupled: true, create: (_, training) => adam(training) },
  sgd: { schema: plain, create: (_, training) => sgd(training) },
};

/** Every optimizer by the name that `training.optim` gives it. */
export const optimizers = new Registry<OptimizerType, typeof ours, 'optimizer'>('optimizer', ours, 'name');
