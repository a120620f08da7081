/**
 * The errors that Voiceproof throws on purpose.
 *
 * Each message is one line that says where, what was expected, what came, and what to do. The command line prints the
 * message alone; a stack trace means a defect of ours.
 */

/** Base of every error that is the input's fault rather than ours. */
export class VoiceproofError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** An option, a config file or a command line that can't be used. */
export class ConfigError extends VoiceproofError {}

/** Audio that can't be read, or read but not used. */
export class AudioError extends VoiceproofError {}

/** A protocol, score file or folder of clips that can't be used. */
export class DataError extends VoiceproofError {}

/** A tensor whose rank, shape or dtype is not the promised one. */
export class ShapeError extends VoiceproofError {}

/** A checkpoint or weight file that is missing, damaged, stale or of another model. */
export class CheckpointError extends VoiceproofError {}

/** The compute engine can't be found, fetched or loaded, or one of its ops failed. */
export class EngineError extends VoiceproofError {}

/** A function can't be recorded as a program, or a program is not whole. */
export class GraphError extends VoiceproofError {}

/** Training can't go on: the loss is not a number, or the run was interrupted. */
export class TrainingError extends VoiceproofError {}

/** Longest message that is shown: what is longer was made of input, not by us. */
const LONGEST_MESSAGE = 4000;

/** The message of anything thrown, in one line, without what a terminal would take for a command. */
export function messageOf(error: unknown): string {
  const whole = error instanceof Error ? error.message : String(error);
  const message = whole.length > LONGEST_MESSAGE ? `${whole.slice(0, LONGEST_MESSAGE)} ...` : whole;
  const lines = message.split('\n').map((line) => line.trim());
  return printable(lines.join(' ').trim());
}

/** The text with control characters, which could move the cursor or change its colours, written as `\x1b`. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}

/** The system's code for what went wrong with a file or process, such as `ENOENT`; undefined where it gave none. */
export function systemCodeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
