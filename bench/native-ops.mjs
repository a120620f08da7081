/**
 * What one op costs on the native engine, from tfjs and at the binding below it. Run after `npm run build`:
 * `node bench/native-ops.mjs`. Prints the median and the fastest of 40 rounds.
 */
import { cpus } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import { userCacheDirectory } from '../dist/runtime/cache-directory.js';
import { silentLogger } from '../dist/runtime/logger.js';
import { startNativeBackend } from '../dist/runtime/native/native-backend.js';
import { obtainLibrary } from '../dist/runtime/native/obtain.js';

const ROUNDS = 40;
const OPS = 800;

const library = await obtainLibrary({ device: 'cpu', cacheDirectory: userCacheDirectory(), logger: silentLogger });
const backend = await startNativeBackend(library.files, { device: 'cpu' });
const { binding } = backend;
const line = (text) => process.stdout.write(`${text}\n`);
line(`${cpus()[0].model}, ${cpus().length} cores, Node ${process.versions.node}, TensorFlow ${backend.version}`);

const x = tf.ones([32, 32]);
const y = tf.ones([32]);
measure('tf.add, mul, relu, reshape on [32, 32]', () =>
  tf.tidy(() => {
    let z = x;
    for (let i = 0; i < OPS / 4; i++) z = tf.reshape(tf.relu(tf.mul(tf.add(z, y), y)), [32, 32]);
    z.dataSync();
  }),
);

const values = new Float32Array(1024);
const id = binding.createTensor([32, 32], binding.TF_FLOAT, values);
const attributes = [{ name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }];
measure('executeOp AddV2 and deleteTensor', () => {
  for (let i = 0; i < OPS; i++) binding.deleteTensor(binding.executeOp('AddV2', attributes, [id, id], 1)[0].id);
});
measure('createTensor of 4 KB and deleteTensor', () => {
  for (let i = 0; i < OPS; i++) binding.deleteTensor(binding.createTensor([32, 32], binding.TF_FLOAT, values));
});
measure('tensorDataSync of 4 KB', () => {
  for (let i = 0; i < OPS; i++) binding.tensorDataSync(id);
});
backend.close();

function measure(what, run) {
  for (let i = 0; i < 10; i++) run();
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  }).sort((a, b) => a - b);
  const show = (milliseconds) => `${milliseconds.toFixed(1)} ms (${((milliseconds / OPS) * 1000).toFixed(1)} us each)`;
  line(`${OPS} x ${what}: median ${show(times[ROUNDS / 2])}, fastest ${show(times[0])}`);
}
