/** Python, where the machine has one with the packages that a task needs: a script in, JSON out. */
import { spawn } from 'node:child_process';
import { messageOf, VoiceproofError } from '../runtime/errors.js';

/** What a script printed, or why it could not run. */
export type PythonResult<Answer> =
  | { readonly status: 'done'; readonly answer: Answer }
  /** There is no Python, or it lacks a package. */
  | { readonly status: 'absent'; readonly reason: string }
  | { readonly status: 'failed'; readonly reason: string };

/** Marks the line of a script's output that is its answer; libraries print too. */
const ANSWER = 'voiceproof-answer ';

/** On the CPU, whose numbers are the reference, and quiet. */
const PREFACE = `
import json, os, sys
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
os.environ['CUDA_VISIBLE_DEVICES'] = '-1'

def answer(value):
    print('\\n${ANSWER}' + json.dumps(value))

`;

/**
 * Runs a script that ends with `answer(value)`. A missing package is no failure.
 *
 * @param python the interpreter, a name or a path
 * @param args what the script finds in `sys.argv[1:]`
 */
export async function runPython<Answer>(
  python: string,
  script: string,
  args: readonly string[],
): Promise<PythonResult<Answer>> {
  const whole = PREFACE + script;
  const child = spawn(python, ['-c', whole, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  try {
    await new Promise<void>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', () => resolve());
    });
  } catch (error) {
    return { status: 'absent', reason: `no ${python} (${messageOf(error)})` };
  }
  const line = output.stdout.split('\n').find((each) => each.startsWith(ANSWER));
  if (line !== undefined) return { status: 'done', answer: JSON.parse(line.slice(ANSWER.length)) as Answer };
  const last = output.stderr.trim().split('\n').at(-1) ?? '';
  const missing = /No module named '([^']+)'/.exec(last)?.[1];
  return missing === undefined
    ? { status: 'failed', reason: last === '' ? 'it ended without an answer' : last }
    : { status: 'absent', reason: `${python} has no package ${missing}` };
}

/**
 * As {@link runPython}, where nothing but an answer will do.
 *
 * @param purpose for the message, such as `TFLite`
 * @throws VoiceproofError where it can't run, or fails
 */
export async function askPython<Answer>(
  python: string,
  script: string,
  args: readonly string[],
  purpose: string,
): Promise<Answer> {
  const result = await runPython<Answer>(python, script, args);
  if (result.status === 'done') return result.answer;
  throw new VoiceproofError(
    result.status === 'absent'
      ? `export: ${purpose} needs Python with TensorFlow (pip install tensorflow-cpu): ${result.reason}; name another with \`python\``
      : `export: ${purpose}: ${result.reason}`,
  );
}
