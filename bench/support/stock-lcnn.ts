import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, type Shape, type SymbolicTensor } from '@tensorflow/tfjs-layers';

/** Kernel size, channels after the max-feature-map, pooling, batch norm; as src/models/lcnn.ts has them. */
const BLOCKS = [
  [5, 32, true, false],
  [1, 32, false, true],
  [3, 48, true, true],
  [1, 48, false, true],
  [3, 64, true, false],
  [1, 64, false, true],
  [3, 32, false, true],
  [1, 32, false, true],
  [3, 32, true, false],
] as const;

/** tfjs has no max-feature-map; anybody would write it like this. */
class StockMaxFeatureMap extends layers.Layer {
  static readonly className = 'StockMaxFeatureMap';

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const [first, second] = tf.split(Array.isArray(inputs) ? inputs[0] : inputs, 2, -1);
      return tf.maximum(first, second);
    });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = inputShape as Shape;
    return [...shape.slice(0, -1), (shape.at(-1) as number) / 2];
  }
}

/**
 * LCNN as one gets it from TensorFlow.js without us: its own layers, dropout, LSTM and Adam, op by op. Its batch norm trains
 * a factor and an offset too, as it fails in training without.
 */
export function prepareStockLcnn(x: tf.Tensor, labels: Int32Array) {
  const features = input({ shape: x.shape.slice(1) });
  let y = layers.reshape({ targetShape: [...x.shape.slice(1), 1] }).apply(features) as SymbolicTensor;
  for (const [kernelSize, nChannels, pool, norm] of BLOCKS) {
    y = layers.conv2d({ filters: 2 * nChannels, kernelSize, padding: 'same' }).apply(y) as SymbolicTensor;
    y = new StockMaxFeatureMap({}).apply(y) as SymbolicTensor;
    if (pool) y = layers.maxPooling2d({ poolSize: 2 }).apply(y) as SymbolicTensor;
    if (norm) y = layers.batchNormalization({}).apply(y) as SymbolicTensor;
  }
  y = layers.dropout({ rate: 0.7 }).apply(y) as SymbolicTensor;
  const [, frames, bins, channels] = y.shape as number[];
  const sequence = layers.reshape({ targetShape: [frames, bins * channels] }).apply(y) as SymbolicTensor;
  const lstm = (of: SymbolicTensor) =>
    layers
      .bidirectional({
        layer: layers.lstm({ units: (bins * channels) / 2, returnSequences: true }) as never,
        mergeMode: 'concat',
      })
      .apply(of) as SymbolicTensor;
  const skipped = layers.add().apply([sequence, lstm(lstm(sequence))]) as SymbolicTensor;
  const logits = layers.dense({ units: 2 }).apply(layers.globalAveragePooling1d({}).apply(skipped)) as SymbolicTensor;
  const lcnn = model({ inputs: features, outputs: logits });
  const optimizer = tf.train.adam(1e-4);
  const targets = tf.oneHot(tf.tensor1d(labels, 'int32'), 2);
  return {
    train: () => {
      tf.tidy(() => {
        const loss = () =>
          tf.losses.softmaxCrossEntropy(targets, lcnn.apply(x, { training: true }) as tf.Tensor) as tf.Scalar;
        return (optimizer.minimize(loss, true) as tf.Scalar).dataSync();
      });
    },
    dispose: () => {
      lcnn.dispose();
      optimizer.dispose();
      targets.dispose();
    },
  };
}
