/** Opens the folder of a run: a new one, or the one to resume. Nothing that an earlier run left is lost. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  RUN_FILES,
  type RunConfig,
  type RunEnvironment,
  readRunConfig,
  writeRunConfig,
} from '../experiment/checkpoint.js';
import { differences, type ExperimentConfig } from '../experiment/config.js';
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
export function openRunFolder(
  directory: string,
  run: { readonly name: string; readonly config: ExperimentConfig; readonly engine: Engine; readonly resume: boolean },
  logger: Logger,
): RunConfig {
  const path = join(directory, RUN_FILES.config);
  const hasRun = existsSync(path);
  if (run.resume && hasRun) {
    const before = readRunConfig(directory);
    const changed = differences(before.config, run.config).filter((name) => !FREE_ON_RESUME.includes(name));
    if (changed.length > 0) {
      throw new CheckpointError(
        `${directory}: can't resume, the run was started with other values of ${changed.join(', ')}; give the same options, or start anew without \`resume\``,
      );
    }
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

/** Version, commit, machine and engine, for `config.json` and the reports. */
export function describeEnvironment(engine: Engine): RunEnvironment {
  return {
    version: packageVersion(),
    commit: describeCommit(PROJECT_ROOT),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    engine: { kind: engine.kind, version: engine.version, usesGpu: engine.usesGpu },
  };
}

/** The engine in words, such as `TensorFlow 2.21.0, CPU`. */
export function describeEngine({ engine }: RunEnvironment): string {
  const name = engine.kind === 'native' ? 'TensorFlow' : `TensorFlow.js (${engine.kind})`;
  return `${name} ${engine.version}, ${engine.usesGpu ? 'GPU' : 'CPU'}`;
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
