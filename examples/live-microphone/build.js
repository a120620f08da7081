/** Exports a checkpoint, by default the detector that comes with Voiceproof, to where the page finds it. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exportCheckpoint } from 'voiceproof';

const bundled = join(
  dirname(fileURLToPath(import.meta.resolve('voiceproof/package.json'))),
  'checkpoints/lcnn-bundled',
);
const [checkpoint = bundled] = process.argv.slice(2);
await exportCheckpoint(checkpoint, {
  ...{ format: 'tfjs-graph', withFeatures: true, overwrite: true },
  output: fileURLToPath(new URL('public/detector', import.meta.url)),
});
