import { describeModelContract } from '../support/model-contract.js';
import { TINY_ENCODER } from '../support/tiny-encoder.js';

const graphs = { nFeatures: 12, graphDropout: 0.2, poolDropout: 0.3, branchDropout: 0.2, dropout: 0.5 };
const shapes = { inputShape: [215], freeShape: [null], nLogits: 2, isRandom: true } as const;

describeModelContract('ssl-aasist', [
  { options: { ...TINY_ENCODER, ...graphs }, ...shapes },
  { options: { ...TINY_ENCODER, normFirst: true, convolutionNorm: 'layer', ...graphs, nFeatures: 9 }, ...shapes },
]);
