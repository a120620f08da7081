/** Who is told what happens in a run: its own record, and whoever else wants to know. */
import type { RunEnvironment } from '../experiment/checkpoint.js';
import type { ExperimentConfig } from '../experiment/config.js';
import type { Profiler } from '../graph/profiler.js';
import type { Metrics, ScoredTrial } from '../metrics/summary.js';
import { messageOf, TrainingError } from '../runtime/errors.js';
import type { Logger } from '../runtime/logger.js';
import type { DevMeasurement } from './evaluation.js';
import type { RunResult } from './experiment-run.js';
import type { EpochRecord } from './history.js';
import type { TrainedStep } from './trainer.js';

/** A run begins, or goes on. */
export interface StartEvent {
  readonly name: string;
  /** Run folder. */
  readonly directory: string;
  readonly config: ExperimentConfig;
  readonly environment: RunEnvironment;
  /** Corpus and model in words. */
  readonly corpus: string;
  readonly model: string;
  readonly nParameters: number;
  readonly nEpochs: number;
  /** Where a resumed run goes on: epochs done, batches of the next one, updates; null where it begins. */
  readonly resumed: { readonly epoch: number; readonly batch: number; readonly step: number } | null;
  /** Epochs done; empty where the run begins. */
  readonly history: readonly EpochRecord[];
}

/** A batch was trained on. */
export interface StepEvent extends TrainedStep {
  readonly nEpochs: number;
}

/** An epoch is done, measured and saved. */
export interface EpochEvent {
  /** What `history.jsonl` holds of it. */
  readonly record: EpochRecord;
  readonly nEpochs: number;
}

/** The trained model was evaluated on a set, with the weights that it saved. Epochs tell their dev set in `onEpoch`. */
export interface EvaluatedEvent {
  readonly set: 'dev' | 'eval';
  readonly metrics: Metrics;
  readonly scored: readonly ScoredTrial[];
}

/** An epoch's weights are the best so far, and were written. */
export interface BestEvent {
  readonly epoch: number;
  readonly measurement: DevMeasurement;
  readonly directory: string;
}

/** A state was written from which the run can go on. */
export interface SavedEvent {
  /** Epochs done, batches of the next one, updates. */
  readonly epoch: number;
  readonly batch: number;
  readonly step: number;
  readonly directory: string;
}

/** Something the user should know of. */
export interface WarningEvent {
  readonly message: string;
}

/** A run is over. */
export interface EndEvent {
  readonly name: string;
  readonly directory: string;
  readonly outcome: 'finished' | 'interrupted' | 'failed';
  /** Of a run that is finished. */
  readonly result?: RunResult;
  /** Why one is not. */
  readonly error?: unknown;
}

/**
 * Listens to a run. All is optional. What returns a promise is waited for, but for steps and warnings, which are told in passing.
 * A listener that throws is told nothing more, and ends the run after it saved what it has.
 */
export interface RunListener {
  /** In messages. Default: its place in the list. */
  readonly name?: string | undefined;
  /** The run begins, or goes on. */
  onStart?(event: StartEvent): void | Promise<void>;
  /** A batch was trained on. */
  onStep?(event: StepEvent): void;
  /** An epoch is done, measured on the dev set, and saved. */
  onEpoch?(event: EpochEvent): void | Promise<void>;
  /** The trained model was evaluated: on the dev set, and then on the eval set where there is one. */
  onEvaluated?(event: EvaluatedEvent): void | Promise<void>;
  /** An epoch's weights are the best so far. */
  onBest?(event: BestEvent): void | Promise<void>;
  /** A state was written from which the run can go on. */
  onSaved?(event: SavedEvent): void | Promise<void>;
  /** Something the user should know of. Also before `onStart`, where the corpus is odd. */
  onWarning?(event: WarningEvent): void;
  /** The run is over. Called once for each `onStart`, whatever happened. */
  onEnd?(event: EndEvent): void | Promise<void>;
}

/** A listener of the run's own, whose errors are the run's. */
export interface OwnListener extends RunListener {
  /** Goes around each step. */
  readonly around?: Pick<Profiler, 'step'>;
}

/** Events that the run waits for. */
interface Told {
  onStart: StartEvent;
  onEpoch: EpochEvent;
  onEvaluated: EvaluatedEvent;
  onBest: BestEvent;
  onSaved: SavedEvent;
  onEnd: EndEvent;
}

/** Tells all who listen, in their order: the run's own first. */
export class RunListeners {
  /** What a listener threw first, as the error that ends the run. */
  failure: TrainingError | undefined;
  private isStarted = false;
  private readonly failed = new Set<RunListener>();
  private readonly all: readonly RunListener[];
  private readonly onSteps: readonly RunListener[];

  constructor(
    private readonly own: readonly OwnListener[],
    private readonly users: readonly RunListener[],
  ) {
    this.all = [...own, ...users];
    this.onSteps = this.all.filter(({ onStep }) => onStep !== undefined);
  }

  /** What goes around each step. */
  get around(): readonly Pick<Profiler, 'step'>[] {
    return this.own.flatMap(({ around }) => around ?? []);
  }

  /** Whether anyone wants to hear of steps. */
  get hearsSteps(): boolean {
    return this.onSteps.length > 0;
  }

  /** Tells an event, and waits until each has taken it. The end of what did not start is not told. */
  async tell<Name extends keyof Told>(name: Name, event: Told[Name]): Promise<void> {
    if (name === 'onStart') this.isStarted = true;
    if (!this.isStarted) return;
    for (const listener of this.all) {
      if (this.failed.has(listener)) continue;
      try {
        await (listener[name] as ((event: Told[Name]) => void | Promise<void>) | undefined)?.call(listener, event);
      } catch (error) {
        this.fail(listener, name, error);
      }
    }
  }

  /** Tells a step, in passing. */
  step(event: StepEvent): void {
    for (const listener of this.onSteps) this.pass(listener, 'onStep', () => listener.onStep?.(event));
  }

  /** A logger whose warnings are told too. */
  listening(logger: Logger): Logger {
    return {
      info: (line) => logger.info(line),
      progress: (label, total) => logger.progress(label, total),
      warn: (message) => {
        logger.warn(message);
        for (const listener of this.all) this.pass(listener, 'onWarning', () => listener.onWarning?.({ message }));
      },
    };
  }

  /** @throws TrainingError where a listener threw */
  throwIfFailed(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  private pass(listener: RunListener, name: 'onStep' | 'onWarning', call: () => void): void {
    if (this.failed.has(listener)) return;
    try {
      call();
    } catch (error) {
      this.fail(listener, name, error);
    }
  }

  private fail(listener: RunListener, name: keyof RunListener, error: unknown): void {
    if (this.own.includes(listener)) throw error;
    this.failed.add(listener);
    const called = listener.name ?? `${this.users.indexOf(listener) + 1} of ${this.users.length}`;
    const kept = name === 'onEnd' ? 'the run itself had ended' : 'the run ends, with what it has saved';
    this.failure ??= new TrainingError(
      `listener ${called}: ${name} failed: ${messageOf(error)}; ${kept}: mend the listener or leave it out, and go on with \`resume\``,
      { cause: error },
    );
  }
}
