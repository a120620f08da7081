/** What runs exports elsewhere: whoever takes inputs and gives scores. */

import type { ExportManifest } from '../experiment/export-manifest.js';
import type { NpyArray } from '../runtime/npy.js';

/** What a consumer is asked. */
export interface ConsumerRequest {
  /** The export, an absolute path. */
  readonly directory: string;
  readonly manifest: ExportManifest;
  /** `.npy` file of the inputs, `[clips, ...input.shape]`, and what it holds. */
  readonly inputsPath: string;
  readonly inputs: NpyArray;
  /** Interpreter of Python. */
  readonly python: string;
  /** A Chromium; undefined: where it usually is. */
  readonly chromium: string | undefined;
}

/** What came of it. */
export type ConsumerResult =
  | { readonly status: 'done'; readonly version: string; readonly scores: readonly number[] }
  /** It is not installed. */
  | { readonly status: 'absent'; readonly reason: string }
  | { readonly status: 'failed'; readonly reason: string };

/** Runs exports of some format. */
export interface Consumer {
  /** Such as `onnxruntime in Node`. */
  readonly name: string;
  run(request: ConsumerRequest): Promise<ConsumerResult>;
}
