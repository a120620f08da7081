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

/** The message of anything thrown, in one line. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s*\n\s*/g, ' ').trim();
}

/** The system's code for what went wrong with a file or process, such as `ENOENT`; undefined where it gave none. */
export function systemCodeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
