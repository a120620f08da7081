/** Draws of the binomial distribution, at a cost that does not grow with the number of trials. */

/** A source of uniform numbers in [0, 1). */
export type Uniform = () => number;

/** Below this mean, counting up from 0 is faster than rejection, which is not made for it. */
const LEAST_MEAN_FOR_REJECTION = 10;

/**
 * How many of `n` trials succeed.
 *
 * @param n a whole number of at least 0
 * @param p chance of each, in [0, 1]
 */
export function drawBinomial(n: number, p: number, uniform: Uniform): number {
  if (n === 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - drawBinomial(n, 1 - p, uniform);
  return n * p < LEAST_MEAN_FOR_REJECTION ? byInversion(n, p, uniform) : byRejection(n, p, uniform);
}

/** Walks up the distribution function. */
function byInversion(n: number, p: number, uniform: Uniform): number {
  const odds = p / (1 - p);
  let probability = (1 - p) ** n;
  let left = uniform();
  let k = 0;
  while (left > probability && k < n) {
    left -= probability;
    k++;
    probability *= (odds * (n - k + 1)) / k;
  }
  return k;
}

/**
 * Transformed rejection with a squeeze: algorithm BTRS of Hörmann, "The generation of binomial random variates" (Journal of
 * Statistical Computation and Simulation 46, 1993), with its constants.
 */
function byRejection(n: number, p: number, uniform: Uniform): number {
  const spread = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * spread;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const alpha = (2.83 + 5.1 / b) * spread;
  const squeeze = 0.92 - 4.2 / b;
  const mode = Math.floor((n + 1) * p);
  const logOdds = Math.log(p / (1 - p));
  const atMode = logFactorial(mode) + logFactorial(n - mode);
  for (;;) {
    const u = uniform() - 0.5;
    const v = uniform();
    const distance = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / distance + b) * u + n * p + 0.5);
    if (!(k >= 0 && k <= n)) continue;
    if (distance >= 0.07 && v <= squeeze) return k;
    const logDensity = atMode - logFactorial(k) - logFactorial(n - k) + (k - mode) * logOdds;
    if (Math.log((v * alpha) / (a / distance ** 2 + b)) <= logDensity) return k;
  }
}

/** Numbers below it have their logarithmic factorial in a table. */
const N_TABLE = 16;
const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/** By Stirling's series, whose first term left out is below 1e-12 here. */
function logFactorial(k: number): number {
  if (k < N_TABLE) return SMALL[k];
  const x = k + 1;
  const square = 1 / (x * x);
  const series = (1 / 12 - (1 / 360 - (1 / 1260 - square / 1680) * square) * square) / x;
  return (x - 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI + series;
}

const SMALL = Float64Array.from({ length: N_TABLE }, (_, k) => {
  let sum = 0;
  for (let i = 2; i <= k; i++) sum += Math.log(i);
  return sum;
});
