/**
 * tfjs-node's backend and its kernels, which register themselves. Not the package's main file, which demands the addon.
 * They import the package of all of TensorFlow.js's packages, and with it the gradients and the methods of tensors.
 */
import '@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js';

export { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js';
