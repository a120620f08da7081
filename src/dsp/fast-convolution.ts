/**
 * Linear convolution by overlap-add: blocks are transformed, multiplied by the kernel's spectrum and transformed back.
 * Two blocks go through one complex transform, one as its real and one as its imaginary part.
 */
import { createFourierTransform, type FourierTransform } from './fourier.js';

const SMALLEST = 1024;
/** A power of two from one kernel length to the next: few, and each is used again by the next clip. */
const transforms = new Map<number, FourierTransform>();

/**
 * The full convolution, `y[n] = sum over k of kernel[k] signal[n - k]`.
 *
 * @param signal at least 1 sample
 * @param kernel at least 1 sample
 * @returns `signal.length + kernel.length - 1` samples, freshly allocated
 */
export function convolve(signal: ArrayLike<number>, kernel: ArrayLike<number>): Float32Array {
  const length = signal.length + kernel.length - 1;
  // Four times the kernel keeps most of each transform for the signal; beyond all there is to compute it is wasted.
  const size = Math.max(SMALLEST, Math.min(powerOfTwoFrom(4 * kernel.length), powerOfTwoFrom(length)));
  const transform = transformOf(size);
  const { input, output } = transform;
  const spectrum = spectrumOf(kernel, transform);
  const nBlock = size - kernel.length + 1;
  const result = new Float32Array(length);
  for (let start = 0; start < signal.length; start += 2 * nBlock) {
    const second = start + nBlock;
    input.fill(0);
    for (let i = 0; i < Math.min(nBlock, signal.length - start); i++) input[2 * i] = signal[start + i];
    for (let i = 0; i < Math.min(nBlock, signal.length - second); i++) input[2 * i + 1] = signal[second + i];
    transform.run();
    for (let i = 0; i < 2 * size; i += 2) {
      input[i] = output[i] * spectrum[i] - output[i + 1] * spectrum[i + 1];
      input[i + 1] = output[i] * spectrum[i + 1] + output[i + 1] * spectrum[i];
    }
    // The inverse transform is the forward one read backwards; its scale is in the kernel's spectrum.
    transform.run();
    for (let i = 0; i < Math.min(size, length - start); i++) {
      const at = i === 0 ? 0 : 2 * (size - i);
      result[start + i] += output[at];
      // Beyond the end this does nothing.
      result[second + i] += output[at + 1];
    }
  }
  return result;
}

function spectrumOf(kernel: ArrayLike<number>, { size, input, output, run }: FourierTransform): Float64Array {
  input.fill(0);
  for (let i = 0; i < kernel.length; i++) input[2 * i] = kernel[i];
  run();
  return Float64Array.from(output, (value) => value / size);
}

function transformOf(size: number): FourierTransform {
  const made = transforms.get(size) ?? createFourierTransform(size);
  transforms.set(size, made);
  return made;
}

function powerOfTwoFrom(n: number): number {
  return 2 ** Math.ceil(Math.log2(n));
}
