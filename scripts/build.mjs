/**
 * The build: `tsc` writes the modules and their declarations to `dist`, and esbuild puts the modules together into
 * `dist/bundle`, which is what the command line, the public doors and the package run. See docs/adr/0011-the-package.md.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const DIST = join(ROOT, 'dist');
const BUNDLE = join(DIST, 'bundle');
const require = createRequire(import.meta.url);

/** The public doors. */
const DOORS = ['index', 'tf', 'testing'];
/** What programs and threads begin with. Each keeps its path below `src`. */
const ENTRIES = [...DOORS, 'commands/main', 'data/worker', 'runtime/typescript-hooks'];

/** The methods of tensors, `x.add(y)`, and their declarations. */
const METHODS = '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';

/**
 * TensorFlow.js stays outside, one copy for us and for the code of whoever uses us. It is CommonJS, and is fetched with
 * `require`: an `import` has Node look through megabytes for the names that they export, 0.1 s and more.
 */
const REQUIRED = /^(@tensorflow\/tfjs-(core|layers|converter|backend-cpu|backend-wasm)|seedrandom)$/;

/** Small, and needed by nearly every command: with them in the bundle Node has a hundred files less to find. */
const BUNDLED =
  /^(yargs|yargs\/helpers|zod|koffi|cli-progress|fastest-levenshtein|env-paths|fft\.js|fast-string-width)$/;

const tensorFlow = {
  name: 'tensorflow',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: REQUIRED }, ({ path, namespace }) => {
      if (namespace !== 'file') return { path, external: true };
      return { path, namespace: 'required' };
    });
    onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => {
      const names = Object.keys(require(path)).filter((name) => name !== 'default' && name !== '__esModule');
      const lines = names.map((name) => `export const ${name} = $module.${name};`);
      return { contents: [`const $module = require('${path}');`, ...lines, 'export default $module;'].join('\n') };
    });
    // The package of all packages brings a browser's backend, polyfills and a copy of the core's ops; what tfjs-node's
    // kernels, and the plain backend, need of it are the gradients and the methods of tensors.
    onResolve({ filter: /^@tensorflow\/tfjs$/ }, () => ({ path: 'tfjs', namespace: 'union' }));
    onLoad({ filter: /.*/, namespace: 'union' }, () => ({
      // CommonJS, as its 160 importers are: of a module each of them would get a copy of the core's 600 names.
      contents: `require('@tensorflow/tfjs-core/dist/register_all_gradients.js');
require('${METHODS}');
module.exports = require('@tensorflow/tfjs-core');`,
      resolveDir: ROOT,
    }));
    // Gradients and methods import the core's insides. Where the core exports the same, they take it from there.
    const core = require('@tensorflow/tfjs-core');
    const fromCore = (lines, path) => ({
      contents: ["import * as core from '@tensorflow/tfjs-core';", ...lines].join('\n'),
      resolveDir: dirname(path),
    });
    onLoad({ filter: /tfjs-core[\\/]dist[\\/].*\.js$/ }, ({ path }) => {
      const name = basename(path, '.js');
      if (/^register_all/.test(name) || /[\\/](chained_ops|gradients)[\\/]/.test(path)) return undefined;
      if (name === 'engine') return fromCore(['export const ENGINE = core.engine();'], path);
      if (name === 'tensor')
        return fromCore(
          ['export const { Tensor } = core;', 'export const getGlobalTensorClass = () => core.Tensor;'],
          path,
        );
      if (name === 'ops' || name === 'base') return fromCore(["export * from '@tensorflow/tfjs-core';"], path);
      const text = readFileSync(path, 'utf8');
      const own = [...text.matchAll(/^export (?:async )?(?:const|let|function|class) (\w+)/gm)].map(([, it]) => it);
      const reExported = /^export (\*|\{)/m.test(text);
      for (const [object, home] of [
        [core, 'core'],
        [core[name], `core.${name}`],
      ]) {
        const names = reExported ? Object.keys(object ?? {}) : own;
        if (object === core && reExported) continue;
        if (object !== undefined && names.length > 0 && names.every((it) => it in object)) {
          return fromCore(
            names.map((it) => `export const ${it} = ${home}.${it};`),
            path,
          );
        }
      }
      return undefined;
    });
  },
};

/** Packages that stay packages, and one in the place of another. */
const packages = {
  name: 'packages',
  setup({ onResolve, resolve }) {
    // Three versions of it would be bundled, which load tables of all scripts, 0.03 s, to lay out help in English.
    onResolve({ filter: /^string-width$/ }, ({ kind }) => resolve('fast-string-width', { kind, resolveDir: ROOT }));
    onResolve({ filter: /^[^.]/ }, ({ path, kind, importer }) => {
      const isOurs = !importer.includes('node_modules');
      if (kind === 'entry-point' || !isOurs || BUNDLED.test(path) || path.startsWith('@tensorflow/')) return undefined;
      return { path, external: true };
    });
  },
};

/** What nobody calls, and what nobody's debugger needs. */
const lean = {
  name: 'lean',
  setup({ onLoad }) {
    // Protocol buffers of tfjs-node's own TensorBoard writer.
    onLoad({ filter: /tfjs-node-gpu[\\/]dist[\\/]proto[\\/]api_pb\.js$/ }, () => ({
      contents: 'module.exports = {};',
    }));
    // Messages in fifty languages; ours are English.
    onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, ({ path }) => ({
      contents: "export { default as en } from './en.js';",
      resolveDir: dirname(path),
    }));
    // An empty source map of its own keeps a package's code out of ours.
    onLoad({ filter: /node_modules[\\/].*\.c?js$/ }, ({ path }) => {
      if (/tfjs-core[\\/]dist[\\/]/.test(path)) return undefined;
      return { contents: `${readFileSync(path, 'utf8')}\n${NO_SOURCE_MAP}` };
    });
  },
};

