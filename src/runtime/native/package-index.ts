/**
 * Fetches a pinned wheel from a Python package index without Python: Node alone is enough. The index is asked for its
 * files in JSON (PEP 691), or in HTML (PEP 503) where it has nothing else, and the file is known by its hash.
 */
import { copyFileSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DownloadError, downloadFile, sha256Of } from '../download.js';
import { EngineError, messageOf } from '../errors.js';
import { createIndexClient, type IndexClient } from './index-client.js';
import { type IndexSettings, readIndexSettings } from './index-settings.js';
import { type PinnedWheel, PYTHON_TAG_VERSION } from './wheels.js';

/** A wheel that no index gave us. */
export class IndexError extends EngineError {
  /** Whether pip would meet the same. */
  readonly isFinal: boolean;

  constructor(message: string, options: ErrorOptions & { readonly isFinal?: boolean } = {}) {
    super(message, options);
    this.isFinal = options.isFinal ?? false;
  }
}

/** A file that an index offers. */
interface IndexFile {
  readonly name: string;
  readonly url: string;
  /** Hexadecimal, where the index tells it. */
  readonly sha256: string | undefined;
}

const ACCEPT = 'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1';
const MOST_PAGE_BYTES = 50_000_000;
const PAGE_PATIENCE = 30_000;
/** How often a download that broke off goes on by itself, without a byte in between. */
const RETRIES = 5;

/**
 * Brings a wheel to `path`, going on where an earlier attempt stopped.
 *
 * @param environment pip's and uv's variables, and where their files are
 * @param onBytes told the bytes that are there so far
 * @returns when the file is there, with the pinned hash
 * @throws IndexError in one line; whatever the file system throws
 */
export async function fetchFromIndex(
  wheel: PinnedWheel,
  path: string,
  environment: NodeJS.ProcessEnv,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const settings = readIndexSettings(environment);
  const what = `engine: ${wheel.project} ${wheel.version}`;
  if (await copyFromFolders(wheel, path, settings)) return;
  if (settings.needsPip !== undefined) throw new IndexError(`${what}: pip's settings ask for ${settings.needsPip}`);
  const client = openClient(settings);
  let failure = new IndexError(`${what}: no index is set`);
  try {
    for (const index of settings.indexes) {
      try {
        await fetchFrom(index, wheel, path, client, onBytes);
        return;
      } catch (error) {
        if (!(error instanceof DownloadError)) throw error;
        failure = new IndexError(`${what} from ${shown(index)}: ${messageOf(error)}`, {
          cause: error,
          isFinal: error.isOtherContent,
        });
        if (failure.isFinal) break;
      }
    }
  } finally {
    await client.close();
  }
  throw failure;
}

function openClient(settings: IndexSettings): IndexClient {
  try {
    return createIndexClient(settings);
  } catch (error) {
    throw new IndexError(`engine: ${settings.certificates}: the certificates can't be read (${messageOf(error)})`, {
      cause: error,
    });
  }
}

async function fetchFrom(
  index: string,
  wheel: PinnedWheel,
  path: string,
  client: IndexClient,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const files = await listFiles(index, wheel.project, client);
  const file = files.find((each) => each.sha256 === wheel.sha256) ?? files.find((each) => isNamedLike(each, wheel));
  if (file === undefined) throw new DownloadError('it has no such file');
  if (file.sha256 !== undefined && file.sha256 !== wheel.sha256) {
    throw new DownloadError(
      `it offers another file as ${file.name}: expected sha256 ${wheel.sha256.slice(0, 12)}..., got ${file.sha256.slice(0, 12)}...`,
      { isOtherContent: true },
    );
  }
  const pinned = { url: file.url, bytes: wheel.bytes, sha256: wheel.sha256 };
  await downloadFile(pinned, path, { open: client.open, retries: RETRIES, onBytes });
}

async function listFiles(index: string, project: string, client: IndexClient): Promise<IndexFile[]> {
  // The trailing slash, and the name in its normal form, as PEP 503 has them.
  const url = `${index.replace(/\/+$/, '')}/${project.toLowerCase().replace(/[-_.]+/g, '-')}/`;
  for (let attempt = 0; ; attempt++) {
    try {
      return await listOnce(url, client);
    } catch (error) {
      if (error instanceof DownloadError) throw error;
      if (attempt < 2) continue;
      const cause = error instanceof Error && error.cause !== undefined ? `, ${messageOf(error.cause)}` : '';
      throw new DownloadError(`can't be reached (${messageOf(error) || systemCode(error)}${cause})`, { cause: error });
    }
  }
}

