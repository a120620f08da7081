/** The options of every command that takes its clips from a protocol, and the way from them to trials. */
import type { Argv } from 'yargs';
import { PROTOCOL_FORMATS, type ProtocolFormat } from '../data/protocol-format.js';
import type { Trial } from '../data/trial.js';

/** What `protocolArguments` adds to a command. */
export interface ProtocolArguments {
  protocol: string | undefined;
  audio: string[] | undefined;
  'protocol-format': ProtocolFormat;
  subset: string | undefined;
}

/** The names of the options of `protocolArguments`. */
export const PROTOCOL_ARGUMENTS = ['protocol', 'audio', 'protocol-format', 'subset'] as const;

/**
 * The options `--protocol`, `--audio`, `--protocol-format` and `--subset`.
 *
 * @param describe what the command does with the protocol
 */
export function protocolArguments<Arguments>(
  args: Argv<Arguments>,
  describe: string,
): Argv<Arguments & ProtocolArguments> {
  return args
    .option('protocol', { type: 'string', requiresArg: true, describe })
    .option('audio', { type: 'string', array: true, describe: "Folders of its clips [default: the protocol's own]" })
    .option('protocol-format', {
      choices: PROTOCOL_FORMATS,
      default: 'auto' as const,
      describe: 'How the protocol is written; auto tells by its content',
    })
    .option('subset', { type: 'string', requiresArg: true, describe: 'Part of it, such as dev or progress; or all' });
}

/**
 * The clips of `protocol`, with the further options of the command.
 *
 * @throws DataError that names every problem of the protocol and of its audio
 */
export async function loadProtocolTrials(
  protocol: string,
  args: Omit<ProtocolArguments, 'protocol'>,
): Promise<readonly Trial[]> {
  const { loadTrials } = await import('../data/corpus.js');
  const { protocolOptions } = await import('../data/corpus-options.js');
  const { parseOptions } = await import('../runtime/options.js');
  const { audio, subset } = args;
  return loadTrials(
    parseOptions(protocolOptions, { protocol, audio, format: args['protocol-format'], subset }, 'protocol'),
  );
}
