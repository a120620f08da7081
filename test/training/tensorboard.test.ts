import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createScalarWriter, encodeScalars } from '../../src/training/tensorboard.js';

describe('TensorBoard scalars', () => {
  it('are framed as TensorBoard frames them, byte for byte', () => {
    // tensorboard 2.21.0: RecordWriter.write(Event(wall_time=1700000000.25, step=300, summary=Summary(value=[
    //   Value(tag='train/loss', simple_value=0.25), Value(tag='dev/eer', simple_value=0.125)])).SerializeToString())
    const expected =
      '31000000000000009d8383e90900001040fc54d94110ac022a230a110a0a747261696e2f6c6f7373150000803e0a0e0a0764' +
      '65762f656572150000003e512e9dab';
    const frame = encodeScalars(1700000000.25, 300, { 'train/loss': 0.25, 'dev/eer': 0.125 });
    expect(frame.toString('hex')).toBe(expected);
  });

  it('follow a version event in a file that TensorBoard looks for', () => {
    const directory = mkdtempSync(join(tmpdir(), 'voiceproof-tensorboard-'));
    const writer = createScalarWriter(directory);
    writer.write(1, { a: 1 });
    writer.close();
    const [name] = readdirSync(directory);
    expect(name).toMatch(/^events\.out\.tfevents\.\d+\./);
    expect(readFileSync(join(directory, name)).toString('latin1')).toContain('brain.Event:2');
    rmSync(directory, { recursive: true });
  });
});
