/**
 * Dynamic loss scaling for float16, whose smallest numbers many gradients would fall below (Micikevicius et al., ICLR 2018), by
 * the rules and numbers of `torch.amp.GradScaler`.
 */
import { TrainingError } from '../runtime/errors.js';

/** What a resumed run needs of it. */
export interface LossScaleState {
  readonly value: number;
  /** Updates since the last change of the scale. */
  readonly streak: number;
}

const START: LossScaleState = { value: 2 ** 16, streak: 0 };
/** Updates without an overflow after which the scale is doubled. */
const GROWTH_INTERVAL = 2000;
/** Below it an overflow is none of the scale's. */
const SMALLEST = 2 ** -14;

/** The factor on the loss; gradients are divided by it again in float32. Always a power of two, so that it rounds nothing. */
export class LossScale {
  private current = START;

  get value(): number {
    return this.current.value;
  }

  get state(): LossScaleState {
    return this.current;
  }

  /** Goes on from a saved state; from the beginning without one. */
  restore(state: LossScaleState | undefined): void {
    this.current = state ?? START;
  }

  /** After an update whose gradients were finite. */
  succeed(): void {
    const { value, streak } = this.current;
    this.current = streak + 1 === GROWTH_INTERVAL ? { value: 2 * value, streak: 0 } : { value, streak: streak + 1 };
  }

  /**
   * After an overflow, whose update was skipped.
   *
   * @param utterances the clips of the batch
   * @throws TrainingError where the scale can't be the cause any more
   */
  overflow(utterances: readonly string[]): void {
    const value = this.current.value / 2;
    if (value < SMALLEST) {
      throw new TrainingError(
        `the loss or a gradient overflows float16 at every loss scale down to ${SMALLEST}, the last time for the batch ${utterances.join(', ')}; ` +
          'set training.bf16 instead of training.fp16, or lower training.learningRate',
      );
    }
    this.current = { value, streak: 0 };
  }
}
