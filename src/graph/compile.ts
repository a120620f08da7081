/** Functions on tensors that run as one call of the engine. */
import * as tf from '@tensorflow/tfjs-core';
import { EngineError } from '../runtime/errors.js';
import { kernelBackend, NATIVE_BACKEND } from '../runtime/native/kernel-backend.js';
import { executeRawOp } from '../runtime/native/raw-op.js';
import { autocast, type LowPrecision, lowPrecisionOps } from './autocast.js';
import { encodeGraph } from './graph-def.js';
import { activeProfiler } from './profiler.js';
import { type Program, releaseProgram } from './program.js';
import { type NamedTensors, record } from './record.js';
import { simplifyProgram } from './simplify.js';
import { verifyProgram } from './verify.js';

/** How to compile. */
export interface CompileOptions<Outputs extends NamedTensors = NamedTensors> {
  /** Programs kept, one for each combination of input shapes; beyond them the one unused for longest goes. Default 8. */
  readonly maxPrograms?: number;
  /** What matrix products and convolutions are computed in; float32, like the rest, by default. See `autocast`. */
  readonly precision?: LowPrecision;
  /** Sees the outputs before variables are assigned. Where it throws, none is assigned. */
  readonly check?: (outputs: Outputs) => void;
}

/** A function with the programs that it has become. */
export interface CompiledFunction<Inputs extends NamedTensors, Outputs extends NamedTensors> {
  /** Runs it, assigning what it assigns. Inputs stay the caller's, outputs become the caller's. */
  (inputs: Inputs): Outputs;
  /** How often it was recorded so far. */
  readonly nRecordings: number;
  /** The simplified program for inputs of these shapes; recorded now, if it isn't yet. */
  programFor(inputs: Inputs): Program;
  /** Gives the programs back. A later call would record anew. */
  dispose(): void;
}

/** A program that the engine knows by name. */
interface Loaded {
  readonly name: string;
  readonly program: Program;
  /** As recorded, with all handles that are the program's own. */
  readonly recorded: Program;
}

const DEFAULT_MAX_PROGRAMS = 8;

/** Names of functions are the engine's for the process. */
let nFunctions = 0;

/**
 * Makes a function one call of the engine: recorded once for each combination of its inputs' shapes and types, see
 * `record` for what it may do. Variables are read as they are at each run, and assigned after it; functions and plain code
 * share them.
 *
 * @param fn from named tensors to named tensors
 * @throws EngineError at the first call, where the device lacks a kernel for `precision`
 */
export function compile<Inputs extends NamedTensors, Outputs extends NamedTensors>(
  fn: (inputs: Inputs) => Outputs,
  { maxPrograms = DEFAULT_MAX_PROGRAMS, precision, check }: CompileOptions<Outputs> = {},
): CompiledFunction<Inputs, Outputs> {
  // In order of use, the latest last.
  const cache = new Map<string, Loaded>();
  let nRecordings = 0;

  const loadedFor = (inputs: Inputs): Loaded => {
    const key = keyOf(inputs);
    const known = cache.get(key);
    cache.delete(key);
    const loaded = known ?? load(fn, inputs, precision);
    cache.set(key, loaded);
    if (known === undefined) nRecordings += 1;
    const [oldest] = cache;
    if (cache.size > maxPrograms && oldest !== undefined) {
      cache.delete(oldest[0]);
      unload(oldest[1]);
    }
    return loaded;
  };

  const call = (inputs: Inputs): Outputs => {
    const { name, program } = loadedFor(inputs);
    const tensors = [...program.inputs.keys()].map((key) => inputs[key]);
    const nOutputs = program.outputs.size + program.assignments.length;
    const taken = [...tensors, ...program.captures.map(({ tensor }) => tensor)];
    activeProfiler()?.measure(name, program, taken);
    const results = executeRawOp(name, {}, taken, nOutputs);
    const outputs = Object.fromEntries([...program.outputs.keys()].map((key, i) => [key, results[i]])) as Outputs;
    try {
      check?.(outputs);
    } catch (error) {
      tf.dispose(results);
      throw error;
    }
    for (const [i, { variable }] of program.assignments.entries()) {
      const result = results[program.outputs.size + i];
      variable.assign(result);
      result.dispose();
    }
    return outputs;
  };
  return Object.defineProperty(
    Object.assign(call, {
      programFor: (inputs: Inputs) => loadedFor(inputs).program,
      dispose: () => {
        for (const loaded of cache.values()) unload(loaded);
        cache.clear();
      },
    }),
    'nRecordings',
    { get: () => nRecordings },
  ) as CompiledFunction<Inputs, Outputs>;
}

function keyOf(inputs: NamedTensors): string {
  return Object.entries(inputs)
    .map(([name, { dtype, shape }]) => `${name} ${dtype}[${shape}]`)
    .join('\n');
}

function load<Inputs extends NamedTensors>(
  fn: (inputs: Inputs) => NamedTensors,
  inputs: Inputs,
  precision: LowPrecision | undefined,
): Loaded {
  const recorded = record(fn, inputs);
  try {
    const simplified = simplifyProgram(recorded);
    const program = precision === undefined ? simplified : lowered(simplified, precision);
    verifyProgram(program);
    const name = `voiceproof_${nFunctions++}`;
    kernelBackend('compile').binding.addFunction({ name, ...encodeGraph(program) });
    return { name, program, recorded };
  } catch (error) {
    releaseProgram(recorded);
    throw error;
  }
}

function lowered(program: Program, precision: LowPrecision): Program {
  const { binding } = kernelBackend('compile');
  const lacking = lowPrecisionOps(program).filter((op) => !binding.hasKernel(op, precision));
  if (lacking.length > 0) {
    throw new EngineError(
      `compile: ${binding.isUsingGpuDevice() ? 'the GPU' : 'the CPU'} has no ${precision} kernel of ${lacking.join(', ')}; compute in float32`,
    );
  }
  return autocast(program, precision);
}

function unload({ name, recorded }: Loaded): void {
  // Where the engine is gone, so is what the program had of it.
  if (tf.getBackend() === NATIVE_BACKEND) kernelBackend('compile').binding.removeFunction(name);
  releaseProgram(recorded);
}
