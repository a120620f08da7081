/** `voiceproof doctor`: what is here, what is wrong, and what mends it. */
import type { CommandModule } from 'yargs';
import type { Diagnosis } from '../runtime/diagnosis.js';
import { type EngineArguments, engineArguments, engineChoiceFrom } from './engine-options.js';
import { createTerminalLogger, EXIT, writeResult } from './terminal.js';

interface DoctorArguments extends EngineArguments {
  json: boolean;
}

/** Examines the machine and the engine. */
export const doctorCommand: CommandModule<object, DoctorArguments> = {
  command: 'doctor',
  describe: 'Examine the machine and the engine, and say what mends each problem',
  builder: (args) =>
    engineArguments(args)
      .option('json', { type: 'boolean', default: false, describe: 'One JSON object on stdout' })
      .example('$0 doctor', 'a table; exit code 1 if there is a problem')
      .example('$0 doctor --json', 'for scripts and bug reports')
      .epilogue(
        'JSON: ok, node, platform, cores, memoryBytes, freeMemoryBytes, python and pip (text or null), gpus (name, driver, ' +
          'memory), cacheDirectory, engine (null or kind, version, source, devices, usesGpu), matmulGflops (or null), and ' +
          'checks: name, status (ok, note or problem), detail, fix (text or null). Fetches the engine if it is not here.',
      ),
  handler: async (args) => {
    const { diagnose } = await import('../api/setup.js');
    const diagnosis = await diagnose(engineChoiceFrom(args, createTerminalLogger()));
    writeResult(args.json ? JSON.stringify(diagnosis, undefined, 2) : table(diagnosis));
    if (!diagnosis.ok) process.exitCode = EXIT.failure;
  },
};

function table(diagnosis: Diagnosis): string {
  const { engine, matmulGflops } = diagnosis;
  const rows: [string, string][] = [
    ['Node', diagnosis.node],
    ['platform', diagnosis.platform],
    ['cores', String(diagnosis.cores)],
    ['Python', diagnosis.python ?? 'none'],
    ['pip', diagnosis.pip ?? 'none'],
    ['engine', engine === null ? 'none' : `${engine.kind} ${engine.version}`],
    ['devices', engine === null ? 'none' : engine.devices.join(', ')],
    ['matrix product', matmulGflops === null ? 'not measured' : `${matmulGflops} GFLOP/s`],
  ];
  const lines = rows.map(([name, value]) => `${name.padEnd(22)}${value}`);
  for (const { name, status, detail, fix } of diagnosis.checks) {
    lines.push(`${status.padEnd(9)}${name}: ${detail}`);
    if (fix !== null) lines.push(`${''.padEnd(9)}to mend it: ${fix}`);
  }
  const problems = diagnosis.checks.filter(({ status }) => status === 'problem').length;
  lines.push(problems === 0 ? 'All is well.' : `${problems} ${problems === 1 ? 'problem' : 'problems'}.`);
  return lines.join('\n');
}
