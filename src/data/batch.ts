/** A batch as the trainer and the evaluation take it from the loader. */
export interface Batch {
  /** Model input, row-major. */
  readonly inputs: Float32Array;
  /** `[batch, frames, bins]` for features, `[batch, samples]` for waveforms. */
  readonly shape: readonly number[];
  /** Samples of each row that are the clip's own, the rest being padding that the model is to leave out; absent where all are. */
  readonly lengths?: Int32Array | undefined;
  /** Class index of each row: spoof 0, bona fide 1. */
  readonly labels: Int32Array;
  /** `[batch, 2]`: how much of each row is spoof and bona fide; only where an augmentation mixes examples. */
  readonly softLabels?: Float32Array | undefined;
  /** Attack class of each row, see `attackClasses`; only where they are asked for. */
  readonly attacks?: Int32Array | undefined;
  /** Name of each row. */
  readonly utterances: readonly string[];
  /** Position of each row's trial in the list that the loader was given. */
  readonly indices: Int32Array;
}
