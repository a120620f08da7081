/** How deep each layer of a model with an encoder lies, for training that treats the depths differently. */
import type { LayersModel, layers, SymbolicTensor } from '@tensorflow/tfjs-layers';

/** The depths of a model. */
export interface EncoderDepths {
  /** Layers of the encoder's transformer. */
  readonly nLayers: number;
  /**
   * By layer name: 0 for what comes before the transformer, `i + 1` for its layer `i` (a norm after the last layer belongs
   * to it), `nLayers + 1` for all behind the encoder.
   */
  depthOf(layerName: string): number;
  /** Whether a layer is one of the convolutions on the waveform, or a norm between them. */
  isFeatureEncoder(layerName: string): boolean;
}

/** The depths of a model, by the names that `encoder` gives its layers; undefined where it has no encoder. */
export function encoderDepths(net: LayersModel): EncoderDepths | undefined {
  const byName = new Map(net.layers.map((layer) => [layer.name, layer]));
  const transformer: layers.Layer[] = [];
  for (let layer = byName.get('layer0'); layer !== undefined; layer = byName.get(`layer${transformer.length}`)) {
    transformer.push(layer);
  }
  if (!byName.has('encoder-dropout') || transformer.length === 0) return undefined;
  const depths = new Map<string, number>();
  const visit = (tensor: SymbolicTensor, depth: number): void => {
    const { name } = tensor.sourceLayer;
    if (depths.has(name)) return;
    depths.set(name, depth);
    for (const input of tensor.inputs) visit(input, depth);
  };
  for (const input of [(transformer[0] as layers.Layer).input].flat()) visit(input as SymbolicTensor, 0);
  for (const [i, layer] of transformer.entries()) visit(layer.output as SymbolicTensor, i + 1);
  if (!depths.has('encoder-norm')) depths.set('encoder-norm', transformer.length);
  return {
    nLayers: transformer.length,
    depthOf: (layerName) => depths.get(layerName) ?? transformer.length + 1,
    isFeatureEncoder: (layerName) => depths.get(layerName) === 0 && /^conv\d+(-|$)/.test(layerName),
  };
}
