/** Exports a checkpoint, by default the detector that comes with Voiceproof, to ONNX with its front-end inside. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exportCheckpoint, verifyExport } from 'voiceproof';

const bundled = join(
  dirname(fileURLToPath(import.meta.resolve('voiceproof/package.json'))),
  'checkpoints',
  'lcnn-bundled',
);
const [checkpoint = bundled, output = 'detector'] = process.argv.slice(2);

await exportCheckpoint(checkpoint, { format: 'onnx', withFeatures: true, output, overwrite: true });

// The same clips through the export, in every runtime that is installed here: Python's among them.
for (const { consumer, status, largestDifference } of await verifyExport(output, { python: '.venv/bin/python' })) {
  console.log(consumer, status, largestDifference ?? '');
}
