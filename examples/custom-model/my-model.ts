/** A layer, a feature, an augmentation and a model of one's own. `experiment.ts` names this module in its `plugins`. */
import {
  baseFields,
  checkPower,
  countFrames,
  defineAugmentation,
  defineFeature,
  defineLayer,
  defineModel,
  featureInput,
  headFields,
  linear,
  logitsHead,
  onlyTensor,
  parseLayerOptions,
  pool,
  poolingSchema,
  probability,
  range,
  z,
} from 'voiceproof';
import {
  initializers,
  layers,
  model,
  mul,
  type Shape,
  type SymbolicTensor,
  sigmoid,
  type Tensor,
  tidy,
} from 'voiceproof/tf';

const gateSchema = z.strictObject(baseFields);

/** `y = x sigmoid(w)`, with a weight `w` for each feature, which starts at 0. */
class FeatureGate extends layers.Layer {
  static readonly className = 'FeatureGate';

  constructor(options: z.input<typeof gateSchema> = {}) {
    const [, base] = parseLayerOptions(gateSchema, options, FeatureGate.className);
    super(base);
  }

  override build(inputShape: Shape | Shape[]): void {
    const width = (inputShape as Shape).at(-1) as number;
    this.addWeight('gate', [width], 'float32', initializers.zeros());
    super.build(inputShape);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => mul(onlyTensor(inputs), sigmoid(this.weights[0].read())));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return inputShape as Shape;
  }
}

export const featureGate = defineLayer(FeatureGate);

/** Logarithm of the Teager-Kaiser energy, `x[n]^2 - x[n-1] x[n+1]`, in parts of each frame. */
export const teager = defineFeature({
  name: 'teager',
  version: 1,
  schema: z.strictObject({
    hopLength: z.int().min(16).default(160).describe('Samples from frame to frame, which are also its own.'),
    nBins: z.int().min(1).default(8).describe('Parts of a frame.'),
  }),
  create: ({ hopLength, nBins }) => {
    const nFrames = (nSamples: number) => Math.floor(nSamples / hopLength);
    return {
      nBins,
      hopLength,
      nFrames,
      compute: (waveform) => {
        const result = new Float32Array(countFrames('teager', { nFrames }, waveform) * nBins);
        for (let at = 0; at < result.length; at++) {
          const frame = Math.floor(at / nBins);
          const start = frame * hopLength + Math.floor(((at % nBins) * hopLength) / nBins);
          const end = frame * hopLength + Math.floor((((at % nBins) + 1) * hopLength) / nBins);
          let energy = 0;
          let power = 0;
          for (let n = start; n < end; n++) {
            energy += waveform[n] ** 2 - (waveform[n - 1] ?? 0) * (waveform[n + 1] ?? 0);
            power += waveform[n] ** 2;
          }
          checkPower('teager', power, frame);
          result[at] = Math.log(Math.max(energy, 0) + 1e-6);
        }
        return result;
      },
    };
  },
});

/** A constant added to the waveform, as cheap sound cards do. */
export const offset = defineAugmentation({
  name: 'offset',
  stage: 'waveform',
  schema: z.strictObject({
    probability,
    amount: range(-0.5, 0.5).default([-0.01, 0.01]).describe('Least and greatest offset.'),
  }),
  create: ({ probability, amount }) => ({
    probability,
    apply: (waveform, random) => {
      const drawn = random.uniformBetween(...amount);
      return waveform.map((sample) => sample + drawn);
    },
  }),
});

/** A layer on each frame, the gate, a pooling over time, and a head. */
export const gatedFrames = defineModel({
  name: 'gated-frames',
  input: 'features',
  schema: z.strictObject({
    units: z.int().min(1).default(32).describe('Width of the frames.'),
    pooling: poolingSchema.prefault('statistics').describe('From the frames to one vector.'),
    ...headFields,
  }),
  build: ({ units, pooling, ...head }, inputShape, seed) => {
    // [batch, frames, bins, 1]; checked to be a matrix.
    const { input } = featureInput(inputShape, 1, 'gated-frames');
    const hidden = layers.activation({ name: 'active', activation: 'tanh' });
    const frames = hidden.apply(linear(input, { name: 'frames', units, seed })) as SymbolicTensor;
    const gated = new featureGate.Layer({ name: 'gate' }).apply(frames) as SymbolicTensor;
    const outputs = logitsHead(pool(gated, pooling, seed), head, seed);
    return model({ name: 'gated-frames', inputs: input, outputs });
  },
});
