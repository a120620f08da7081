import { describeModelContract } from '../support/model-contract.js';
import { TINY_ENCODER } from '../support/tiny-encoder.js';

const graphs = { nFeatures: 9, graphDropout: 0.2, poolDropout: 0.3, branchDropout: 0.2, dropout: 0.5 };

// One encoder will do: the other forms are those of wav2vec2, and go through the contract there.
describeModelContract('ssl-aasist', [
  { options: { ...TINY_ENCODER, ...graphs }, inputShape: [215], freeShape: [null], nLogits: 2, isRandom: true },
]);
