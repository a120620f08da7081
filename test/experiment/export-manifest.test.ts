import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EXPORT_LAYOUT, EXPORT_MANIFEST, isExport, readExportManifest } from '../../src/experiment/export-manifest.js';
import { CheckpointError } from '../../src/runtime/errors.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'voiceproof-manifest-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('says what to do in a folder that is no export', () => {
  expect(() => readExportManifest(folder)).toThrow(CheckpointError);
  expect(() => readExportManifest(folder)).toThrow(/expected an export.*voiceproof\.json, got none; write one with/);
  expect(isExport(folder)).toBe(false);
});

it('names what a damaged manifest lacks, and takes it for no export', () => {
  writeFileSync(join(folder, EXPORT_MANIFEST), JSON.stringify({ manifest: EXPORT_LAYOUT, format: 'onnx' }));
  expect(() => readExportManifest(folder)).toThrow(/voiceproof\.json: damaged.*selfTest.*; export again$/s);
  expect(isExport(folder)).toBe(false);
  writeFileSync(join(folder, EXPORT_MANIFEST), '{');
  expect(() => readExportManifest(folder)).toThrow(/damaged/);
});
