import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LibraryFiles } from '../../../src/runtime/native/c-api.js';
import { type NativeBackend, startNativeBackend } from '../../../src/runtime/native/native-backend.js';
import { testLibraryFiles } from '../../support/native-library.js';

let files: LibraryFiles;
let backend: NativeBackend;

beforeAll(async () => {
  files = await testLibraryFiles();
  backend = await startNativeBackend(files, { device: 'cpu', intraOpThreads: 2, interOpThreads: 1 });
});
afterAll(() => backend.close());

describe('the native backend', () => {
  it('says what it is', () => {
    expect(tf.getBackend()).toBe('tensorflow');
    expect(backend.version).toMatch(/^2\.\d+\.\d+$/);
    expect(backend.usesGpu).toBe(false);
    expect(backend.devices.map(({ type }) => type)).toEqual(['CPU']);
  });

  it('trains a small net: the loss falls, and no tensor is left behind', async () => {
    const before = [tf.memory().numTensors, backend.liveHandles()];
    const model = tfl.sequential();
    model.add(tfl.layers.conv2d({ filters: 4, kernelSize: 3, inputShape: [8, 8, 1], activation: 'relu' }));
    model.add(tfl.layers.batchNormalization());
    model.add(tfl.layers.maxPooling2d({ poolSize: 2 }));
    model.add(tfl.layers.reshape({ targetShape: [3, 12] }));
    model.add(tfl.layers.lstm({ units: 5 }));
    model.add(tfl.layers.dense({ units: 2, activation: 'softmax' }));
    const optimizer = tf.train.adam(0.01);
    model.compile({ optimizer, loss: 'categoricalCrossentropy' });
    const x = tf.randomNormal([32, 8, 8, 1], 0, 1, 'float32', 5);
    const labels = tf.tidy(() => x.mean([1, 2, 3]).greater(0).toInt() as tf.Tensor1D);
    const y = tf.oneHot(labels, 2);
    const { history } = await model.fit(x, y, { epochs: 15, batchSize: 16, shuffle: false, verbose: 0 });
    const losses = history.loss as number[];
    expect(losses[14] as number).toBeLessThan(0.8 * (losses[0] as number));
    const handles = backend.liveHandles();
    await model.fit(x, y, { epochs: 2, batchSize: 16, shuffle: false, verbose: 0 });
    expect(backend.liveHandles()).toBe(handles);
    model.dispose();
    optimizer.dispose();
    tf.dispose([x, y, labels]);
    // Two scalars that tfjs-layers keeps for itself may remain.
    expect(backend.liveHandles() - (before[1] as number)).toBeLessThanOrEqual(2);
    expect(tf.memory().numTensors - (before[0] as number)).toBeLessThanOrEqual(2);
  });

  it('has gradients that agree with finite differences', () => {
    tf.tidy(() => {
      const filter = tf.randomNormal([3, 3, 2, 3], 0, 1, 'float32', 3) as tf.Tensor4D;
      const x = tf.randomNormal([1, 6, 5, 2], 0, 1, 'float32', 4) as tf.Tensor4D;
      const loss = (input: tf.Tensor) =>
        tf.sum(tf.square(tf.softmax(tf.conv2d(input as tf.Tensor4D, filter, 1, 'same').reshape([30, 3])))) as tf.Scalar;
      const gradient = tf.grad(loss)(x).dataSync();
      const values = Float32Array.from(x.dataSync());
      for (const at of [0, 17, 59]) {
        const [up, down] = [1e-2, -1e-2].map((step) => {
          const moved = values.slice();
          moved[at] = (moved[at] as number) + step;
          return loss(tf.tensor(moved, x.shape)).dataSync()[0] as number;
        });
        // Central differences of a float32 loss near 15 carry some 1e-4 of rounding and truncation.
        expect(((up as number) - (down as number)) / 2e-2).toBeCloseTo(gradient[at] as number, 2);
      }
    });
  });

  it('computes bool, int32, complex and string tensors as tfjs promises', async () => {
    const before = backend.liveHandles();
    const z = tf.complex([1, 2], [3, -4]);
    expect(tf.abs(z).arraySync()).toEqual([Math.fround(Math.sqrt(10)), Math.fround(Math.sqrt(20))]);
    expect(Array.from(await z.data())).toEqual([1, 3, 2, -4]);
    tf.tidy(() => {
      expect(tf.logicalAnd(tf.tensor1d([true, false]), tf.tensor1d([true, true])).dataSync()).toEqual(
        Uint8Array.of(1, 0),
      );
      expect(tf.add(tf.tensor1d([2 ** 30], 'int32'), tf.tensor1d([7], 'int32')).arraySync()).toEqual([2 ** 30 + 7]);
      expect(tf.reshape(tf.tensor1d(['a', 'bb', '', 'ß']), [2, 2]).arraySync()).toEqual([
        ['a', 'bb'],
        ['', 'ß'],
      ]);
      expect(tf.topk(tf.tensor1d([1, 5, 3]), 2).indices.arraySync()).toEqual([1, 2]);
      expect(tf.concat([tf.zeros([0, 3]), tf.ones([1, 3])]).shape).toEqual([1, 3]);
    });
    z.dispose();
    // `tf.abs` and the parts of `z` stand outside a tidy on purpose: only the result of `abs` is left to go.
    tf.disposeVariables();
    expect(backend.liveHandles() - before).toBeLessThanOrEqual(1);
  });

  it('refuses a second engine', async () => {
    await expect(startNativeBackend(files)).rejects.toThrow('engine: it is running already');
  });

  it('gives everything back when it closes, and starts again', async () => {
    const kept = tf.ones([3]).neg();
    backend.close();
    backend.close();
    expect(Object.values(backend.livePointers()).every((count) => count === 0)).toBe(true);
    expect(() => backend.binding.createTensor([], 1, new Float32Array(1))).toThrow('the engine is closed');
    expect(() => kept.dispose()).not.toThrow();
    backend = await startNativeBackend(files, { device: 'cpu' });
    expect(tf.ones([2]).neg().arraySync()).toEqual([-1, -1]);
  });

  it('says what it sees where it is told to use a GPU and there is none', async () => {
    backend.close();
    await expect(startNativeBackend(files, { device: 'cuda' })).rejects.toThrow(
      /^engine: device cuda: TensorFlow sees no GPU \(devices: CPU\); /,
    );
    expect(tf.findBackendFactory('tensorflow')).toBeFalsy();
    backend = await startNativeBackend(files, { device: 'cpu' });
  });

  it('names the folder that holds no library', async () => {
    backend.close();
    await expect(startNativeBackend('/nowhere')).rejects.toThrow('engine: /nowhere: expected');
    backend = await startNativeBackend(files, { device: 'cpu' });
  });
});

