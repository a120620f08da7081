/** Looks at the machine and the engine, and says what is wrong and what mends it: what `voiceproof doctor` prints. */
import { accessSync, constants, existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { arch, availableParallelism, freemem, platform, release, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { userCacheDirectory } from './cache-directory.js';
import { type Check, fine, note, problem } from './check.js';
import { type Cpu, peakGflops, readCpu } from './cpu.js';
import { type Engine, type EngineOptions, startEngine } from './engine.js';
import { measureProduct, tryEngine } from './engine-trials.js';
import { messageOf } from './errors.js';
import { findGpus, findPip, findPython, type Gpu } from './installed-programs.js';
import { NoEngineError } from './native/machine.js';
import { REMEDY } from './native/pip.js';
import { wheelSetFor } from './native/wheels.js';

/** The whole diagnosis: facts, and the checks made of them. */
export interface Diagnosis {
  readonly ok: boolean;
  readonly node: string;
  /** Such as `linux-x64 6.1.0`. */
  readonly platform: string;
  readonly cores: number;
  /** The CPU, and the most that its cores could multiply and add at the clock it tells; null where it tells too little. */
  readonly cpu: Cpu & { readonly peakGflops: number | null };
  readonly memoryBytes: number;
  readonly freeMemoryBytes: number;
  /** The first Python and pip that answer; null where none does. */
  readonly python: string | null;
  readonly pip: string | null;
  readonly gpus: readonly Gpu[];
  readonly cacheDirectory: string;
  readonly engine: Pick<Engine, 'kind' | 'version' | 'source' | 'devices' | 'usesGpu' | 'kernels' | 'threads'> | null;
  /** Billions of multiplications and additions a second in a square float32 matrix product; null without engine. */
  readonly matmulGflops: number | null;
  readonly checks: readonly Check[];
}

/** The least driver for CUDA 12 on Linux, by NVIDIA's table of minor version compatibility. */
const LEAST_DRIVER = 525;
const LEAST_NODE = [20, 19] as const;
/** Where nothing is amiss, six to nine tenths are reached. */
const LEAST_SHARE = 0.4;
/** A training run on the bundled corpus was seen to take about this much. */
const LEAST_MEMORY_BYTES = 2e9;

/**
 * Examines the machine, starts the engine (fetching its library if need be), computes a little, and closes it.
 * Never throws for what it finds wrong: that is in the checks.
 *
 * @param options of the engine; `auto` is taken as `native`, as a stand-in is a problem to report
 */
export async function diagnose(options: EngineOptions): Promise<Diagnosis> {
  const { environment } = options;
  const cacheDirectory = options.cacheDirectory ?? userCacheDirectory();
  const [gpus, python, pip] = await Promise.all([findGpus(environment), findPython(environment), findPip(environment)]);
  const checks = [checkNode(process.versions.node), checkMemory(), await checkCache(cacheDirectory)];
  const cpu = describeCpu();
  let engine: Engine | null = null;
  let matmulGflops: number | null = null;
  try {
    const kind = options.engine === 'auto' ? 'native' : options.engine;
    engine = await startEngine({ ...options, engine: kind, purpose: kind === 'wasm' ? 'inference' : 'training' });
    checks.push(...checkEngine(engine, gpus.length > 0, options.device));
    checks.push(...tryEngine(engine));
    matmulGflops = await measureProduct(kind === 'native' ? 1024 : 256);
    if (kind === 'native' && !engine.usesGpu) checks.push(checkSpeed(matmulGflops, cpu.peakGflops, engine));
  } catch (error) {
    checks.push(explainFailure(error));
  } finally {
    engine?.close();
  }
  checks.push(checkDriver(gpus, options.device));
  if (pip === null) checks.push(note('pip', 'none found: where an index wants more than Node can do, nobody else can'));
  return {
    ok: checks.every(({ status }) => status !== 'problem'),
    node: process.versions.node,
    platform: `${platform()}-${arch()} ${release()}`,
    cores: availableParallelism(),
    cpu,
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
    python,
    pip,
    gpus,
    cacheDirectory,
    engine: engine === null ? null : describeEngine(engine),
    matmulGflops,
    checks,
  };
}

/** Judges a version of Node, such as `22.12.0`. */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return fine('node', `version ${version}`);
  return problem('node', `version ${version} is too old`, `install Node ${leastMajor}.${leastMinor} or later`);
}

/** Judges the NVIDIA driver against what CUDA 12 asks for. */
export function checkDriver(gpus: Diagnosis['gpus'], device: EngineOptions['device']): Check {
  const gpu = gpus[0];
  if (gpu === undefined) {
    return device === 'cuda'
      ? problem('gpu', 'nvidia-smi finds none', 'install the NVIDIA driver, or use --device cpu')
      : fine('gpu', 'none; the CPU is used');
  }
  const detail = `${gpus.map(({ name }) => name).join(', ')}, driver ${gpu.driver}`;
  if (Number.parseInt(gpu.driver, 10) >= LEAST_DRIVER) return fine('gpu', detail);
  return problem(
    'gpu',
    `${detail} is too old for CUDA 12`,
    `install driver ${LEAST_DRIVER} or later, or use --device cpu`,
  );
}

/**
 * Judges the rate of a matrix product against what the CPU could do at the clock it tells.
 *
 * @param engine which kernels it uses, on how many threads
 */
export function checkSpeed(
  gflops: number,
  peak: number | null,
  engine: { readonly kernels: Engine['kernels']; readonly threads: number | null },
): Check {
  const how = `${gflops} GFLOP/s by ${engine.kernels} kernels on ${engine.threads} threads`;
  if (peak === null) return fine('speed', `${how}; what this CPU could do can't be told`);
  const share = `${how}, ${Math.round((100 * gflops) / peak)} % of the ${peak} that its cores could do at the clock they tell`;
  if (gflops >= LEAST_SHARE * peak) return fine('speed', share);
  if (engine.kernels === 'eigen') return note('speed', `${share}: little`, 'use oneDNN: leave --kernels to itself');
  return note('speed', `${share}: little`, 'close other programs; a virtual machine may be lent less than it tells');
}

function checkMemory(): Check {
  const detail = `${gigabytes(freemem())} GB free of ${gigabytes(totalmem())} GB`;
  if (freemem() >= LEAST_MEMORY_BYTES) return fine('memory', detail);
  return note('memory', `${detail}: little for training`, 'close other programs, or lower the batch size');
}

async function checkCache(directory: string): Promise<Check> {
  let existing = directory;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  try {
    accessSync(existing, constants.W_OK);
  } catch {
    return problem(
      'cache',
      `${directory} can't be written`,
      'make it writable, or set XDG_CACHE_HOME to a place that is',
    );
  }
  const { bavail, bsize } = await statfs(existing);
  const free = bavail * bsize;
  const needed = wheelSetFor(platform(), arch(), 'cpu')?.unpackedBytes ?? 0;
  const detail = `${directory}, ${gigabytes(free)} GB free`;
  return free >= needed ? fine('cache', detail) : note('cache', `${detail}: little`, 'free some space');
}

function checkEngine(engine: Engine, hasGpu: boolean, device: EngineOptions['device']): Check[] {
  const started = fine('engine', `${engine.source}, on ${engine.usesGpu ? 'the GPU' : 'the CPU'}`);
  if (!hasGpu || engine.usesGpu || device === 'cpu') return [started];
  return [
    started,
    note('device', 'there is a GPU, and the engine does not use it', 'run "voiceproof setup --device cuda"'),
  ];
}

/** The error's own advice goes into the fix. */
function explainFailure(error: unknown): Check {
  if (error instanceof NoEngineError) return problem('engine', error.why, error.wayOut);
  const [what = ''] = messageOf(error).split(REMEDY);
  const detail = what.replace(/^engine: /, '').replace(/(; go online once and run "voiceproof setup")?(;|, or) $/, '');
  return problem('engine', detail, `run "voiceproof setup" while online, or ${REMEDY}`);
}

function describeEngine(engine: Engine): NonNullable<Diagnosis['engine']> {
  const { kind, version, source, devices, usesGpu, kernels, threads } = engine;
  return { kind, version, source, devices, usesGpu, kernels, threads };
}

function describeCpu(): Diagnosis['cpu'] {
  const cpu = readCpu();
  return { ...cpu, peakGflops: peakGflops(cpu) };
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}
