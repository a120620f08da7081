import { describe, expect, it } from 'vitest';
import { type CpuSources, peakGflops, readCpu, widestInstructions } from '../../src/runtime/cpu.js';

const base: CpuSources = { platform: 'linux', model: 'A CPU', megahertz: 0, cores: 2, listing: undefined };

const INTEL = `processor\t: 0
model name\t: A CPU
cpu MHz\t\t: 2000.000
flags\t\t: fpu sse2 fma avx avx2 avx512f avx512_vnni amx_bf16 amx_tile
bugs\t\t: fma3

processor\t: 1
cpu MHz\t\t: 2600.123
flags\t\t: fpu
`;

describe('what the system tells of the CPU', () => {
  it('is read from Linux', () => {
    const cpu = readCpu({ ...base, listing: INTEL });
    expect(cpu.instructions).toEqual(['FMA', 'AVX2', 'AVX-512', 'AVX-512 VNNI', 'AMX']);
    expect(cpu.megahertz).toBe(2600);
    expect(widestInstructions(cpu)).toBe('AVX-512');
    // Two cores, two units, sixteen values, a product and a sum.
    expect(peakGflops(cpu)).toBe(Math.round(2 * 2.6 * 2 * 16 * 2));
  });

  it('is read of an older CPU, and of one on arm64', () => {
    const listing = 'flags\t\t: fpu fma avx avx2\n';
    const old = readCpu({ ...base, megahertz: 3000, listing });
    expect([old.instructions, peakGflops(old)]).toEqual([['FMA', 'AVX2'], 192]);
    const arm = readCpu({ ...base, megahertz: 3000, listing: 'BogoMIPS\t: 50.00\nFeatures\t: fp asimd evtstrm\n' });
    expect([arm.instructions, peakGflops(arm)]).toEqual([['NEON'], 96]);
  });

  it('is read from a Mac', () => {
    const listing =
      'hw.optional.floatingpoint: 1\nhw.optional.neon: 1\nhw.optional.AdvSIMD: 1\nhw.optional.avx2_0: 0\n';
    expect(readCpu({ ...base, platform: 'darwin', listing }).instructions).toEqual(['NEON']);
  });

  it('is unknown where there is no telling', () => {
    const cpu = readCpu(base);
    expect([cpu.instructions, cpu.megahertz, peakGflops(cpu), widestInstructions(cpu)]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect(peakGflops(readCpu({ ...base, megahertz: 2000, listing: 'flags : fpu sse2\n' }))).toBeNull();
  });

  it('comes from this machine by default', () => {
    const { model, cores } = readCpu();
    expect(model).not.toBe('');
    expect(cores).toBeGreaterThanOrEqual(1);
  });
});
