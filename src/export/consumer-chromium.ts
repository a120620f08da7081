/** TensorFlow.js in a real browser: a headless Chromium, driven by playwright-core where that is installed. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { messageOf } from '../runtime/errors.js';
import type { Consumer, ConsumerResult } from './consumer.js';
import { copyLibraries } from './page.js';

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
  '.wasm': 'application/wasm',
};

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
    response.writeHead(200, { 'content-type': TYPES[extname(found)] ?? 'application/octet-stream' });
    response.end(readFileSync(found));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}

/** TensorFlow.js on one of its backends in Chromium. */
export function tfjsInChromium(backend: 'wasm' | 'webgl'): Consumer {
  return {
    name: `TensorFlow.js in Chromium, ${backend}`,
    async run({ directory, manifest, inputs, chromium: named }): Promise<ConsumerResult> {
      const executablePath = findChromium(named);
      if (executablePath === undefined) return { status: 'absent', reason: 'no Chromium; name one with --chromium' };
      const playwright = await import('playwright-core').catch((error: unknown) => messageOf(error));
      if (typeof playwright === 'string') return { status: 'absent', reason: 'no package playwright-core' };
      const libraries = mkdtempSync(join(tmpdir(), 'voiceproof-tfjs-'));
      copyLibraries(libraries);
      const server = await serveFolders([directory, libraries]);
      const browser = await playwright.chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
      try {
        const page = await browser.newPage();
        await page.goto(`${server.url}voiceproof.json`);
        for (const script of ['tf.min.js', 'tf-backend-wasm.min.js']) {
          await page.addScriptTag({ url: server.url + script });
        }
        const request = {
          backend,
          model: manifest.model,
          name: manifest.input.name,
          shape: [...inputs.shape],
          bytes: Buffer.from(inputs.data.buffer, inputs.data.byteOffset, inputs.data.byteLength).toString('base64'),
        };
        const answer = await page.evaluate<unknown>(`(${IN_PAGE})(${JSON.stringify(request)})`);
        if (typeof answer === 'string') return { status: 'absent', reason: answer };
        const scores = answer as number[];
        return { status: 'done', version: `Chromium ${browser.version()}`, scores };
      } finally {
        await browser.close();
        server.close();
        rmSync(libraries, { recursive: true, force: true });
      }
    },
  };
}

/** Software rendering where there is no GPU; the sandbox needs rights that containers don't give. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
];

/** Runs in the page: scores clip by clip, or says why the backend isn't there. */
const IN_PAGE = `async ({ backend, model: path, name, shape, bytes }) => {
  const values = new Float32Array(Uint8Array.from(atob(bytes), (each) => each.charCodeAt(0)).buffer);
  tf.wasm.setWasmPaths('/');
  const isReady = await tf.setBackend(backend).catch(() => false);
  if (!isReady || tf.getBackend() !== backend) return 'the browser has no ' + backend;
  if (backend === 'webgl') {
    const gl = tf.backend().gpgpu.gl;
    const renderer = String(gl.getParameter(gl.getExtension('WEBGL_debug_renderer_info')?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER));
    // Its compiler refuses shaders that GPUs take, and it needs minutes where they need milliseconds.
    if (/swiftshader|llvmpipe|software/i.test(renderer)) return 'no GPU here: WebGL is emulated, ' + renderer;
  }
  const model = await tf.loadGraphModel('/' + path);
  const [nClips, ...rest] = shape;
  const length = values.length / nClips;
  const scores = [];
  for (let i = 0; i < nClips; i++) {
    const input = tf.tensor(values.subarray(i * length, (i + 1) * length), [1, ...rest]);
    const output = model.execute({ [name]: input }, 'score');
    scores.push((await output.data())[0]);
    tf.dispose([input, output]);
  }
  return scores;
}`;
