/**
 * Writes a folder of Hugging Face's layout with a tiny Wav2Vec2 of random weights: it stands for a downloaded one where there
 * is no network, and knows nothing. `node make-tiny-weights.js FOLDER`
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder = 'my-wav2vec2'] = process.argv.slice(2);
const [channels, hidden, intermediate, layers] = [8, 16, 32, 2];
const kernels = [10, 3, 3, 3, 3, 2, 2];

/** Shapes by the names that transformers gives. */
const shapes = {
  'encoder.pos_conv_embed.conv.bias': [hidden],
  'encoder.pos_conv_embed.conv.parametrizations.weight.original0': [1, 1, 16],
  'encoder.pos_conv_embed.conv.parametrizations.weight.original1': [hidden, hidden / 2, 16],
  ...norm('encoder.layer_norm', hidden),
  ...norm('feature_extractor.conv_layers.0.layer_norm', channels),
  ...norm('feature_projection.layer_norm', channels),
  ...dense('feature_projection.projection', channels, hidden),
};
kernels.forEach((kernel, i) => {
  shapes[`feature_extractor.conv_layers.${i}.conv.weight`] = [channels, i === 0 ? 1 : channels, kernel];
});
for (let i = 0; i < layers; i++) {
  const layer = `encoder.layers.${i}`;
  for (const name of ['q_proj', 'k_proj', 'v_proj', 'out_proj']) {
    Object.assign(shapes, dense(`${layer}.attention.${name}`, hidden, hidden));
  }
  Object.assign(shapes, dense(`${layer}.feed_forward.intermediate_dense`, hidden, intermediate));
  Object.assign(shapes, dense(`${layer}.feed_forward.output_dense`, intermediate, hidden));
  Object.assign(shapes, norm(`${layer}.layer_norm`, hidden), norm(`${layer}.final_layer_norm`, hidden));
}

const config = {
  architectures: ['Wav2Vec2Model'],
  model_type: 'wav2vec2',
  conv_bias: false,
  conv_dim: kernels.map(() => channels),
  conv_kernel: kernels,
  conv_stride: [5, 2, 2, 2, 2, 2, 2],
  do_stable_layer_norm: false,
  feat_extract_activation: 'gelu',
  feat_extract_norm: 'group',
  hidden_act: 'gelu',
  hidden_size: hidden,
  intermediate_size: intermediate,
  layer_norm_eps: 1e-5,
  num_attention_heads: 4,
  num_conv_pos_embedding_groups: 2,
  num_conv_pos_embeddings: 16,
  num_feat_extract_layers: kernels.length,
  num_hidden_layers: layers,
};

mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'config.json'), JSON.stringify(config, undefined, 2));
writeFileSync(join(folder, 'model.safetensors'), safetensors(shapes));

function norm(name, size) {
  return { [`${name}.weight`]: [size], [`${name}.bias`]: [size] };
}

function dense(name, from, to) {
  return { [`${name}.weight`]: [to, from], [`${name}.bias`]: [to] };
}

/** Small weights, norms of one, biases of zero; the same each time. */
function safetensors(tensors) {
  const header = {};
  const parts = [];
  let offset = 0;
  let state = 1;
  const draw = () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 2 ** 30 - 1;
  };
  for (const [name, shape] of Object.entries(tensors)) {
    const size = shape.reduce((product, n) => product * n, 1);
    const scale = Math.sqrt(3 / (size / shape[0]));
    const data = Float32Array.from({ length: size }, () => {
      if (name.endsWith('bias')) return 0;
      return shape.length === 1 || name.endsWith('original0') ? 1 : scale * draw();
    });
    parts.push(Buffer.from(data.buffer));
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + 4 * size] };
    offset += 4 * size;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...parts]);
}
