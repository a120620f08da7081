import { expect, it, vi } from 'vitest';
import { loadOnnx } from '../../src/inference/onnx-runtime.js';
import { EngineError } from '../../src/runtime/errors.js';

vi.mock('onnxruntime-node', () => {
  throw new Error('not here');
});

it('names what to install where onnxruntime is missing, in one line', async () => {
  const loading = loadOnnx('model.onnx', {} as Parameters<typeof loadOnnx>[1], {});
  await expect(loading).rejects.toThrow(EngineError);
  await expect(loading).rejects.toThrow(
    /^model\.onnx: scoring needs .*onnxruntime-node.*; install it with "npm install.*score the checkpoint$/,
  );
});
