/** Clips that a protocol names, or that the caller lists. */
import type { ProtocolFormat } from '../data/protocol-format.js';
import type { Trial } from '../data/trial.js';
import { ConfigError } from '../runtime/errors.js';

/** Which clips, with what is known of them. */
export interface ProtocolChoice {
  /** The file that lists them: of ASVspoof 2017, 2019, 2021 or 5, or CSV. */
  readonly protocol?: string | undefined;
  /** Folder or folders of its clips. Default: its own. */
  readonly audio?: string | readonly string[] | undefined;
  /** How it is written. Default `auto`: told by its content. */
  readonly protocolFormat?: ProtocolFormat | undefined;
  /** Part of it, such as `dev` or `progress`; or `all`. */
  readonly subset?: string | undefined;
  /** Instead of a protocol: the clips themselves. */
  readonly trials?: readonly Trial[] | undefined;
}

/**
 * The clips of a choice; undefined where it names none.
 *
 * @throws DataError that names every problem of the protocol and of its audio; ConfigError where both are given
 */
export async function trialsOf(choice: ProtocolChoice): Promise<readonly Trial[] | undefined> {
  const { protocol, audio, protocolFormat: format, subset, trials } = choice;
  if (trials !== undefined && protocol !== undefined) {
    throw new ConfigError('`protocol` and `trials` exclude each other; leave one out');
  }
  if (protocol === undefined) return trials;
  // Few who score have a protocol.
  const { loadTrials } = await import('../data/corpus.js');
  const { protocolOptions } = await import('../data/corpus-options.js');
  const { parseOptions } = await import('../runtime/options.js');
  const folders = audio === undefined || typeof audio === 'string' ? audio : [...audio];
  return loadTrials(parseOptions(protocolOptions, { protocol, audio: folders, format, subset }, 'protocol'));
}
