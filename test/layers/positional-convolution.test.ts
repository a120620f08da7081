import { PositionalConvolution } from '../../src/layers/positional-convolution.js';
import { describeLayerContract } from '../support/layer-contract.js';

// Numbers of the reference: test/models/wav2vec2.parity.test.ts.
describeLayerContract(PositionalConvolution, [
  {
    options: { kernelSize: 4, groups: 2, hop: 2, receptiveField: 3, seed: 5 },
    inputShape: [2, 5, 4],
    outputShape: [2, 5, 4],
    freeAxes: [0, 1],
    weights: ['direction', 'magnitude', 'bias'],
  },
]);
