/** A real browser: a headless Chromium, driven by playwright-core where that is installed. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, extname, join, normalize } from 'node:path';
import { messageOf } from '../runtime/errors.js';
import type { Consumer, ConsumerResult } from './consumer.js';
import { copyLibraries, SCRIPTS } from './page.js';

/** Where a Chromium usually is. */
const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** Software rendering where there is no GPU; the sandbox needs rights that containers don't give. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
];

/** The path of a Chromium: the one that was named, or one in its usual place. */
export function findChromium(named?: string): string | undefined {
  return named ?? USUAL_PLACES.find((path) => existsSync(path));
}

/**
 * Serves folders on this machine alone; a path is looked for in each, in order.
 *
 * @returns the address, and what ends it
 */
export async function serveFolders(folders: readonly string[]): Promise<{ url: string; close(): void }> {
  const server: Server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname));
    const found = folders
      .map((folder) => join(folder, path === '/' ? 'index.html' : path))
      .find((each) => statSync(each, { throwIfNoEntry: false })?.isFile());
    if (found === undefined || path.includes('..')) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'content-type': TYPES[extname(found)] ?? 'application/octet-stream',
      // Threads of WebAssembly share memory, which browsers give to pages of one origin alone.
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
    response.end(readFileSync(found));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}

/** Scripts of a library, and the folder where they lie with what they load. */
interface Library {
  readonly folder: string;
  readonly scripts: readonly string[];
}

/** What a page is asked. */
interface PageRequest {
  /** Path of the model in the export. */
  readonly model: string;
  /** Of the input. */
  readonly name: string;
  /** Of all inputs, `[clips, ...]`. */
  readonly shape: readonly number[];
  /** The inputs' float32 values, in base64. */
  readonly bytes: string;
}

/**
 * A consumer that is a page.
 *
 * @param find finds the library, or writes it into an empty folder; gives the reason where it isn't installed
 * @param score source of a function from a {@link PageRequest} to scores, or to the reason why the page can't
 */
function inChromium(name: string, find: (folder: string) => Library | string, score: string): Consumer {
  return {
    name,
    async run({ directory, manifest, inputs, chromium: named }): Promise<ConsumerResult> {
      const executablePath = findChromium(named);
      if (executablePath === undefined) return { status: 'absent', reason: 'no Chromium; name one with `chromium`' };
      const playwright = await import('playwright-core').catch((error: unknown) => messageOf(error));
      if (typeof playwright === 'string') return { status: 'absent', reason: 'no package playwright-core' };
      const temporary = mkdtempSync(join(tmpdir(), 'voiceproof-page-'));
      try {
        const library = find(temporary);
        if (typeof library === 'string') return { status: 'absent', reason: library };
        const { buffer, byteOffset, byteLength } = inputs.data;
        const request: PageRequest = {
          model: manifest.model,
          name: manifest.input.name,
          shape: inputs.shape,
          bytes: Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
        };
        const server = await serveFolders([directory, library.folder]);
        const browser = await playwright.chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
        try {
          const page = await browser.newPage();
          await page.goto(`${server.url}voiceproof.json`);
          for (const script of library.scripts) await page.addScriptTag({ url: server.url + script });
          const answer = await page.evaluate<unknown>(`(${score})(${JSON.stringify(request)})`);
          if (typeof answer === 'string') return { status: 'absent', reason: answer };
          return { status: 'done', version: `Chromium ${browser.version()}`, scores: answer as number[] };
        } finally {
          await browser.close();
          server.close();
        }
      } finally {
        rmSync(temporary, { recursive: true, force: true });
      }
    },
  };
}

/** Source of what calls `score` with the values of each clip by turns, and gathers what it gives. */
const CLIP_BY_CLIP = `async ({ shape, bytes }, score) => {
  const values = new Float32Array(Uint8Array.from(atob(bytes), (each) => each.charCodeAt(0)).buffer);
  const length = values.length / shape[0];
  const scores = [];
  for (let i = 0; i < shape[0]; i++) scores.push(await score(values.slice(i * length, (i + 1) * length)));
  return scores;
}`;

/**
 * TensorFlow.js on one of its backends.
 *
 * @param mayBeEmulated whether WebGL without a GPU will do: its compiler refuses shaders of large models that GPUs take, and
 *   it needs minutes where they need milliseconds. Default false: such a browser counts as one without WebGL
 */
export function tfjsInChromium(backend: 'wasm' | 'webgl', mayBeEmulated = false): Consumer {
  const find = (folder: string): Library => {
    copyLibraries(folder);
    return { folder, scripts: SCRIPTS };
  };
  return inChromium(
    `TensorFlow.js in Chromium, ${backend}`,
    find,
    `async (request) => {
  tf.wasm.setWasmPaths('/');
  const isReady = await tf.setBackend('${backend}').catch(() => false);
  if (!isReady || tf.getBackend() !== '${backend}') return 'the browser has no ${backend}';
  if (${backend === 'webgl' && !mayBeEmulated}) {
    const gl = tf.backend().gpgpu.gl;
    const renderer = String(gl.getParameter(gl.getExtension('WEBGL_debug_renderer_info')?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER));
    if (/swiftshader|llvmpipe|software/i.test(renderer)) return 'no GPU here: WebGL is emulated, ' + renderer;
  }
  const model = await tf.loadGraphModel('/' + request.model);
  return await (${CLIP_BY_CLIP})(request, async (values) => {
    const input = tf.tensor(values, [1, ...request.shape.slice(1)]);
    const output = model.execute({ [request.name]: input }, 'score');
    const [score] = await output.data();
    tf.dispose([input, output]);
    return score;
  });
}`,
  );
}

/** onnxruntime-web's WebAssembly. */
export const onnxruntimeInChromium: Consumer = inChromium(
  'onnxruntime-web in Chromium',
  () => {
    const { resolve } = createRequire(import.meta.url);
    try {
      const folder = dirname(resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'));
      return { folder, scripts: ['ort.wasm.min.js'] };
    } catch {
      return 'no package onnxruntime-web';
    }
  },
  `async (request) => {
  ort.env.wasm.wasmPaths = location.origin + '/';
  const session = await ort.InferenceSession.create('/' + request.model, { executionProviders: ['wasm'] });
  return await (${CLIP_BY_CLIP})(request, async (values) => {
    const input = new ort.Tensor('float32', values, [1, ...request.shape.slice(1)]);
    const { score } = await session.run({ [request.name]: input }, ['score']);
    return score.data[0];
  });
}`,
);
