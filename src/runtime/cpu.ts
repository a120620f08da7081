/** What the CPU is and could do, as far as the system tells. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';

/** Vector instructions that kernels are written for. */
export type Instructions = 'FMA' | 'AVX2' | 'AVX-512' | 'AVX-512 VNNI' | 'AMX' | 'NEON';

/** The CPU of this machine. */
export interface Cpu {
  readonly model: string;
  /** Cores that this process may use; two threads of one core count as two. */
  readonly cores: number;
  /**
   * Millions of cycles a second: the most that Node or `/proc/cpuinfo` tells of a core at this moment, so less than under
   * load where cores rest, and in a virtual machine what its host cares to tell; null where nobody tells.
   */
  readonly megahertz: number | null;
  /** Which of the instructions are there; null where the system does not tell. */
  readonly instructions: readonly Instructions[] | null;
}

/** Each of the instructions, and what Linux and macOS call them. */
const FLAGS: readonly (readonly [Instructions, RegExp])[] = [
  ['FMA', /^fma$/],
  ['AVX2', /^avx2(_0)?$/],
  ['AVX-512', /^avx512f$/],
  ['AVX-512 VNNI', /^avx512_?vnni$/],
  ['AMX', /^amx_tile$/],
  ['NEON', /^(asimd|neon|advsimd)$/],
];

/** Where the facts come from; this machine's own by default. */
export interface CpuSources {
  readonly platform: string;
  readonly model: string;
  /** As Node tells it; 0 where it can't. */
  readonly megahertz: number;
  readonly cores: number;
  /** The text of `/proc/cpuinfo`, or what `sysctl hw.optional` prints; undefined where there is neither. */
  readonly listing: string | undefined;
}

/** Reads what the system tells of the CPU. Never throws. */
export function readCpu(sources: CpuSources = ownSources()): Cpu {
  const { model, megahertz, cores, listing } = sources;
  const words = listing === undefined ? [] : flagsIn(listing, sources.platform);
  const clocks = [...(listing ?? '').matchAll(/^cpu MHz\s*: ([\d.]+)$/gm)].map(([, text]) => Number(text));
  const clock = Math.round(Math.max(megahertz, ...clocks));
  const instructions = FLAGS.filter(([, flag]) => words.some((word) => flag.test(word))).map(([name]) => name);
  return {
    model,
    cores,
    megahertz: clock > 0 ? clock : null,
    instructions: words.length === 0 ? null : instructions,
  };
}

/**
 * Billions of float32 multiplications and additions a second that all cores could do, if every cycle began two fused ones
 * of full width: cores x clock x 2 units x values a register x 2. Above what anybody reaches where a CPU has one unit,
 * or clocks lower under load, and below it where the clock rises; null where clock or instructions are not told.
 */
export function peakGflops({ cores, megahertz, instructions }: Cpu): number | null {
  if (megahertz === null || instructions === null) return null;
  const lanes = widestLanes(instructions);
  return lanes === null ? null : Math.round((cores * megahertz * 2 * lanes * 2) / 1000);
}

/** The widest instructions that float32 products are computed with, such as `AVX-512`; null where that is not told. */
export function widestInstructions({ instructions }: Cpu): Instructions | null {
  return (['AVX-512', 'AVX2', 'NEON'] as const).find((name) => instructions?.includes(name)) ?? null;
}

function widestLanes(instructions: readonly Instructions[]): number | null {
  if (instructions.includes('AVX-512')) return 16;
  if (instructions.includes('AVX2') && instructions.includes('FMA')) return 8;
  return instructions.includes('NEON') ? 4 : null;
}

/** The names of what the CPU can do: of its first core on Linux, those that are 1 on a Mac. */
function flagsIn(listing: string, platform: string): string[] {
  if (platform === 'darwin') {
    return [...listing.matchAll(/^hw\.optional\.(?:arm\.)?(\w+): 1$/gm)].map(([, name]) => name.toLowerCase());
  }
  return (/^(?:flags|Features)\s*:(.*)$/m.exec(listing)?.[1] ?? '').trim().split(/\s+/).filter(Boolean);
}

function ownSources(): CpuSources {
  const [first] = cpus();
  return {
    platform: process.platform,
    model: first?.model.trim() ?? 'unknown',
    megahertz: first?.speed ?? 0,
    cores: availableParallelism(),
    listing: ownListing(),
  };
}

function ownListing(): string | undefined {
  try {
    if (process.platform === 'linux') return readFileSync('/proc/cpuinfo', 'utf8');
    if (process.platform === 'darwin') {
      return execFileSync('/usr/sbin/sysctl', ['hw.optional'], { encoding: 'utf8', timeout: 5000 });
    }
  } catch {
    // A system that does not tell is no fault.
  }
  return undefined;
}
