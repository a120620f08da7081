/** `voiceproof export`: a checkpoint for other runtimes, and whether an export keeps its word. */
import type { CommandModule } from 'yargs';
import { EXPORT_FORMATS, type ExportFormat } from '../experiment/export-formats.js';
import type { Quantization } from '../export/quantization.js';
import { VoiceproofError } from '../runtime/errors.js';
import { type EngineArguments, engineArguments, engineChoiceFrom } from './engine-options.js';
import { inFlags } from './flags.js';
import { createTerminalLogger, EXIT, UsageError, writeResult } from './terminal.js';

interface ExportArguments extends EngineArguments {
  checkpoint: string | undefined;
  format: ExportFormat | undefined;
  output: string | undefined;
  frozen: boolean;
  quantize: Quantization | undefined;
  'with-features': boolean;
  seconds: number | undefined;
  license: string | undefined;
  overwrite: boolean;
  verify: string | undefined;
  python: string | undefined;
  chromium: string | undefined;
  json: boolean;
}

/** Exports a checkpoint, or verifies an export. */
export const exportCommand: CommandModule<object, ExportArguments> = {
  command: 'export',
  describe: 'Export a checkpoint to TensorFlow, TensorFlow.js, ONNX, TFLite or Hugging Face, or verify an export',
  builder: (args) =>
    engineArguments(args)
      .option('checkpoint', { type: 'string', describe: 'A run folder, such as checkpoints/lcnn' })
      .option('format', { choices: EXPORT_FORMATS, describe: 'What to write' })
      .option('output', { type: 'string', describe: 'The folder to write: a new one' })
      .option('overwrite', { type: 'boolean', default: false, describe: 'Replace an export that is there' })
      .option('with-features', {
        type: 'boolean',
        default: false,
        describe: 'Take the waveform: the front-end becomes part of the model',
      })
      .option('quantize', {
        choices: ['float16', 'int8'] as const,
        describe: 'Smaller weights (tfjs-graph, onnx, tflite)',
      })
      .option('frozen', {
        type: 'boolean',
        default: false,
        describe: 'savedmodel: weights in the graph, not beside it',
      })
      .option('seconds', {
        type: 'number',
        requiresArg: true,
        describe: 'Length of a clip where the checkpoint takes any [default: 4]',
      })
      .option('license', { type: 'string', requiresArg: true, describe: 'Licence of the weights, for the model card' })
      .option('verify', {
        type: 'string',
        requiresArg: true,
        describe: 'Check this export in every consumer that is installed',
      })
      .option('python', {
        type: 'string',
        requiresArg: true,
        describe: 'Python with TensorFlow or onnxruntime [or VOICEPROOF_PYTHON; default: python3]',
      })
      .option('chromium', {
        type: 'string',
        requiresArg: true,
        describe: 'A Chromium or Chrome [or VOICEPROOF_CHROMIUM; default: the usual places]',
      })
      .option('json', { type: 'boolean', default: false, describe: 'With --verify: one JSON object a consumer' })
      .conflicts('verify', ['checkpoint', 'format', 'output'])
      .check(({ verify, checkpoint, format, output }) => {
        if (verify === undefined && (checkpoint === undefined || format === undefined || output === undefined)) {
          throw new UsageError('expected --checkpoint, --format and --output, or --verify');
        }
        return true;
      })
      .example('$0 export --checkpoint checkpoints/lcnn --format onnx --output lcnn-onnx', 'features in, score out')
      .example(
        '$0 export --checkpoint checkpoints/lcnn --format tfjs-graph --with-features --output lcnn-web',
        'waveform in, with a page for browsers',
      )
      .example('$0 export --verify lcnn-onnx', 'does it give the scores of its checkpoint?')
      .epilogue(
        'An export has a model card (README.md), a manifest (voiceproof.json) and three clips with the scores of its checkpoint. ' +
          '--verify prints a row for each consumer; what is not installed is skipped. A mismatch, or nobody to ask, ends with exit code 1.',
      ),
  handler: async (args) => {
    const logger = createTerminalLogger();
    const api = await import('../api/export.js');
    const choice = engineChoiceFrom(args, logger);
    const python = args.python ?? (process.env.VOICEPROOF_PYTHON || undefined);
    if (args.verify !== undefined) {
      const chromium = args.chromium ?? (process.env.VOICEPROOF_CHROMIUM || undefined);
      const asked = await api.verifyExport(args.verify, { ...choice, python, chromium });
      const rows = asked.map((row) => (row.reason === undefined ? row : { ...row, reason: inFlags(row.reason) }));
      const { parityTable } = await import('../export/verify.js');
      if (args.json) for (const row of rows) writeResult(JSON.stringify(row));
      else writeResult(parityTable(rows));
      if (rows.every(({ status }) => status === 'skipped')) {
        throw new VoiceproofError(`${args.verify}: nothing was checked, as nothing here runs it; install one of these`);
      }
      if (rows.some(({ status }) => status === 'mismatch' || status === 'failed')) process.exitCode = EXIT.failure;
      return;
    }
    const { checkpoint = '', output = '', format = 'onnx', frozen, quantize, overwrite, seconds, license } = args;
    const { input } = await api.exportCheckpoint(checkpoint, {
      ...{ ...choice, output, format, frozen, quantize, overwrite, seconds, license, python },
      withFeatures: args['with-features'],
    });
    logger.info(`${output}: ${format}, ${input.name} [batch, ${input.shape.join(', ')}]; see README.md there`);
  },
};
