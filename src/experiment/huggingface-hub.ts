/** Model folders from the Hugging Face hub, kept in a cache: a download that broke off goes on where it stopped. */
import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { downloadFile, HubApiError, type ListFileEntry, listFiles, modelInfo } from '@huggingface/hub';
import { CheckpointError, ConfigError, messageOf } from '../runtime/errors.js';
import { writeFileAtomic } from '../runtime/files.js';
import type { Logger } from '../runtime/logger.js';
import { HUGGING_FACE_FILES, readShardIndex } from './huggingface-folder.js';

/** What to fetch, and how. */
export interface HubRequest {
  /** Name on the hub, such as `facebook/wav2vec2-base`. */
  readonly name: string;
  /** Branch, tag or commit; default `main`. */
  readonly revision?: string;
  /** For models that are not public. */
  readonly token?: string | undefined;
  /** Where folders are kept. */
  readonly cacheDirectory: string;
  readonly logger: Logger;
  /** Set to stop; the next call goes on from what came. */
  readonly signal?: AbortSignal | undefined;
  /** Another hub; default Hugging Face's own. */
  readonly hubUrl?: string;
}

/** One per file: what the client is told of the repository. */
type Access = Pick<Parameters<typeof listFiles>[0], 'repo' | 'revision' | 'hubUrl' | 'accessToken'>;

/** Names that may stand in a path. */
const NAME = /^[\w-][\w.-]*(\/[\w-][\w.-]*)?$/;

/** Whether text is the name of a model on the hub. */
export function isHubName(text: string): boolean {
  return NAME.test(text);
}

/**
 * The folder of a model with its configuration and weights; no other files. What is in the cache whole is not asked for
 * again, and is used, with a warning, where the hub can't be reached.
 *
 * @returns its path
 * @throws CheckpointError where there is no such model, or it can't be fetched: offline, refused, damaged on the way
 */
export async function fetchHuggingFaceFolder(request: HubRequest): Promise<string> {
  const { name, revision = 'main', token, cacheDirectory, logger, hubUrl, signal } = request;
  if (!isHubName(name) || !/^[\w-][\w./-]*$/.test(revision) || revision.includes('..')) {
    throw new ConfigError(`${name}: expected a hub name such as facebook/wav2vec2-base, or the path of a folder`);
  }
  const root = join(cacheDirectory, name.replace('/', '--'));
  const reference = join(root, 'refs', encodeURIComponent(revision));
  const options = {
    ...(hubUrl === undefined ? {} : { hubUrl }),
    ...(token === undefined ? {} : { accessToken: token }),
  };
  try {
    const { sha } = await modelInfo({ name, revision, additionalFields: ['sha'], ...options });
    if (!/^[0-9a-f]{7,64}$/.test(sha)) throw new Error(`expected a commit, got ${sha}`);
    const folder = join(root, sha);
    if (!existsSync(join(folder, DONE))) {
      await fetchFiles({ repo: name, revision: sha, ...options }, folder, { logger, signal });
      writeFileAtomic(join(folder, DONE), '');
    }
    writeFileAtomic(reference, sha);
    return folder;
  } catch (error) {
    if (error instanceof CheckpointError || signal?.aborted === true) throw error;
    const kept = existsSync(reference) ? join(root, readFileSync(reference, 'utf8')) : undefined;
    if (kept !== undefined && !(error instanceof HubApiError)) {
      logger.warn(`${name}: the hub can't be reached; using what was fetched before, ${kept}`);
      return kept;
    }
    throw new CheckpointError(`${name}: ${remedy(error)}`, { cause: error });
  }
}

/** Marks a folder that is whole. */
const DONE = '.complete';

function remedy(error: unknown): string {
  if (error instanceof HubApiError) {
    const isRefused = error.statusCode === 401 || error.statusCode === 403 || error.statusCode === 404;
    return isRefused
      ? `the hub has no such model or revision for you (${error.statusCode}); check the name, and set HF_TOKEN for one that is not public`
      : `the hub answered ${error.statusCode}: ${messageOf(error)}; try again later`;
  }
  const cause = error instanceof Error && error.cause !== undefined ? `, ${messageOf(error.cause)}` : '';
  return `no such folder, and the hub can't be reached (${messageOf(error)}${cause}); copy the model's folder here and give its path`;
}

type FetchContext = Pick<HubRequest, 'logger' | 'signal'>;

/** Fetches the files that matter. */
async function fetchFiles(access: Access, folder: string, context: FetchContext): Promise<void> {
  const files = new Map<string, ListFileEntry>();
  for await (const entry of listFiles(access)) if (entry.type === 'file') files.set(entry.path, entry);
  const { config, preprocessor, weights } = HUGGING_FACE_FILES;
  const chosen = weights.find((each) => files.has(each));
  if (!files.has(config) || chosen === undefined) {
    throw new CheckpointError(`${access.repo}: expected config.json and ${weights.join(' or ')} on the hub, got none`);
  }
  mkdirSync(folder, { recursive: true });
  for (const name of [config, preprocessor, chosen]) {
    const entry = files.get(name);
    if (entry !== undefined) await fetchFile(access, entry, folder, context);
  }
  if (!chosen.endsWith('.index.json')) return;
  for (const shard of new Set(readShardIndex(join(folder, chosen)).values())) {
    const entry = files.get(shard);
    if (entry === undefined) throw new CheckpointError(`${access.repo}: ${shard}: named by the index, but not there`);
    await fetchFile(access, entry, folder, context);
  }
}

/** Fetches one file, from where an earlier attempt stopped, and checks what came. */
async function fetchFile(
  access: Access,
  entry: ListFileEntry,
  folder: string,
  { logger, signal }: FetchContext,
): Promise<void> {
  signal?.throwIfAborted();
  const { path, lfs } = entry;
  const size = lfs?.size ?? entry.size;
  const target = join(folder, path);
  if (existsSync(target)) return;
  const part = `${target}.part`;
  const had = statSync(part, { throwIfNoEntry: false })?.size ?? 0;
  const start = had <= size ? had : 0;
  const blob = await downloadFile({ ...access, path });
  if (blob === null) throw new CheckpointError(`${access.repo}: ${path}: gone from the hub; try again`);
  const progress = logger.progress(path, size);
  const counted = async function* (chunks: AsyncIterable<Uint8Array>) {
    let done = start;
    for await (const chunk of chunks) {
      done += chunk.length;
      progress.update(done);
      yield chunk;
    }
  };
  try {
    if (start < size) {
      const stream = Readable.fromWeb((start === 0 ? blob : blob.slice(start)).stream() as never);
      const file = createWriteStream(part, { flags: start === 0 ? 'w' : 'a' });
      await pipeline(stream, counted, file, signal === undefined ? {} : { signal });
    }
  } finally {
    progress.end();
  }
  const came = statSync(part).size;
  if (came !== size || (lfs !== undefined && (await sha256Of(part)) !== lfs.oid)) {
    rmSync(part);
    throw new CheckpointError(`${access.repo}: ${path}: damaged on the way (${came} of ${size} bytes); try again`);
  }
  renameSync(part, target);
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
