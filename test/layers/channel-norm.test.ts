import { ChannelNorm } from '../../src/layers/channel-norm.js';
import { describeLayerContract } from '../support/layer-contract.js';

// Numbers of the reference: test/models/wav2vec2.parity.test.ts.
describeLayerContract(ChannelNorm, [
  {
    options: { epsilon: 0.01 },
    inputShape: [2, 7, 3],
    outputShape: [2, 7, 3],
    freeAxes: [0, 1],
    weights: ['gamma', 'beta'],
  },
]);
