import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../src/graph/compile.js';
import { PROFILE_FILES, type ProfileSummary, writeProfile } from '../../src/graph/profile-report.js';
import { type ProfiledStep, Profiler } from '../../src/graph/profiler.js';
import { uniformTensor } from '../../src/layers/uniform-tensor.js';
import { namedWeights } from '../../src/models/named-weights.js';
import { buildModel } from '../../src/models/registry.js';
import type { Engine } from '../../src/runtime/engine.js';
import { startTestEngine } from '../support/engine.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startTestEngine();
});

type Step = { x: tf.Tensor; seed: tf.Tensor };

/** Seven steps of descent on an LCNN, the fourth to sixth of them measured. */
function profiled(isCompiled: boolean, isProfiled: boolean) {
  const model = buildModel({ type: 'lcnn', width: 0.25 }, [48, 20], 1);
  const trained = [...namedWeights(model).values()]
    .filter(({ trainable }) => trainable)
    .map(({ variable }) => variable);
  const plain = ({ x, seed }: Step) => {
    const forward = () => tf.mean(tf.square(tf.sub(model.apply(x, { training: true, seed }) as tf.Tensor, 1)));
    const { value, grads } = tf.variableGrads(forward as () => tf.Scalar, trained);
    for (const variable of trained) variable.assign(tf.sub(variable, tf.mul(grads[variable.name], 0.01)));
    return { loss: value };
  };
  const compiled = compile(plain);
  const step = isCompiled ? compiled : plain;
  let measured: readonly ProfiledStep[] = [];
  const profiler = new Profiler({ wait: 2, warmup: 1, active: 3 }, (steps) => {
    measured = steps;
  });
  const losses = Array.from({ length: 7 }, (_, i) =>
    tf.tidy(() => {
      const inputs = { x: uniformTensor([4, 48, 20], 1, 1), seed: tf.scalar(i, 'int32') };
      const run = () => step(inputs).loss.dataSync()[0];
      return isProfiled ? profiler.step('train', run) : run();
    }),
  );
  compiled.dispose();
  model.dispose();
  return { losses, measured };
}

describe.each([true, false])('a profile of steps (compiled: %s)', (isCompiled) => {
  it('changes no number, and says which layers and ops took the time', () => {
    const expected = profiled(isCompiled, false).losses;
    const before = [tf.memory().numTensors, engine.liveTensors()];
    const { losses, measured } = profiled(isCompiled, true);
    expect(losses).toEqual(expected);
    expect([tf.memory().numTensors, engine.liveTensors()]).toEqual(before);
    expect(measured).toHaveLength(3);

    const directory = mkdtempSync(join(tmpdir(), 'voiceproof-profile-'));
    const text = writeProfile(directory, measured);
    const read = (name: string) => readFileSync(join(directory, name), 'utf8');
    const summary = JSON.parse(read(PROFILE_FILES.summary)) as ProfileSummary;
    const trace = JSON.parse(read(PROFILE_FILES.trace)) as { traceEvents: Record<string, unknown>[] };
    rmSync(directory, { recursive: true });

    const layerOf = (name: string) => summary.byLayer.find(({ layer }) => layer === name);
    for (const name of ['conv1', 'conv5', 'lstm1', 'logits']) {
      expect(layerOf(name)?.forwardMilliseconds, name).toBeGreaterThan(0);
      expect(layerOf(name)?.backwardMilliseconds, name).toBeGreaterThan(0);
      if (isCompiled) expect(layerOf(name)?.gigaflops, name).toBeGreaterThan(0);
    }
    // All but the loss, the update and the sums of gradients belongs to a layer.
    expect(layerOf('')?.share ?? 0).toBeLessThan(0.4);
    for (const shares of [summary.byLayer, summary.byOp]) {
      expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
    }
    expect(summary.byOp.map(({ op }) => op).join()).toMatch(/Conv2DBackpropFilter/);
    expect(summary.nSteps).toBe(3);
    expect(text).toMatch(/^layer +forward ms +backward ms/m);
    expect(text).toMatch(/^conv1 /m);

    const complete = trace.traceEvents.filter(({ ph }) => ph === 'X');
    expect(complete.filter(({ cat }) => cat === 'step')).toHaveLength(3);
    expect(complete.length).toBeGreaterThan(500);
    for (const { ts, dur, pid, tid } of complete) {
      expect(Number.isFinite(Number(ts) + Number(dur) + Number(pid) + Number(tid))).toBe(true);
    }
    // Ops lie within the time of the steps: the clocks agree.
    const end = Math.max(
      ...complete.filter(({ cat }) => cat === 'step').map(({ ts, dur }) => Number(ts) + Number(dur)),
    );
    for (const { ts, dur } of complete) {
      expect(Number(ts)).toBeGreaterThan(-20_000);
      expect(Number(ts) + Number(dur)).toBeLessThan(end + 20_000);
    }
  });
});

it('gives back what it holds where it is left in the middle', () => {
  const double = compile(({ x }: { x: tf.Tensor }) => ({ y: tf.mul(x, 2) }));
  const profiler = new Profiler({ wait: 0, warmup: 0, active: 2 }, () => expect.unreachable());
  const run = () => tf.tidy(() => double({ x: tf.tensor1d([1, 2]) }).y.dataSync());
  expect([...profiler.step('one', run)]).toEqual([2, 4]);
  profiler.dispose();
  expect([...profiler.step('two', run)]).toEqual([2, 4]);
  double.dispose();
});
