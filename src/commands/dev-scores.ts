/** Scores of several checkpoints on one set: those that their runs left, or new ones. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Argv } from 'yargs';
import type { EnsembleMember } from '../inference/ensemble.js';
import type { Logger } from '../runtime/logger.js';
import { type EngineArguments, featureCacheDirectory } from './engine-options.js';
import {
  loadProtocolTrials,
  PROTOCOL_ARGUMENTS,
  type ProtocolArguments,
  protocolArguments,
} from './protocol-arguments.js';

/** The options that name the clips on which models are put together, in a group of their own. */
export function devArguments<Arguments>(args: Argv<Arguments>): Argv<Arguments & ProtocolArguments> {
  const describe = 'Clips to fit on [default: the scores of the dev set that the runs left, where they are of one set]';
  return protocolArguments(args, describe).group([...PROTOCOL_ARGUMENTS], 'Clips to fit on:');
}

/**
 * The members with their scores. With a protocol they are scored now, which needs the engine to run.
 *
 * @throws ConfigError where there is neither a protocol nor the scores of a run
 */
export async function scoreMembers(
  directories: readonly string[],
  args: ProtocolArguments & EngineArguments & { compile: boolean },
  logger: Logger,
): Promise<EnsembleMember[]> {
  const { protocol } = args;
  const { ConfigError } = await import('../runtime/errors.js');
  if (protocol === undefined) {
    const { readScores } = await import('../data/score-file.js');
    return directories.map((directory) => {
      const path = join(directory, 'scores', 'dev.txt');
      if (!existsSync(path)) {
        throw new ConfigError(
          `${path}: expected the dev scores of a run, got none; name clips to fit on with --protocol`,
        );
      }
      return { directory, scores: readScores(path) };
    });
  }
  const { scoreWithCheckpoint } = await import('../training/evaluation.js');
  const trials = await loadProtocolTrials(protocol, args);
  const members: EnsembleMember[] = [];
  for (const directory of directories) {
    logger.info(`scoring with ${directory}`);
    const scoring = { checkpoint: directory, trials, cacheDirectory: featureCacheDirectory(), logger };
    const { scored } = await scoreWithCheckpoint({ ...scoring, compile: args.compile });
    members.push({ directory, scores: scored });
  }
  return members;
}
