/** What a Wav2Vec2 says on its way. */
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { model } from '@tensorflow/tfjs-layers';
import { CheckpointError } from '../runtime/errors.js';

/**
 * The hidden states of a model's encoder as transformers 4 counts them: what its transformer takes, then what each of its
 * layers gives, the last one normalised where the encoder ends in a norm.
 *
 * @throws CheckpointError where the model has no such encoder
 */
function hiddenStatesOf(net: LayersModel): SymbolicTensor[] {
  const byName = new Map(net.layers.map((layer) => [layer.name, layer]));
  const first = byName.get('encoder-dropout');
  if (first === undefined) throw new CheckpointError(`${net.name}: expected an encoder with hidden states, got none`);
  const states = [first.output as SymbolicTensor];
  for (let i = 0; ; i++) {
    const layer = byName.get(`layer${i}`);
    if (layer === undefined) break;
    states.push(layer.output as SymbolicTensor);
  }
  // A norm before the first layer belongs to what the transformer takes; one after the last layer ends it.
  const norm = byName.get('encoder-norm')?.output as SymbolicTensor;
  const order = net.layers.map((layer) => layer.name);
  if (order.indexOf('encoder-norm') > order.indexOf('layer0')) states[states.length - 1] = norm;
  return states;
}

/** A model that gives all hidden states, in order, and shares its weights with `net`. */
export function embedder(net: LayersModel): LayersModel {
  return model({ name: 'embedder', inputs: net.inputs, outputs: hiddenStatesOf(net) });
}
