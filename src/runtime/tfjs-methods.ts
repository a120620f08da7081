/**
 * TensorFlow.js's gradients and the methods of its tensors (`x.add(y)`), which its core leaves out. In a clone the package
 * of all its packages brings them; the bundle holds them alone.
 */
import '@tensorflow/tfjs';
