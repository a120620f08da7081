/** Small computations that show whether an engine computes right, leaks, and how fast it is. */
import * as tf from '@tensorflow/tfjs-core';
import { type Check, fine, problem } from './check.js';
import type { Engine } from './engine.js';
import { messageOf } from './errors.js';

const DEFECT = 'this is a defect of the engine here: try --engine cpu to compare, and report it';

/** Runs what tells whether `engine` computes right: the gradients too, where it has them. */
export function tryEngine(engine: Engine): Check[] {
  const checks = [attempt('matrix product', checkProduct)];
  if (engine.kind === 'wasm') return checks;
  return [...checks, attempt('convolution gradient', checkGradient), attempt('tensor leaks', () => checkLeaks(engine))];
}

/**
 * The best rate of five products of two n x n float32 matrices, in billions of multiplications and additions a second.
 */
export async function measureProduct(n: number): Promise<number> {
  const a = tf.ones([n, n]);
  const seconds: number[] = [];
  for (let round = 0; round < 8; round++) {
    const start = performance.now();
    const product = tf.matMul(a, a);
    await product.data();
    product.dispose();
    // The first rounds warm up.
    if (round >= 3) seconds.push((performance.now() - start) / 1000);
  }
  a.dispose();
  return Math.round((2 * n ** 3) / Math.min(...seconds) / 1e8) / 10;
}

/** A product small enough to be checked by hand. */
function checkProduct(): Check {
  const n = 17;
  const a = Float32Array.from({ length: n * n }, (_, i) => Math.sin(i));
  const b = Float32Array.from({ length: n * n }, (_, i) => Math.cos(3 * i));
  const got = tf.tidy(() => tf.matMul(tf.tensor2d(a, [n, n]), tf.tensor2d(b, [n, n])).dataSync());
  let worst = 0;
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += a[row * n + k] * b[k * n + column];
      worst = Math.max(worst, Math.abs(sum - got[row * n + column]));
    }
  }
  return judge('matrix product', worst, 1e-5);
}

/** The gradient of a sum of squares behind a convolution: quadratic, so that central differences have no error. */
function checkGradient(): Check {
  const x = tf.tensor4d(
    Float32Array.from({ length: 60 }, (_, i) => Math.sin(i)),
    [1, 6, 5, 2],
  );
  const weights = Float32Array.from({ length: 54 }, (_, i) => Math.cos(i) / 3);
  const loss = (w: tf.Tensor): tf.Scalar => tf.sum(tf.square(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same')));
  const at = (values: Float32Array): number => tf.tidy(() => loss(tf.tensor4d(values, [3, 3, 2, 3])).dataSync()[0]);
  const gradient = tf.tidy(() =>
    tf
      .grad(loss)(tf.tensor4d(weights, [3, 3, 2, 3]))
      .dataSync(),
  );
  const step = 0.05;
  let worst = 0;
  for (const index of [0, 13, 30, 53]) {
    const up = weights.slice();
    const down = weights.slice();
    up[index] += step;
    down[index] -= step;
    const slope = (at(up) - at(down)) / (up[index] - down[index]);
    worst = Math.max(worst, Math.abs(slope - gradient[index]) / Math.max(1, Math.abs(slope)));
  }
  x.dispose();
  return judge('convolution gradient', worst, 1e-3);
}

/** Twenty rounds that make and drop tensors must leave none. */
function checkLeaks(engine: Engine): Check {
  const before = [tf.memory().numTensors, engine.liveTensors()] as const;
  for (let round = 0; round < 20; round++) {
    tf.tidy(() =>
      tf
        .grad((x: tf.Tensor) => tf.sum(tf.relu(tf.matMul(x as tf.Tensor2D, tf.ones([8, 8])))))(tf.ones([4, 8]))
        .dataSync(),
    );
  }
  const left = Math.max(tf.memory().numTensors - before[0], engine.liveTensors() - before[1]);
  if (left === 0) return fine('tensor leaks', 'none in 20 rounds');
  return problem('tensor leaks', `${left} tensors left after 20 rounds`, DEFECT);
}

function judge(name: string, error: number, tolerance: number): Check {
  if (error <= tolerance) return fine(name, `right to ${error.toExponential(0)}`);
  return problem(name, `off by ${error.toExponential(1)}, more than ${tolerance}`, DEFECT);
}

function attempt(name: string, check: () => Check): Check {
  try {
    return check();
  } catch (error) {
    return problem(name, messageOf(error), DEFECT);
  }
}
