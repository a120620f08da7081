/** A program as a TFLite model, by TensorFlow's own converter in Python: the format has no other writer. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InferenceProgram } from './inference-program.js';
import { askPython } from './python.js';
import type { Quantization } from './quantization.js';
import { writeSavedModel } from './saved-model.js';

const CONVERT = `
import tensorflow as tf

source, target, quantization = sys.argv[1:]
converter = tf.lite.TFLiteConverter.from_saved_model(source)
if quantization != 'none':
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
if quantization == 'float16':
    converter.target_spec.supported_types = [tf.float16]
with open(target, 'wb') as file:
    file.write(converter.convert())
answer(tf.__version__)
`;

/**
 * Writes a `.tflite` file. `int8` is the converter's dynamic range quantisation: weights in 8 bits, and activations as
 * they come.
 *
 * @param python an interpreter with TensorFlow
 * @throws VoiceproofError where there is none, or an op has no TFLite kernel
 */
export async function writeTflite(
  path: string,
  { program, weightNames }: InferenceProgram,
  { python, quantize }: { readonly python: string; readonly quantize: Quantization | undefined },
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'voiceproof-tflite-'));
  try {
    writeSavedModel(folder, program, weightNames, { frozen: true });
    await askPython(python, CONVERT, [folder, path, quantize ?? 'none'], 'TFLite');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
