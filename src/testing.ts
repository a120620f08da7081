/**
 * `voiceproof/testing`: the contract suites that all parts of ours keep, for those that you add. Each function throws one error
 * that lists all that does not hold, so it serves in any test runner.
 */
export { type AugmentationCase, checkAugmentation } from './testing/augmentation-checks.js';
export { ContractError } from './testing/check.js';
export { checkFeature, type Departures } from './testing/feature-checks.js';
export { assertGradients, spreadTensor } from './testing/gradients.js';
export { checkLayer, type LayerCase } from './testing/layer-checks.js';
export { checkLoss, type LossCase } from './testing/loss-checks.js';
export { checkModel, type ModelCase } from './testing/model-checks.js';
export { synthesizeSpeech } from './testing/synthetic-speech.js';
