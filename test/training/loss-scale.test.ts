import { describe, expect, it } from 'vitest';
import { TrainingError } from '../../src/runtime/errors.js';
import { LossScale } from '../../src/training/loss-scale.js';

describe('the loss scale', () => {
  it('starts, grows and falls as torch.amp.GradScaler does', () => {
    const scale = new LossScale();
    expect(scale.value).toBe(65536);
    for (let i = 0; i < 1999; i++) scale.succeed();
    expect(scale.value).toBe(65536);
    scale.succeed();
    expect(scale.value).toBe(131072);
    scale.overflow(['a']);
    expect(scale.value).toBe(65536);
    // The count begins anew.
    for (let i = 0; i < 1999; i++) scale.succeed();
    expect(scale.value).toBe(65536);
  });

  it('goes on from a saved state', () => {
    const [scale, other] = [new LossScale(), new LossScale()];
    scale.overflow(['a']);
    for (let i = 0; i < 5; i++) scale.succeed();
    other.restore(JSON.parse(JSON.stringify(scale.state)));
    expect(other.state).toEqual({ value: 32768, streak: 5 });
    other.restore(undefined);
    expect(other.value).toBe(65536);
  });

  it('ends where it is not the cause', () => {
    const scale = new LossScale();
    const fall = () => {
      for (let i = 0; i < 40; i++) scale.overflow(['a', 'b']);
    };
    expect(fall).toThrow(TrainingError);
    expect(fall).toThrow(/for the batch a, b; set training.bf16 instead/);
    expect(scale.value).toBe(2 ** -14);
  });
});
