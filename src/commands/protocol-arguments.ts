/** The options of every command that takes its clips from a protocol, and the way from them to the library's. */
import type { Argv } from 'yargs';
import type { ProtocolChoice } from '../api/protocol.js';
import { PROTOCOL_FORMATS, type ProtocolFormat } from '../data/protocol-format.js';

/** What `protocolArguments` adds to a command. */
export interface ProtocolArguments {
  protocol: string | undefined;
  audio: string[] | undefined;
  'protocol-format': ProtocolFormat;
  subset: string | undefined;
}

/** The names of the options of `protocolArguments`. */
const PROTOCOL_ARGUMENTS = ['protocol', 'audio', 'protocol-format', 'subset'] as const;

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

/** The same options for commands that fit on the clips, in a group of their own. */
export function devArguments<Arguments>(args: Argv<Arguments>): Argv<Arguments & ProtocolArguments> {
  const describe = 'Clips to fit on [default: the scores of the dev set that the runs left, where they are of one set]';
  return protocolArguments(args, describe).group([...PROTOCOL_ARGUMENTS], 'Clips to fit on:');
}

/** The command line as a choice of the library's. */
export function protocolChoiceFrom(args: ProtocolArguments): ProtocolChoice {
  return { protocol: args.protocol, audio: args.audio, protocolFormat: args['protocol-format'], subset: args.subset };
}
