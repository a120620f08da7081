/**
 * The very TensorFlow.js that Voiceproof runs on: ops, gradients, the methods of tensors, and layers. Code of a plugin
 * takes it from here, as the tensors of a second copy would live on another engine.
 */
import './runtime/tfjs-methods.js';

export * from '@tensorflow/tfjs-core';
export * from '@tensorflow/tfjs-layers';
