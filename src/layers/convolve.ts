/**
 * Convolution of maps with what tfjs leaves out: groups, gradients of dilated kernels, and padding alike on both sides, as
 * PyTorch's `Conv2d` has them.
 */
import * as tf from '@tensorflow/tfjs-core';
import { NATIVE_BACKEND, onEngine } from '../runtime/native/kernel-backend.js';
import { executeRawOp, hasRawOps, type RawAttribute } from '../runtime/native/raw-op.js';

/** Two numbers: along frames and along bins. */
export type Pair = readonly [number, number];

/** How a kernel moves over maps. */
export interface ConvolutionGeometry {
  /** Steps between outputs; default 1. */
  readonly strides?: Pair;
  /** Steps between the kernel's values; default 1. */
  readonly dilations?: Pair;
  /** Zeros before and after the maps; default 0. */
  readonly padding?: Pair;
  /** Into how many groups the channels are parted, each convolved by itself; default 1. */
  readonly groups?: number;
}

/**
 * `[batch, frames, bins, channels]` by a kernel `[height, width, channels / groups, nChannels]` to
 * `[batch, frames', bins', nChannels]`, with gradients: of the input only where somebody asks for it. Output channels
 * belong to groups in their order, as in PyTorch.
 */
export function convolve(x: tf.Tensor4D, kernel: tf.Tensor4D, geometry: ConvolutionGeometry = {}): tf.Tensor4D {
  const { strides = [1, 1], dilations = [1, 1], padding = [0, 0], groups = 1 } = geometry;
  if (!hasRawOps()) return composedConvolve(x, kernel, { strides, dilations, padding, groups });
  const isPlain = groups === 1 && dilations.every((dilation) => dilation === 1);
  const whole = { strides, dilations, padding, groups };
  if (!isPlain && !hasAllGradients()) return composedConvolve(x, kernel, whole);
  const attributes: Attributes = { strides, dilations, padding, isPlain };
  return tf.engine().runKernel(KERNEL, { x, kernel }, attributes as unknown as tf.NamedAttrMap);
}

/** The length that comes out along one axis, of a free length null. */
export function convolvedLength(
  length: number | null,
  kernelSize: number,
  { stride, dilation, padding }: { readonly stride: number; readonly dilation: number; readonly padding: number },
): number | null {
  if (length === null) return null;
  return Math.floor((length + 2 * padding - dilation * (kernelSize - 1) - 1) / stride) + 1;
}

/** By ops that every engine has, and that have gradients: a kernel dilated by zeros, and a convolution a group. */
export function composedConvolve(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  { strides, dilations, padding, groups }: Required<ConvolutionGeometry>,
): tf.Tensor4D {
  return tf.tidy(() => {
    const input = padded(x, padding);
    const spread = dilated(kernel, dilations);
    const convolved = (part: tf.Tensor4D, by: tf.Tensor4D) => tf.conv2d(part, by, strides as [number, number], 'valid');
    if (groups === 1) return convolved(input, spread);
    if (groups === input.shape[3]) return depthwise(input, spread, strides);
    const kernels = tf.split(spread, groups, 3) as tf.Tensor4D[];
    return tf.concat(
      (tf.split(input, groups, 3) as tf.Tensor4D[]).map((part, group) => convolved(part, kernels[group])),
      3,
    );
  });
}

/** A group a channel, which engines have as an op of its own. */
function depthwise(x: tf.Tensor4D, kernel: tf.Tensor4D, strides: Pair): tf.Tensor4D {
  const [height, width, , nOutputs] = kernel.shape;
  const byChannel = tf.reshape(kernel, [height, width, x.shape[3], nOutputs / x.shape[3]]) as tf.Tensor4D;
  return tf.depthwiseConv2d(x, byChannel, strides as [number, number], 'valid');
}

function padded(x: tf.Tensor4D, [frames, bins]: Pair): tf.Tensor4D {
  if (frames === 0 && bins === 0) return x;
  const around: [number, number][] = [
    [0, 0],
    [frames, frames],
    [bins, bins],
    [0, 0],
  ];
  return tf.pad(x, around);
}

/** The kernel with zeros between its values. */
function dilated(kernel: tf.Tensor4D, [byFrames, byBins]: Pair): tf.Tensor4D {
  if (byFrames === 1 && byBins === 1) return kernel;
  const [height, width, nInputs, nOutputs] = kernel.shape;
  const apart = tf.reshape(kernel, [height, 1, width, 1, nInputs * nOutputs]);
  const spread = tf.pad(apart, [
    [0, 0],
    [0, byFrames - 1],
    [0, 0],
    [0, byBins - 1],
    [0, 0],
  ]);
  const whole = tf.reshape(spread, [height * byFrames, width * byBins, nInputs, nOutputs]);
  // Without the zeros after the last value.
  const size = [byFrames * (height - 1) + 1, byBins * (width - 1) + 1, nInputs, nOutputs];
  return tf.slice(whole, [0, 0, 0, 0], size) as tf.Tensor4D;
}

/** Name of our op in tfjs's registry: a gradient found there is computed input by input, as each is asked for. */
const KERNEL = 'VoiceproofConvolve';

interface Attributes extends Required<Omit<ConvolutionGeometry, 'groups'>> {
  /** Whether the kernel has neither groups nor holes. */
  readonly isPlain: boolean;
}

tf.registerKernel({
  kernelName: KERNEL,
  backendName: NATIVE_BACKEND,
  kernelFunc: ({ inputs, attrs }) => {
    const { x, kernel } = inputs as unknown as { x: tf.Tensor4D; kernel: tf.Tensor4D };
    return forward(x, kernel, attrs as unknown as Attributes);
  },
});

