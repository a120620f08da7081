/** `voiceproof calibrate`: what a checkpoint's scores mean, by other clips than those of its run. */
import type { CommandModule } from 'yargs';
import { CALIBRATION_METHODS, type CalibrationMethod } from '../metrics/calibration.js';
import {
  type CompileArgument,
  compileArgument,
  type EngineArguments,
  engineArguments,
  engineChoiceFrom,
} from './engine-options.js';
import { type ProtocolArguments, protocolArguments, protocolChoiceFrom } from './protocol-arguments.js';
import { createTerminalLogger, writeResult } from './terminal.js';

interface CalibrateArguments extends EngineArguments, CompileArgument, ProtocolArguments {
  checkpoint: string;
  scores: string | undefined;
  method: CalibrationMethod;
  json: boolean;
}

/** Fits a calibration and stores it in the checkpoint. */
export const calibrateCommand: CommandModule<object, CalibrateArguments> = {
  command: 'calibrate',
  describe: 'Fit log-likelihood ratios and thresholds on clips of your own',
  builder: (args) =>
    compileArgument(engineArguments(protocolArguments(args, 'Without --scores: the clips to score')))
      .option('checkpoint', {
        type: 'string',
        demandOption: true,
        describe: 'A run folder, ensemble, cascade or exported model; calibration.json is written there',
      })
      .option('scores', { type: 'string', describe: 'Its scores, as a file; with --protocol where it holds no labels' })
      .option('method', {
        choices: CALIBRATION_METHODS,
        default: 'platt' as const,
        describe: 'platt: a line, for any number of clips; pav: any rising map, for some hundred clips and more',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print the calibration as one JSON object' })
      .example('$0 calibrate --checkpoint checkpoints/lcnn --scores dev-scores.txt', 'on scores that are there')
      .example(
        '$0 calibrate --checkpoint checkpoints/lcnn --protocol calls.csv --audio calls --method pav',
        'on recordings of the place where it is to work',
      )
      .epilogue(
        'Calibrate on clips like those to be scored, and not on those that the model was trained on. The share of bona fide ' +
          'clips among them does not matter; what share to expect is said when scoring, with --prior.',
      ),
  handler: async (args) => {
    const logger = createTerminalLogger();
    const { calibrate } = await import('../api/calibrate.js');
    const { CALIBRATION_FILE } = await import('../experiment/calibration-file.js');
    const { checkpoint, method, scores, compile } = args;
    const choice = { ...engineChoiceFrom(args, logger), ...protocolChoiceFrom(args) };
    const calibration = await calibrate(checkpoint, { ...choice, method, scores, compile });
    const { cllr, operatingPoints, fittedOn } = calibration;
    logger.info(`${checkpoint}/${CALIBRATION_FILE}: ${method} on ${fittedOn.nBonafide} + ${fittedOn.nSpoof} clips`);
    const points = Object.entries(operatingPoints).map(([point, score]) => `${point}\t${score.toFixed(4)}`);
    writeResult(
      args.json
        ? JSON.stringify(calibration)
        : [`Cllr\t${cllr.before.toFixed(4)} to ${cllr.after.toFixed(4)} bits`, ...points].join('\n'),
    );
  },
};
