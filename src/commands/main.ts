/** The command line `voiceproof`: finds the command, runs it, and turns what it throws into one line and an exit code. */
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { messageOf, VoiceproofError } from '../runtime/errors.js';
import { packageVersion } from '../runtime/package-version.js';
import { augmentCommand } from './augment.js';
import { calibrateCommand } from './calibrate.js';
import { cascadeCommand } from './cascade.js';
import { compareCommand } from './compare.js';
import { doctorCommand } from './doctor.js';
import { embedCommand } from './embed.js';
import { ensembleCommand } from './ensemble.js';
import { evaluateCommand } from './evaluate.js';
import { experimentCommand } from './experiment.js';
import { exportCommand } from './export.js';
import { featuresCommand } from './features.js';
import { inFlags } from './flags.js';
import { importCommand } from './import.js';
import { initCommand } from './init.js';
import { metricsCommand } from './metrics.js';
import { pretrainedCommand } from './pretrained.js';
import { scoreCommand } from './score.js';
import { setupCommand } from './setup.js';
import { EXIT, UsageError } from './terminal.js';

// A reader that closes the pipe early (`| head`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  throw error;
});

try {
  await yargs(hideBin(process.argv))
    .scriptName('voiceproof')
    .usage('$0 <command>\n\nTrain, evaluate and ship detectors of synthetic, converted and replayed speech.')
    .command(experimentCommand)
    .command(compareCommand)
    .command(evaluateCommand)
    .command(scoreCommand)
    .command(calibrateCommand)
    .command(ensembleCommand)
    .command(cascadeCommand)
    .command(embedCommand)
    .command(exportCommand)
    .command(importCommand)
    .command(pretrainedCommand)
    .command(featuresCommand)
    .command(augmentCommand)
    .command(metricsCommand)
    .command(initCommand)
    .command(setupCommand)
    .command(doctorCommand)
    .demandCommand(1, 'expected a command')
    .strict()
    .version(packageVersion())
    .alias({ h: 'help' })
    .wrap(Math.min(120, process.stderr.columns ?? 100))
    .epilogue('Exit codes: 0 success; 1 bad input or a failed check; 2 usage; 130 interrupted, after saving.')
    .fail((message, error) => {
      throw error ?? new UsageError(message);
    })
    .parseAsync();
} catch (error) {
  if (error instanceof UsageError) {
    process.stderr.write(`voiceproof: ${messageOf(error)}; see voiceproof --help\n`);
    process.exitCode = EXIT.usage;
  } else if (error instanceof VoiceproofError || isSystemError(error)) {
    process.stderr.write(`voiceproof: ${inFlags(messageOf(error))}\n`);
    process.exitCode ||= EXIT.failure;
  } else {
    const trace = error instanceof Error ? error.stack : String(error);
    process.stderr.write(`voiceproof: a defect of Voiceproof, please report it:\n${trace}\n`);
    process.exitCode = EXIT.failure;
  }
}

/** Whether the system refused something, such as a folder that may not be made: its own line says what and where. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';
}