const compiled = fileURLToPath(new URL('../../../dist/runtime/native/native-backend.js', import.meta.url));

/** Programs run on their own, from the compiled twin of the sources. */
describe.skipIf(!existsSync(compiled))('a process that uses the engine', () => {
  // A worker from a data URL has no folder to look packages up from.
  const core = pathToFileURL(createRequire(import.meta.url).resolve('@tensorflow/tfjs-core')).href;
  const start = `
    const { startNativeBackend } = await import(${JSON.stringify(pathToFileURL(compiled).href)});
    const tf = await import(${JSON.stringify(core)});
    const backend = await startNativeBackend(JSON.parse(process.env.FILES), { device: 'cpu' });
    const work = () => tf.tidy(() => tf.topk(tf.matMul(tf.ones([2, 2]), tf.ones([2, 2])), 1).values.dataSync()[0]);
  `;
  function run(
    script: string,
    environment: NodeJS.ProcessEnv = {},
  ): { code: number | null; signal: NodeJS.Signals | null; out: string; err: string } {
    const child = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
      env: { ...process.env, ...environment, FILES: JSON.stringify(files) },
      cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    });
    return { code: child.status, signal: child.signal, out: child.stdout, err: child.stderr };
  }
  const quietSuccess = { code: 0, signal: null, out: '2', err: '' };

  it.each([
    ['runs to its end', 'process.stdout.write(String(work()));'],
    ['closes the engine first', 'process.stdout.write(String(work())); backend.close();'],
    ['calls process.exit', 'process.stdout.write(String(work())); process.exit(0);'],
    ['leaves tensors alive', 'globalThis.kept = tf.ones([9]).neg(); process.stdout.write(String(work()));'],
  ])('says nothing of its own and exits cleanly when it %s', (_, end) => {
    expect(run(start + end)).toEqual(quietSuccess);
  });

  it('exits cleanly when the engine runs in a worker thread, which ends or is ended', () => {
    const script = `
      const { Worker } = await import('node:worker_threads');
      const source = ${JSON.stringify(`${start}
        const { parentPort, workerData } = await import('node:worker_threads');
        parentPort.postMessage(work());
        if (workerData === 'stay') setInterval(() => {}, 1000);
      `)};
      const url = new URL('data:text/javascript,' + encodeURIComponent(source));
      const results = [];
      for (const workerData of ['end', 'stay']) {
        const worker = new Worker(url, { workerData });
        const ended = new Promise((resolve) => worker.once('exit', resolve));
        results.push(await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject)));
        if (workerData === 'stay') await worker.terminate();
        await ended;
      }
      process.stdout.write(results.join());
    `;
    expect(run(script)).toEqual({ ...quietSuccess, out: '2,2' });
  });

  it('keeps its own stderr', () => {
    const { err } = run(`${start} process.stderr.write('mine');`);
    expect(err).toBe('mine');
  });

  it('lets the library speak where it is asked to', () => {
    // With oneDNN turned on by its variable the library says so on every CPU.
    const loud = start.replace("device: 'cpu'", "device: 'cpu', showMessages: true");
    expect(run(loud, { TF_ENABLE_ONEDNN_OPTS: '1' }).err).toContain('oneDNN');
  });

  // Only oneDNN has the gradient of a dilated kernel.
  const dilated = (options: string) => `${start.replace("device: 'cpu'", `device: 'cpu', ${options}`)}
    const op = (name, kind, value) => ({ name, type: backend.binding.attributeKind('Conv2DBackpropFilter', name), value });
    const attributes = Object.entries({ T: 1, strides: [1, 1, 1, 1], dilations: [1, 2, 2, 1], padding: 'SAME' });
    const map = backend.binding.createTensor([1, 4, 4, 4], 1, new Float32Array(64));
    const sizes = backend.binding.createTensor([4], 3, Int32Array.of(3, 3, 4, 4));
    let has = true;
    try {
      const list = attributes.map(([name, value]) => op(name, undefined, value));
      backend.binding.executeOp('Conv2DBackpropFilter', list, [map, sizes, map], 1);
    } catch { has = false; }
    process.stdout.write([backend.kernels, has, backend.threads].join());
  `;

  it.skipIf(process.arch !== 'x64').each([
    ['oneDNN by default, on every CPU', '', undefined, 'onednn,true,2'],
    ['those that are asked for', "kernels: 'eigen', ", undefined, 'eigen,false,2'],
    ['those that the environment names', '', '0', 'eigen,false,2'],
    ['those that the environment names, against the option', "kernels: 'onednn', ", '0', 'eigen,false,2'],
    ['those that the environment names, the other way round', "kernels: 'eigen', ", '1', 'onednn,true,2'],
  ])('computes with %s', (_, option, variable, wanted) => {
    const { out, err } = run(dilated(`${option}intraOpThreads: 2`), { TF_ENABLE_ONEDNN_OPTS: variable });
    expect([out, err]).toEqual([wanted, '']);
  });
});
