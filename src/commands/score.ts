/** `voiceproof score`: one JSON object a file. */
import type { CommandModule } from 'yargs';
import type { FileFailure, FileScore } from '../inference/score-file.js';
import {
  type CompileArgument,
  compileArgument,
  type EngineArguments,
  engineArguments,
  startCommandEngine,
} from './engine-options.js';
import { createTerminalLogger, EXIT, writeResult } from './terminal.js';

interface ScoreArguments extends EngineArguments, CompileArgument {
  files: string[];
  checkpoint: string;
  logits: boolean;
  json: boolean;
}

/** Scores audio files with a checkpoint. */
export const scoreCommand: CommandModule<object, ScoreArguments> = {
  command: 'score <files..>',
  describe: 'Score audio files with a checkpoint',
  builder: (args) =>
    compileArgument(engineArguments(args))
      .positional('files', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'Audio (wav, flac, mp3, ogg), or .npy: float32, 16 kHz, taken as it is',
      })
      .option('checkpoint', { type: 'string', demandOption: true, describe: 'A run folder, such as checkpoints/lcnn' })
      .option('logits', { type: 'boolean', default: false, describe: "Add the model's own outputs" })
      .option('json', { type: 'boolean', default: false, describe: 'One JSON object a line' })
      .example('$0 score --checkpoint checkpoints/lcnn --json clip.wav', 'a score and a label')
      .epilogue(
        'Fields: file, score (log odds by the model; higher is more bona fide), label (bonafide or spoof, by the threshold ' +
          'of the dev set’s equal error rate), durationSeconds, warnings, logits with --logits ([spoof, bona fide], or the one of ' +
          'bona fide; of an imported checkpoint in its own order, beside its labels). A file that can’t be scored has file and error; the others go on, and the exit code is 1.',
      ),
  handler: async (args) => {
    const logger = createTerminalLogger();
    const engine = await startCommandEngine(args, 'inference', logger);
    const { loadDetector } = await import('../inference/detector.js');
    const { scoreFile } = await import('../inference/score-file.js');
    try {
      const detector = loadDetector(args.checkpoint, { compile: args.compile });
      const progress = logger.progress('score', args.files.length);
      for (const [index, file] of args.files.entries()) {
        const result = await scoreFile(detector, file);
        if ('error' in result) process.exitCode = EXIT.failure;
        const shown = args.logits ? result : { ...result, logits: undefined, labels: undefined };
        writeResult(args.json ? JSON.stringify(shown) : describe(result));
        progress.update(index + 1);
      }
      progress.end();
      detector.dispose();
    } finally {
      engine.close();
    }
  },
};

function describe(result: FileScore | FileFailure): string {
  if ('error' in result) return `${result.file}\terror\t${result.error}`;
  const { file, label, score, warnings } = result;
  return [file, label, score.toFixed(4), ...(warnings.length === 0 ? [] : [warnings.join('; ')])].join('\t');
}
