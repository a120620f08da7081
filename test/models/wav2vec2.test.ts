import { describeModelContract } from '../support/model-contract.js';

const tiny = {
  family: 'wav2vec2',
  normalizeInput: true,
  convolutions: [
    { nChannels: 6, kernelSize: 10, stride: 5 },
    { nChannels: 8, kernelSize: 3, stride: 2 },
  ],
  convolutionBias: false,
  convolutionNorm: 'group',
  projectionNorm: true,
  hiddenSize: 12,
  nLayers: 2,
  nHeads: 3,
  intermediateSize: 16,
  normFirst: false,
  epsilon: 1e-5,
  positionKernelSize: 6,
  positionGroups: 2,
  nBuckets: 8,
  maxDistance: 20,
  featureDropout: 0.1,
  hiddenDropout: 0.1,
  attentionDropout: 0.1,
  activationDropout: 0.1,
  layerDrop: 0,
  spans: {
    timeProbability: 0.2,
    timeLength: 3,
    timeMinSpans: 2,
    featureProbability: 0.1,
    featureLength: 2,
    featureMinSpans: 0,
  },
  encoderOnly: false,
  layerSum: false,
  projectionSize: 5,
  pooling: { type: 'mean' },
  nLogits: 2,
  head: { type: 'linear' },
};

const shapes = { inputShape: [215], freeShape: [null] };

describeModelContract('wav2vec2', [
  { options: tiny, ...shapes, nLogits: 2, isRandom: true },
  {
    options: {
      ...tiny,
      family: 'wavlm',
      convolutionBias: true,
      convolutionNorm: 'layer',
      normFirst: true,
      layerSum: true,
      projectionSize: null,
      pooling: { type: 'attentive-statistics', units: 4, channelwise: true },
      nLogits: 1,
    },
    ...shapes,
    nLogits: 1,
    isRandom: true,
  },
]);
