/** Hooks of Node's module loader that strip the types of TypeScript, where Node does not itself. Runs in a thread of Node's. */
import { readFile } from 'node:fs/promises';
import type { LoadHook } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transform } from 'sucrase';

const TYPESCRIPT = /\.m?ts$/;

/** Loads TypeScript as the JavaScript that is left without its types, line for line; leaves everything else to Node. */
export const load: LoadHook = async (url, context, next) => {
  if (!url.startsWith('file:') || !TYPESCRIPT.test(new URL(url).pathname)) return next(url, context);
  const path = fileURLToPath(url);
  const { code } = transform(await readFile(path, 'utf8'), {
    transforms: ['typescript'],
    filePath: path,
    // As Node: what is only a type is to be imported as such.
    keepUnusedImports: true,
    disableESTransforms: true,
    preserveDynamicImport: true,
  });
  return { format: 'module', source: code, shortCircuit: true };
};
