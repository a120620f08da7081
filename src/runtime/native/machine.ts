/** The machine as the engine sees it, and the kinds of machine that TensorFlow is not built for. */
import { readdirSync } from 'node:fs';
import { EngineError } from '../errors.js';

/** A kind of machine. */
export interface Machine {
  /** As `process.platform`. */
  readonly platform: string;
  /** As `process.arch`. */
  readonly arch: string;
  /** The C library of a Linux; null elsewhere. */
  readonly libc: 'glibc' | 'musl' | null;
}

/** No engine can be had on this kind of machine. */
export class NoEngineError extends EngineError {
  constructor(
    /** What is missing, without its full stop. */
    readonly why: string,
    readonly wayOut: string,
  ) {
    super(`engine: ${why}; ${wayOut}`);
  }
}

/** The machine that this process runs on. */
export function thisMachine(): Machine {
  const { platform, arch } = process;
  return { platform, arch, libc: platform === 'linux' ? ownLibc() : null };
}

/** Node names the version of glibc it runs with, where that is its C library: asked only where musl's loader is there, as it takes long. */
function ownLibc(): 'glibc' | 'musl' {
  if (!readdirSync('/lib').some((name) => name.startsWith('ld-musl-'))) return 'glibc';
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return header?.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
}

const SCORING = 'scoring works without, in WebAssembly (engine wasm)';
const CONTAINER = 'a Docker image with glibc, such as node:22-slim';

/** Why there is no library that could be fetched for a machine, and the way out; for one that there is a library for, too. */
export function noEngineFor({ platform, arch, libc }: Machine): NoEngineError {
  const beside = `install Python's "tensorflow", or name a library with --library PATH; ${SCORING}`;
  if (libc === 'musl') {
    return new NoEngineError(
      "TensorFlow isn't built for the C library musl, which Alpine Linux has",
      `use ${CONTAINER}; ${SCORING}`,
    );
  }
  if (platform === 'win32') {
    return new NoEngineError(
      "TensorFlow's library for Windows can't be used without Python",
      `use WSL, or ${CONTAINER}, or ${beside}`,
    );
  }
  if (platform === 'darwin') {
    return new NoEngineError(
      'TensorFlow is no longer built for Macs with Intel processors',
      `use ${CONTAINER}, or ${beside}`,
    );
  }
  return new NoEngineError(`no build of TensorFlow is pinned for ${platform}-${arch}`, beside);
}
