/** What other programs tell of the machine: Python, pip, and the driver of NVIDIA's GPUs. */
import { type Environment, findPips, runProgram } from './native/pip.js';

/** A GPU as its driver tells of it. */
export interface Gpu {
  readonly name: string;
  readonly driver: string;
  readonly memory: string;
}

const PROGRAM_TIMEOUT_MILLISECONDS = 10_000;

/** The first Python that answers, such as `Python 3.11.2`. */
export async function findPython(environment: Environment): Promise<string | null> {
  for (const python of ['python3', 'python']) {
    const { code, stdout } = await runProgram([python, '--version'], {
      environment,
      timeoutMilliseconds: PROGRAM_TIMEOUT_MILLISECONDS,
    });
    if (code === 0) return stdout.trim();
  }
  return null;
}

/** The first pip or uv that answers, with its version. */
export async function findPip(environment: Environment): Promise<string | null> {
  for await (const pip of findPips(environment)) return `${pip.command.join(' ')}: ${pip.version}`;
  return null;
}

/** NVIDIA's GPUs, as `nvidia-smi` lists them. */
export async function findGpus(environment: Environment): Promise<Gpu[]> {
  const { code, stdout } = await runProgram(
    ['nvidia-smi', '--query-gpu=name,driver_version,memory.total', '--format=csv,noheader'],
    { environment, timeoutMilliseconds: PROGRAM_TIMEOUT_MILLISECONDS },
  );
  if (code !== 0) return [];
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.split(',').map((field) => field.trim()))
    .filter((fields) => fields.length === 3)
    .map(([name = '', driver = '', memory = '']) => ({ name, driver, memory }));
}