const NO_SOURCE_MAP = `//# sourceMappingURL=data:application/json;base64,${Buffer.from(
  JSON.stringify({ version: 3, sources: [''], mappings: 'A' }),
).toString('base64')}`;

/** Runs the compiler, which writes modules and declarations. */
function compile() {
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '--project', 'tsconfig.build.json'], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
  });
}

/** Writes the bundle beside its place, and puts it there when it is whole: a process may be about to load the old one. */
async function bundle() {
  const staging = join(DIST, `bundle.${process.pid}`);
  try {
    const { metafile } = await build({
      absWorkingDir: ROOT,
      entryPoints: ENTRIES.map((path) => join(ROOT, `src/${path}.ts`)),
      outbase: join(ROOT, 'src'),
      outdir: staging,
      chunkNames: 'chunks/[name]-[hash]',
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      sourcemap: true,
      // Two thirds of the package's code would be these. Traces name the file and line in the repository.
      sourcesContent: false,
      minifyWhitespace: true,
      minifySyntax: true,
      legalComments: 'none',
      banner: {
        js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
      },
      plugins: [tensorFlow, packages, lean],
      metafile: true,
      logLevel: 'warning',
      logLimit: 8,
    });
    checkImports(metafile);
    dropForeignMaps(staging);
    writeDeclarations(staging);
    writeLicences(metafile, staging);
    rmSync(BUNDLE, { recursive: true, force: true });
    renameSync(staging, BUNDLE);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** Takes away the source maps of chunks that are other packages' code, whose sources nobody has here. */
function dropForeignMaps(folder) {
  for (const name of readdirSync(join(folder, 'chunks')).filter((each) => each.endsWith('.js.map'))) {
    const map = join(folder, 'chunks', name);
    const { sources } = JSON.parse(readFileSync(map, 'utf8'));
    if (sources.filter((source) => !source.includes('node_modules')).length > 1) continue;
    const chunk = map.replace(/\.map$/, '');
    writeFileSync(chunk, readFileSync(chunk, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'));
    rmSync(map);
  }
}

/** Copies the declarations that the doors' own lead to. */
function writeDeclarations(folder) {
  const found = new Set();
  const find = (path) => {
    if (found.has(path)) return;
    found.add(path);
    // As in the bundle, the package of all packages stands for the methods of tensors.
    const text = readFileSync(join(DIST, path), 'utf8').replace("import '@tensorflow/tfjs';", `import '${METHODS}';`);
    for (const [, target] of text.matchAll(/(?:\bfrom|\bimport\(|\bimport)\s*['"](\.[^'"]*)\.js['"]/g)) {
      find(join(dirname(path), `${target}.d.ts`));
    }
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    // Their maps would lead to sources that are not there.
    writeFileSync(join(folder, path), text);
  };
  for (const door of DOORS) find(`${door}.d.ts`);
}

/** Puts the licences of all bundled packages into one file. */
function writeLicences({ inputs }, folder) {
  const folders = Object.keys(inputs).map((path) => path.match(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//)?.[1]);
  const texts = [...new Set(folders)]
    .filter((path) => path !== undefined)
    .sort()
    .map((path) => {
      const { name, version, license } = JSON.parse(readFileSync(join(ROOT, path, 'package.json'), 'utf8'));
      const file = readdirSync(join(ROOT, path)).find((each) => /^licen[cs]e(\.|$)/i.test(each));
      const readme = readdirSync(join(ROOT, path)).find((each) => /^readme\.md$/i.test(each));
      const text =
        file !== undefined
          ? readFileSync(join(ROOT, path, file), 'utf8')
          : // The licence of Voiceproof itself is the same; some say theirs at the end of their own description.
            license === 'Apache-2.0'
            ? 'Licensed under the Apache License, version 2.0: see the LICENSE of this package.'
            : readme && readFileSync(join(ROOT, path, readme), 'utf8').match(/^#+ *licen[cs]e\b[\s\S]*/im)?.[0];
      if (!text) throw new Error(`${path}: expected a licence, found none`);
      return `${name} ${version} (${license})\n\n${text.trim()}\n`;
    });
  writeFileSync(join(folder, 'LICENSES.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`));
}

/** A package that the bundle imports, and nobody gets who installs ours, is a defect that no clone shows. */
function checkImports({ outputs }) {
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const imported = Object.values(outputs).flatMap(({ imports }) => imports.filter((it) => it.external));
  const names = imported.map(({ path }) => path.match(/^(@[^/]+\/)?[^/]+/)[0]);
  const isThere = (name) =>
    isBuiltin(name) || name in dependencies || name in peerDependencies || name.startsWith('@koromix/');
  const missing = [...new Set(names)].filter((name) => !isThere(name));
  if (missing.length > 0) throw new Error(`the bundle imports ${missing.join(', ')}: no dependency of the package`);
}

/** Writes what editors complete and check experiments by. */
async function writeSchemas() {
  const { experimentJsonSchema } = await import(new URL('../dist/experiment/json-schema.js', import.meta.url));
  mkdirSync(join(DIST, 'schema'), { recursive: true });
  writeFileSync(join(DIST, 'schema/experiment.json'), `${JSON.stringify(experimentJsonSchema())}\n`);
}

compile();
await bundle();
await writeSchemas();
mkdirSync(join(DIST, 'vendor'), { recursive: true });
copyFileSync(
  join(dirname(require.resolve('@tensorflow/tfjs-backend-webgl')), 'tf-backend-webgl.min.js'),
  join(DIST, 'vendor/tf-backend-webgl.min.js'),
);
