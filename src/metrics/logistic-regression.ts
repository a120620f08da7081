/** Logistic regression on a handful of inputs, by Newton's method. */

/** One observation. */
export interface Observation {
  readonly inputs: readonly number[];
  /** Probability of the class, 0 to 1. */
  readonly target: number;
  /** How much it counts, positive. */
  readonly weight: number;
}

/** `sigmoid(weights · inputs + bias)` is the probability of the class. */
export interface LogisticModel {
  readonly weights: readonly number[];
  readonly bias: number;
}

/** How a model is fitted. */
export interface LogisticOptions {
  /** Pulls the weights of inputs of unit variance to 0, which keeps them finite where classes don't overlap. */
  readonly ridge?: number;
}

const MAX_STEPS = 100;
/** Change of the coefficients, of inputs of unit variance, at which they are there. */
const TOLERANCE = 1e-10;
/** Added to the curvature, so that inputs that say the same can be told apart by the solver. */
const JITTER = 1e-12;

/**
 * Fits a logistic regression: the weighted cross-entropy, plus half `ridge` times the squared weights, at its least.
 *
 * @param observations at least one, with equally many inputs
 */
export function fitLogisticRegression(
  observations: readonly Observation[],
  { ridge = 1e-9 }: LogisticOptions = {},
): LogisticModel {
  const nInputs = observations[0].inputs.length;
  const total = observations.reduce((sum, { weight }) => sum + weight, 0);
  const means = Array.from({ length: nInputs }, (_, i) => {
    return observations.reduce((sum, { inputs, weight }) => sum + weight * inputs[i], 0) / total;
  });
  const scales = means.map((mean, i) => {
    const variance = observations.reduce((sum, { inputs, weight }) => sum + weight * (inputs[i] - mean) ** 2, 0);
    return Math.sqrt(variance / total) || 1;
  });
  const rows = observations.map(({ inputs, target, weight }) => ({
    x: [...inputs.map((value, i) => (value - means[i]) / scales[i]), 1],
    target,
    weight: weight / total,
  }));
  const penalty = (i: number) => (i < nInputs ? ridge : 0);
  const lossOf = (at: readonly number[]): number =>
    rows.reduce((sum, { x, target, weight }) => {
      const z = dot(at, x);
      return sum + weight * (Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - target * z);
    }, 0) + at.reduce((sum, value, i) => sum + (penalty(i) * value * value) / 2, 0);

  let coefficients: readonly number[] = new Array<number>(nInputs + 1).fill(0);
  let loss = lossOf(coefficients);
  for (let step = 0; step < MAX_STEPS; step++) {
    const gradient = coefficients.map((value, i) => penalty(i) * value);
    const curvature = coefficients.map((_, i) => coefficients.map((_, j) => (i === j ? penalty(i) + JITTER : 0)));
    for (const { x, target, weight } of rows) {
      const probability = 1 / (1 + Math.exp(-dot(coefficients, x)));
      const slope = weight * (probability - target);
      const bend = weight * probability * (1 - probability);
      for (let i = 0; i <= nInputs; i++) {
        gradient[i] += slope * x[i];
        for (let j = 0; j <= nInputs; j++) curvature[i][j] += bend * x[i] * x[j];
      }
    }
    const direction = solve(curvature, gradient);
    // A full step can overshoot where the classes lie far apart.
    let size = 1;
    let next = coefficients.map((value, i) => value - direction[i]);
    for (; lossOf(next) > loss && size > 1e-8; size /= 2) {
      next = coefficients.map((value, i) => value - (size / 2) * direction[i]);
    }
    const moved = Math.max(...next.map((value, i) => Math.abs(value - coefficients[i])));
    coefficients = next;
    loss = lossOf(next);
    if (moved < TOLERANCE) break;
  }
  const weights = scales.map((scale, i) => coefficients[i] / scale);
  return { weights, bias: coefficients[nInputs] - dot(weights, means) };
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

/** Solves a symmetric positive system by Gauss-Jordan elimination with pivots. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  const n = rows.length;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let i = column + 1; i < n; i++) {
      if (Math.abs(rows[i][column]) > Math.abs(rows[pivot][column])) pivot = i;
    }
    [rows[column], rows[pivot]] = [rows[pivot], rows[column]];
    for (let i = 0; i < n; i++) {
      if (i === column) continue;
      const factor = rows[i][column] / rows[column][column];
      for (let j = column; j <= n; j++) rows[i][j] -= factor * rows[column][j];
    }
  }
  return rows.map((row, i) => row[n] / row[i]);
}
