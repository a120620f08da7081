/**
 * Which kernels TensorFlow computes with on a CPU: oneDNN's or its own, written with Eigen. It reads the choice from a
 * variable of the process when it loads, and left alone it takes oneDNN only where the CPU has AVX512_VNNI or the like.
 * See docs/adr/0010-which-kernels.md.
 */
import type { Logger } from '../logger.js';
import type { Machine } from './machine.js';
import { readEnvironment, setEnvironment } from './quiet-start.js';

/** Whose kernels: those of oneDNN, and TensorFlow's own for the ops that it has not; or TensorFlow's own for all. */
export type Kernels = 'onednn' | 'eigen';

/** What may be asked for: `auto` is `onednn` on every x86 CPU, and TensorFlow's own choice elsewhere. */
export type KernelChoice = 'auto' | Kernels;

/** TensorFlow's switch. */
const VARIABLE = 'TF_ENABLE_ONEDNN_OPTS';

/** How TensorFlow reads it; anything else counts as not set. */
const MEANINGS: Readonly<Record<string, Kernels>> = { '1': 'onednn', true: 'onednn', '0': 'eigen', false: 'eigen' };

/**
 * Settles the choice before the library loads. What the variable says already holds: it comes from the user, or from an
 * engine earlier in this process, whose library stays loaded.
 *
 * @param choice what is asked for
 * @param logger warns where the variable says otherwise
 * @param machine platform and architecture as Node names them; this one by default
 * @returns what the library will compute with
 */
export function chooseKernels(
  choice: KernelChoice,
  logger?: Logger,
  machine: Pick<Machine, 'platform' | 'arch'> = process,
): Kernels {
  const said = readEnvironment(VARIABLE);
  const held = MEANINGS[said?.toLowerCase() ?? ''];
  if (!hasOneDnn(machine)) return 'eigen';
  if (held !== undefined) {
    if (choice !== 'auto' && choice !== held) {
      logger?.warn(`kernels ${choice}: ${VARIABLE}=${said} stands in the environment and holds, so they are ${held}`);
    }
    return held;
  }
  if (choice === 'auto' && machine.arch !== 'x64') return 'eigen';
  const kernels = choice === 'auto' ? 'onednn' : choice;
  setEnvironment(VARIABLE, kernels === 'onednn' ? '1' : '0');
  return kernels;
}

/** TensorFlow's builds for Macs have no oneDNN. */
function hasOneDnn({ platform }: Pick<Machine, 'platform'>): boolean {
  return platform !== 'darwin';
}
