/**
 * The docs site: guides, examples, decisions, and the API reference that TypeDoc writes to `docs/api`. The pages fetch nothing
 * from elsewhere: fonts are the reader's own, and the search index lies with them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SELF = `${ROOT}docs/.vitepress/config.ts`;

/** The title of a page, as its first line says. */
const titleOf = (path: string): string =>
  readFileSync(`${ROOT}${path}`, 'utf8')
    .match(/^# (.+)$/m)?.[1]
    .replaceAll('`', '') ?? path;

const item = (path: string) => ({ text: titleOf(path), link: `/${path.replace(/\.md$/, '')}` });
const pagesIn = (folder: string): string[] =>
  readdirSync(`${ROOT}${folder}`)
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `${folder}/${name}`);
const examples = readdirSync(`${ROOT}examples`).map((name) => `examples/${name}/README.md`);

/** In the order of a newcomer's way, rather than of the alphabet. */
const GUIDES = ['score', 'train', 'report', 'wav2vec2', 'plugins', 'browser', 'python'].map(
  (name) => `docs/guides/${name}.md`,
);

/** Folders that TypeDoc writes to. */
const API_KINDS = [
  { folder: 'functions', text: 'Functions' },
  { folder: 'interfaces', text: 'Interfaces' },
  { folder: 'type-aliases', text: 'Types' },
  { folder: 'classes', text: 'Classes' },
  { folder: 'variables', text: 'Constants' },
];
const apiItem = (path: string) => ({
  text: path.replace(/^.*\/|\.md$/g, ''),
  link: `/${path.replace(/\.md$/, '')}`,
});

const missing = pagesIn('docs/guides').filter((path) => !GUIDES.includes(path));
if (missing.length > 0) throw new Error(`the site's list of guides lacks ${missing.join(', ')}`);

export default defineConfig({
  title: 'Voiceproof',
  description: 'Train, evaluate and ship detectors of synthetic, converted and replayed speech, in TypeScript.',
  // The repository, so that links between documents are the same there and here.
  srcDir: '../',
  srcExclude: [
    ...['src', 'test', 'bench', 'dist', 'templates', 'packages', 'docs/site', '**/node_modules'].map(
      (folder) => `${folder}/**`,
    ),
    'checkpoints/!(lcnn-bundled)/**',
  ],
  outDir: 'site',
  rewrites: { 'docs/index.md': 'index.md' },
  // A folder of files, on any server and at any place in it.
  base: process.env.DOCS_BASE ?? '/',
  cleanUrls: false,
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  markdown: {
    config: (markdown) => {
      // A link to what is no page of the site (sources, licences) is its text.
      const isPage = (href: string) => /^(https?:|mailto:|#)/.test(href) || /(\.(md|html)|\/)(#.*)?$/.test(href);
      const unlinked: boolean[] = [];
      markdown.core.ruler.push('unlink', ({ tokens }) => {
        for (const { children } of tokens) {
          for (const token of children ?? []) {
            if (token.type === 'link_open') {
              const href = token.attrGet('href') ?? '';
              unlinked.push(!isPage(href));
              if (unlinked.at(-1)) token.type = 'text';
            } else if (token.type === 'link_close' && unlinked.pop()) {
              token.type = 'text';
            }
          }
        }
      });
    },
  },
  vite: {
    plugins: [
      {
        // Pages above this folder find Vue where it is installed, which is here.
        name: 'vue-of-the-site',
        enforce: 'pre',
        resolveId(source, importer, { ssr = false } = {}) {
          if (!/^vue($|\/)/.test(source) || importer === SELF) return null;
          // What renders the pages at build time imports it as it is.
          if (ssr) return { id: source, external: true };
          return this.resolve(source, SELF, { skipSelf: true });
        },
      },
    ],
  },
  themeConfig: {
    nav: [
      { text: 'Guides', link: '/docs/guides/score' },
      { text: 'Examples', link: `/${examples[0].replace(/\.md$/, '')}` },
      { text: 'API', link: '/docs/api/' },
    ],
    sidebar: {
      '/docs/api/': [
        { text: 'API reference', link: '/docs/api/' },
        ...API_KINDS.map(({ folder, text }) => ({ text, items: pagesIn(`docs/api/${folder}`).map(apiItem) })),
      ],
      '/': [
        { text: 'Overview', link: '/README' },
        { text: 'Guides', items: GUIDES.map(item) },
        { text: 'Examples', items: examples.map(item) },
        { text: 'API reference', link: '/docs/api/' },
        { text: 'Inside', items: [item('docs/architecture.md')] },
        { text: 'Decisions', collapsed: true, items: pagesIn('docs/adr').map(item) },
      ],
    },
    outline: 'deep',
    search: { provider: 'local' },
  },
});
