/**
 * Measures steps op by op. TensorFlow times the ops of a session, but not those of a function: a compiled function's program is
 * run once more for its times, in a session, and its results there are dropped, as they may differ in the last bits. What is
 * not compiled is timed call by call; on a GPU that is the time of the launch alone.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { TracedRuns } from '../runtime/native/binding.js';
import { kernelBackend } from '../runtime/native/kernel-backend.js';
import { encodeGraph } from './graph-def.js';
import { currentOrigin, type OpOrigin, OUTSIDE, trackOrigins } from './layer-origin.js';
import type { Operation, Program } from './program.js';
import { readStepStats } from './step-stats.js';
import { flopsOf } from './summarize.js';

/** Which steps are measured. */
export interface ProfileSchedule {
  /** Steps that run as ever: the first of each shape is recorded. */
  readonly wait: number;
  /** Steps that are measured and forgotten: caches and sessions fill. */
  readonly warmup: number;
  /** Steps that are measured. */
  readonly active: number;
}

/** One run of one op. */
export interface OpEvent {
  readonly op: string;
  /** Of the graph; the op's name again where it ran on its own. */
  readonly node: string;
  readonly origin: OpOrigin;
  readonly device: string;
  readonly thread: number;
  /** Since 1970. */
  readonly startMicroseconds: number;
  readonly durationMicroseconds: number;
}

/** One measured step. */
export interface ProfiledStep {
  readonly label: string;
  readonly startMicroseconds: number;
  readonly durationMicroseconds: number;
  /** With the runs that only measure. */
  readonly spanMicroseconds: number;
  readonly events: readonly OpEvent[];
  /** Floating-point operations of the programs that it ran, by layer; empty where nothing was compiled. */
  readonly flops: ReadonlyMap<string, number>;
}

let current: Profiler | undefined;

/** The profiler whose step runs now and is measured. */
export function activeProfiler(): Profiler | undefined {
  return current;
}

/** Measures some of the steps that go through it. */
export class Profiler {
  private readonly measured: ProfiledStep[] = [];
  private readonly traces = new Map<
    string,
    { readonly runs: TracedRuns; readonly makers: ReadonlyMap<string, Operation> }
  >();
  private events: OpEvent[] = [];
  private flops = new Map<string, number>();
  private nSteps = 0;
  /** Spent in runs that only measure. */
  private extraMicroseconds = 0;

  /** @param onDone called once, after the last measured step; the profiler has then given back all it held */
  constructor(
    private readonly schedule: ProfileSchedule,
    private readonly onDone: (steps: readonly ProfiledStep[]) => void,
  ) {}

  /** Runs a step, measured if it is its turn. */
  step<Result>(label: string, fn: () => Result): Result {
    const { wait, warmup, active } = this.schedule;
    const turn = this.nSteps++;
    if (turn < wait || turn >= wait + warmup + active) return fn();
    const backend = kernelBackend('profile');
    const { binding } = backend;
    this.events = [];
    this.flops = new Map();
    this.extraMicroseconds = 0;
    origin = Date.now() - performance.now();
    const startMicroseconds = now();
    current = this;
    backend.binding = this.timed(binding);
    let isDone = false;
    try {
      const result = trackOrigins(fn);
      isDone = true;
      return result;
    } finally {
      current = undefined;
      backend.binding = binding;
      if (isDone && turn >= wait + warmup) {
        const { events, flops, extraMicroseconds } = this;
        const spanMicroseconds = now() - startMicroseconds;
        const durationMicroseconds = spanMicroseconds - extraMicroseconds;
        this.measured.push({ label, startMicroseconds, durationMicroseconds, spanMicroseconds, events, flops });
      }
      if (turn === wait + warmup + active - 1) this.finish();
    }
  }

  /** Runs a program on these inputs once more, and notes when each of its ops ran. */
  measure(name: string, program: Program, inputs: readonly tf.Tensor[]): void {
    const startMicroseconds = now();
    const backend = kernelBackend('profile');
    let trace = this.traces.get(name);
    if (trace === undefined) {
      const makers = new Map(program.operations.map((operation) => [operation.name, operation]));
      trace = { runs: backend.binding.openTrace({ name, ...encodeGraph(program) }), makers };
      this.traces.set(name, trace);
    }
    const { runs, makers } = trace;
    const { outputs, metadata } = runs.run(backend.getInputTensorIds(inputs));
    for (const { node, ...time } of readStepStats(metadata)) {
      this.events.push({ ...time, node, origin: makerOf(node, makers)?.origin ?? OUTSIDE });
    }
    for (const operation of program.operations) {
      const layer = operation.origin?.layer ?? '';
      this.flops.set(layer, (this.flops.get(layer) ?? 0) + flopsOf(operation));
    }
    for (const { id } of outputs) backend.binding.deleteTensor(id);
    this.extraMicroseconds += now() - startMicroseconds;
  }

  /** Ends before its time: gives back what it holds, without a call of `onDone`. */
  dispose(): void {
    this.nSteps = Number.POSITIVE_INFINITY;
    for (const { runs } of this.traces.values()) runs.close();
    this.traces.clear();
  }

  private finish(): void {
    this.dispose();
    this.onDone(this.measured);
  }

  /** The binding, with every op's time noted. */
  private timed<Binding extends ReturnType<typeof kernelBackend>['binding']>(binding: Binding): Binding {
    const executeOp: Binding['executeOp'] = (op, attributes, inputIds, nOutputs) => {
      const startMicroseconds = now();
      const results = binding.executeOp(op, attributes, inputIds, nOutputs);
      const durationMicroseconds = now() - startMicroseconds;
      const place = { device: 'op by op', thread: 0, origin: currentOrigin() };
      // A program is measured from within.
      if (!this.traces.has(op)) this.events.push({ op, node: op, ...place, startMicroseconds, durationMicroseconds });
      return results;
    };
    return new Proxy(binding, {
      get: (target, name) => {
        if (name === 'executeOp') return executeOp;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }
}

/** Microseconds since 1970, by the clock that TensorFlow reads; from the process's start the two drift apart. */
function now(): number {
  return (origin + performance.now()) * 1000;
}

let origin = 0;

/**
 * The op that a node comes from. TensorFlow puts what it has optimized under names of its own, which end in the old one; ours
 * of casts and barriers begin with it.
 */
function makerOf(node: string, makers: ReadonlyMap<string, Operation>): Operation | undefined {
  const parts = node.split('/');
  for (let i = 0; i < parts.length; i++) {
    const rest = parts.slice(i).join('/');
    const found =
      makers.get(rest) ?? makers.get(rest.replace(/\.(apart|after\..*)$/, '')) ?? makers.get(rest.split('-')[0]);
    if (found !== undefined) return found;
  }
  return undefined;
}