tf.registerGradient({
  kernelName: KERNEL,
  inputsToSave: ['x', 'kernel'],
  gradFunc: (dy, saved, attrs) => {
    const [x, kernel] = saved as [tf.Tensor4D, tf.Tensor4D];
    const attributes = attrs as unknown as Attributes;
    return {
      x: () => gradientOfInput(x, kernel, dy as tf.Tensor4D, attributes),
      kernel: () => gradientOfKernel(x, kernel, dy as tf.Tensor4D, attributes),
    };
  },
});

function forward(x: tf.Tensor4D, kernel: tf.Tensor4D, attributes: Attributes): tf.Tensor {
  const { padding, isPlain } = attributes;
  const scheme = paddingScheme(x, kernel, attributes);
  if (scheme !== 'EXPLICIT') return executeRawOp('Conv2D', rawAttributes(attributes, scheme), [x, kernel], 1)[0];
  const zeros = [0, 0, padding[0], padding[0], padding[1], padding[1], 0, 0];
  if (isPlain) return executeRawOp('Conv2D', rawAttributes(attributes, scheme, zeros), [x, kernel], 1)[0];
  return executeRawOp('Conv2D', rawAttributes(attributes, 'VALID'), [padded(x, padding), kernel], 1)[0];
}

/*
 * With explicit padding TensorFlow takes the gradients from its own kernels, which know neither groups nor holes and take
 * two to four times as long as oneDNN's: pads and cuts around those are cheaper.
 */

function gradientOfInput(x: tf.Tensor4D, kernel: tf.Tensor4D, dy: tf.Tensor4D, attributes: Attributes): tf.Tensor {
  const scheme = paddingScheme(x, kernel, attributes);
  const run = (shape: number[], by: string): tf.Tensor => {
    const inputs = [tf.tensor1d(shape, 'int32'), kernel, dy];
    return executeRawOp('Conv2DBackpropInput', rawAttributes(attributes, by), inputs, 1)[0];
  };
  if (scheme !== 'EXPLICIT') return run(x.shape, scheme);
  const [batch, frames, bins, channels] = x.shape;
  const [aboveFrames, aboveBins] = attributes.padding;
  const whole = run([batch, frames + 2 * aboveFrames, bins + 2 * aboveBins, channels], 'VALID');
  return tf.slice(whole, [0, aboveFrames, aboveBins, 0], x.shape);
}

function gradientOfKernel(x: tf.Tensor4D, kernel: tf.Tensor4D, dy: tf.Tensor4D, attributes: Attributes): tf.Tensor {
  const scheme = paddingScheme(x, kernel, attributes);
  const [input, by] = scheme === 'EXPLICIT' ? [padded(x, attributes.padding), 'VALID'] : [x, scheme];
  const used = by === 'VALID' ? withoutRest(input, kernel, dy, attributes) : input;
  const inputs = [used, tf.tensor1d(kernel.shape, 'int32'), dy];
  return executeRawOp('Conv2DBackpropFilter', rawAttributes(attributes, by), inputs, 1)[0];
}

/**
 * The input without what no step of the kernel reaches at its ends: oneDNN's gradient of a kernel of one value with stride 2
 * writes beyond its memory where one is left over.
 */
function withoutRest(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  dy: tf.Tensor4D,
  { strides, dilations }: Attributes,
): tf.Tensor4D {
  const [frames, bins] = [0, 1].map(
    (axis) => (dy.shape[1 + axis] - 1) * strides[axis] + dilations[axis] * (kernel.shape[axis] - 1) + 1,
  );
  if (frames === x.shape[1] && bins === x.shape[2]) return x;
  return tf.slice(x, [0, 0, 0, 0], [x.shape[0], frames, bins, x.shape[3]]);
}

/** TensorFlow's name of the padding; its "same" is ours only where it comes out alike on both sides. */
function paddingScheme(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  { strides, dilations, padding }: Attributes,
): 'SAME' | 'VALID' | 'EXPLICIT' {
  const isSame = padding.every((zeros, axis) => {
    const length = x.shape[1 + axis];
    const span = dilations[axis] * (kernel.shape[axis] - 1) + 1;
    return (Math.ceil(length / strides[axis]) - 1) * strides[axis] + span - length === 2 * zeros;
  });
  if (isSame) return 'SAME';
  return padding.every((zeros) => zeros === 0) ? 'VALID' : 'EXPLICIT';
}

function rawAttributes(
  { strides, dilations }: Pick<Attributes, 'strides' | 'dilations'>,
  padding: string,
  zeros: readonly number[] = [],
): Record<string, RawAttribute> {
  return {
    T: 'float32',
    strides: [1, ...strides, 1],
    dilations: [1, ...dilations, 1],
    padding,
    explicit_paddings: zeros,
    data_format: 'NHWC',
    use_cudnn_on_gpu: true,
  };
}

/** What is known of engines, by tfjs's backend. */
const known = new WeakMap<tf.KernelBackend, boolean>();

/**
 * Whether the engine has the gradients of grouped and of dilated kernels: with oneDNN and on GPUs it does, TensorFlow's own
 * kernels for CPUs refuse them. Only a trial tells.
 */
function hasAllGradients(): boolean {
  const backend = tf.backend();
  let answer = known.get(backend);
  if (answer === undefined) {
    answer = onEngine(() =>
      tf.tidy(() => {
        const attributes = rawAttributes({ strides: [1, 1], dilations: [2, 2] }, 'SAME');
        const [x, kernelShape] = [tf.zeros([1, 4, 4, 4]), tf.tensor1d([3, 3, 2, 4], 'int32')];
        try {
          executeRawOp('Conv2DBackpropFilter', attributes, [x, kernelShape, x], 1);
          return true;
        } catch {
          return false;
        }
      }),
    );
    known.set(backend, answer);
  }
  return answer;
}
