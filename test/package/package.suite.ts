import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type InstalledProject,
  installPackage,
  type PackedProject,
  packagesWithInstallScripts,
  packProject,
  runInstalled,
} from './installed-project.js';

let root: string;
let packed: PackedProject;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'voiceproof-package-'));
  packed = packProject();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the tarball', () => {
  it('is small', () => {
    process.stdout.write(`packed: ${(packed.packedBytes / 1e6).toFixed(2)} MB in ${packed.files.length} files\n`);
    expect(packed.packedBytes).toBeLessThan(12e6);
  });
});

describe.each(['20'])('installed on Node %s', (node) => {
  let project: InstalledProject;
  beforeAll(() => {
    project = installPackage(join(root, node), { tarball: packed.tarball, node });
  });

  it('ran no install script, and took no half minute', () => {
    process.stdout.write(`installed on Node ${node} in ${project.seconds.toFixed(1)} s\n`);
    expect(packagesWithInstallScripts(project.folder)).toEqual([]);
    expect(project.seconds).toBeLessThan(30);
  });

  it('has a command', () => {
    const { stdout, stderr, status } = runInstalled(project, ['--version'], {});
    expect({ stdout, stderr, status }).toEqual({ stdout: '0.1.0\n', stderr: '', status: 0 });
  });
});
