/** Gradients against finite differences; see there. */
export { assertGradients as expectGradientsMatchDifferences, spreadTensor } from '../../src/testing/gradients.js';
