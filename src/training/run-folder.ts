/** Opens the folder of a run: a new one, or the one to resume. Nothing that an earlier run left is lost. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  RUN_FILES,
  type RunConfig,
  type RunEngine,
  type RunEnvironment,
  readRunConfig,
  writeRunConfig,
} from '../experiment/checkpoint.js';
import { differences, type ExperimentConfig } from '../experiment/config.js';
import { readCpu, widestInstructions } from '../runtime/cpu.js';
import type { Engine } from '../runtime/engine.js';
import { CheckpointError } from '../runtime/errors.js';
import type { Logger } from '../runtime/logger.js';
import { packageVersion } from '../runtime/package-version.js';
import { PROJECT_ROOT } from '../runtime/project-root.js';

/** Training options that may differ on resume, because they change neither weights nor metrics. */
const FREE_ON_RESUME = [
  'training.gradientCheckpointing',
  'training.maxStepGigabytes',
  'training.dataloaderNumWorkers',
  'training.saveTotalLimit',
  'training.tensorboard',
];

/**
 * Makes `directory` ready for a run. An earlier run there is moved to `archive/` beside it, unless it is to be resumed.
 *
 * @returns what `config.json` now holds
 * @throws CheckpointError where the run to resume was made with another config, listing what differs
 */
export async function openRunFolder(
  directory: string,
  run: { readonly name: string; readonly config: ExperimentConfig; readonly engine: Engine; readonly resume: boolean },
  logger: Logger,
): Promise<RunConfig> {
  const path = join(directory, RUN_FILES.config);
  const hasRun = existsSync(path);
  if (run.resume && hasRun) {
    const before = await readRunConfig(directory);
    const changed = differences(before.config, run.config).filter((name) => !FREE_ON_RESUME.includes(name));
    if (changed.includes('plugins')) throw new CheckpointError(pluginsChanged(directory, before.config, run.config));
    if (changed.length > 0) {
      throw new CheckpointError(
        `${directory}: can't resume, the run was started with other values of ${changed.join(', ')}; give the same options, or start anew without \`resume\``,
      );
    }
    checkArithmetic(directory, before.environment.engine, describeEnvironment(run.engine).engine, logger);
    return before;
  }
  if (run.resume) logger.info(`${directory}: nothing to resume; starting from the beginning`);
  if (hasRun) {
    const stamp = statSync(path).mtime.toISOString().slice(0, 19).replace(/[:T]/g, '-');
    const archive = freeName(join(dirname(directory), 'archive', `${basename(directory)}-${stamp}`));
    mkdirSync(dirname(archive), { recursive: true });
    renameSync(directory, archive);
    logger.info(`the earlier run was moved to ${archive}`);
  }
  mkdirSync(directory, { recursive: true });
  const fresh: RunConfig = { name: run.name, config: run.config, environment: describeEnvironment(run.engine) };
  writeRunConfig(directory, fresh);
  return fresh;
}

/** What decides the bits of a result beside the config, and can be set; absent in runs of earlier versions. */
const ARITHMETIC = ['kind', 'kernels', 'threads'] as const;

/**
 * A resumed run ends with the bits of one that was never interrupted, which only the same kernels on as many threads give.
 *
 * @throws CheckpointError where they are others
 */
function checkArithmetic(directory: string, before: RunEngine, now: RunEngine, logger: Logger): void {
  const changed = ARITHMETIC.filter((name) => before[name] !== undefined && before[name] !== now[name]);
  if (changed.length > 0) {
    const told = changed.map((name) => `${name} ${before[name] ?? 'none'}, now ${now[name] ?? 'none'}`).join('; ');
    throw new CheckpointError(
      `${directory}: can't resume to the same bits, the run was started with other settings of the engine (${told}); give the engine those it had, or start anew`,
    );
  }
  const [here, there] = [now.instructions, before.instructions];
  if (there !== undefined && there !== here) {
    logger.warn(
      `the run was started on a CPU with ${there ?? 'unknown instructions'}, this one has ${here ?? 'unknown ones'}: results may differ from an uninterrupted run's in their last digits`,
    );
  }
}

/** What is to be said of a run whose plugins are not those that it was started with. */
function pluginsChanged(directory: string, before: ExperimentConfig, now: ExperimentConfig): string {
  const modules = (config: ExperimentConfig) => (config.plugins ?? []).map(({ module }) => module);
  const [started, given] = [modules(before), modules(now)];
  const isSame = started.join() === given.join();
  const why = isSame
    ? `${(now.plugins ?? []).flatMap(({ module, sha256 }, i) => (sha256 === before.plugins?.[i].sha256 ? [] : [module])).join(', ')} has changed since the run was started`
    : `the run was started with the plugins ${started.join(', ') || 'none'}, got ${given.join(', ') || 'none'}`;
  return `${directory}: can't resume, ${why}; ${isSame ? 'put it back as it was' : 'name the same'}, or start anew without --resume`;
}

/** Version, commit, machine and engine, for `config.json` and the reports. */
export function describeEnvironment(engine: Engine): RunEnvironment {
  return {
    version: packageVersion(),
    commit: describeCommit(PROJECT_ROOT),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    engine: {
      kind: engine.kind,
      version: engine.version,
      usesGpu: engine.usesGpu,
      kernels: engine.kernels,
      threads: engine.threads,
      instructions: widestInstructions(readCpu()),
    },
  };
}

/** The engine in words, such as `TensorFlow 2.21.0, CPU, kernels onednn, threads 2`. */
export function describeEngine({ engine }: RunEnvironment): string {
  const name = engine.kind === 'native' ? 'TensorFlow' : `TensorFlow.js (${engine.kind})`;
  const settings = [engine.kernels && `kernels ${engine.kernels}`, engine.threads && `threads ${engine.threads}`];
  return [`${name} ${engine.version}`, engine.usesGpu ? 'GPU' : 'CPU', ...settings.filter(Boolean)].join(', ');
}

function describeCommit(root: string): string | null {
  if (!existsSync(join(root, '.git'))) return null;
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return `${git('rev-parse', 'HEAD')}${git('status', '--porcelain', '--untracked-files=no') === '' ? '' : '-dirty'}`;
  } catch {
    // No git on this machine, or not its owner's checkout: the run is as good without.
    return null;
  }
}

function freeName(path: string): string {
  let free = path;
  for (let n = 2; existsSync(free); n++) free = `${path}-${n}`;
  return free;
}