async function listOnce(url: string, client: IndexClient): Promise<IndexFile[]> {
  const page = await client.open(url, { accept: ACCEPT }, AbortSignal.timeout(PAGE_PATIENCE));
  if (page.status >= 500) throw new Error(`the server answered ${page.status}`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of page.body) {
    bytes += chunk.length;
    if (bytes > MOST_PAGE_BYTES) throw new DownloadError('its list of files has no end');
    chunks.push(chunk);
  }
  if (page.status === 401 || page.status === 403 || page.status === 407) {
    throw new DownloadError(
      `the server answered ${page.status}: it asks for a user and password; put them into the index's address or a netrc file`,
    );
  }
  if (page.status === 404) throw new DownloadError('it has no such project');
  if (page.status !== 200) throw new DownloadError(`the server answered ${page.status}`);
  const text = Buffer.concat(chunks).toString('utf8');
  return page.type.includes('json') ? filesOfJson(text, page.url) : filesOfHtml(text, page.url);
}

function filesOfJson(text: string, base: string): IndexFile[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new DownloadError(`its list of files is no JSON (${messageOf(error)})`);
  }
  const { files } = parsed as { files?: { filename?: string; url?: string; hashes?: { sha256?: string } }[] };
  if (!Array.isArray(files)) throw new DownloadError('its answer has no list of files');
  return files.flatMap(({ filename, url, hashes }) =>
    typeof filename === 'string' && typeof url === 'string' && URL.canParse(url, base)
      ? [{ name: filename, url: new URL(url, base).href, sha256: hashes?.sha256?.toLowerCase() }]
      : [],
  );
}

/** The anchors of a page. Their addresses hold the hash, if it is known. */
function filesOfHtml(text: string, page: string): IndexFile[] {
  const stated = /<base\s[^>]*href\s*=\s*["']([^"']+)["']/i.exec(text)?.[1];
  const base = stated === undefined ? page : new URL(unescaped(stated), page).href;
  return [...text.matchAll(/<a\s[^>]*?href\s*=\s*["']([^"']+)["']/gi)].flatMap(([, href = '']) => {
    const address = unescaped(href);
    if (!URL.canParse(address, base)) return [];
    const url = new URL(address, base);
    const sha256 = /^#sha256=([0-9a-f]{64})/i.exec(url.hash)?.[1]?.toLowerCase();
    url.hash = '';
    return [{ name: decodeURIComponent(url.pathname.split('/').at(-1) ?? ''), url: url.href, sha256 }];
  });
}

function unescaped(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
}

/** Whether a file's name says that it is the wheel: an index need not tell hashes. */
function isNamedLike({ name }: Pick<IndexFile, 'name'>, { project, version, platform }: PinnedWheel): boolean {
  const [distribution, its, python, , tags] = name.replace(/\.whl$/, '').split('-');
  const normal = (text = '') => text.toLowerCase().replace(/[-_.]+/g, '-');
  const tag = `cp${PYTHON_TAG_VERSION.replace('.', '')}`;
  return (
    name.endsWith('.whl') &&
    normal(distribution) === normal(project) &&
    its === version &&
    (python === tag || python?.startsWith('py') === true) &&
    tags?.split('.').includes(platform) === true
  );
}

/** Takes the wheel from a folder that pip has been told of, if it is there. */
async function copyFromFolders(wheel: PinnedWheel, path: string, { findLinks }: IndexSettings): Promise<boolean> {
  for (const link of findLinks) {
    const folder = link.startsWith('file:') ? fileURLToPath(link) : link;
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) continue;
    for (const name of readdirSync(folder).filter((name) => isNamedLike({ name }, wheel))) {
      const file = join(folder, name);
      if ((await sha256Of(file)) !== wheel.sha256) continue;
      mkdirSync(dirname(path), { recursive: true });
      copyFileSync(file, path);
      return true;
    }
  }
  return false;
}

/** An address without its password. */
function shown(index: string): string {
  const url = new URL(index);
  url.username = '';
  url.password = '';
  return url.href;
}

function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
}
