/** Whether an export keeps its word: its files are whole, and every consumer gives the scores of its checkpoint. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ExportFormat } from '../experiment/export-formats.js';
import { type ExportManifest, readExportManifest } from '../experiment/export-manifest.js';
import { CheckpointError, messageOf } from '../runtime/errors.js';
import { decodeNpy } from '../runtime/npy.js';
import type { Consumer, ConsumerRequest, ConsumerResult } from './consumer.js';
import { onnxruntimeInChromium, tfjsInChromium } from './consumer-chromium.js';
import { onnxruntimeInNode, savedModelInNode, tfjsInNode } from './consumer-node.js';
import { onnxruntimeInPython, savedModelInPython, tfliteInPython, transformersInPython } from './consumer-python.js';

/** Who runs which format. */
export const consumers: Readonly<Record<ExportFormat, readonly Consumer[]>> = {
  savedmodel: [savedModelInNode, savedModelInPython],
  'tfjs-graph': [tfjsInNode, tfjsInChromium('wasm'), tfjsInChromium('webgl')],
  'tfjs-layers': [tfjsInNode],
  onnx: [onnxruntimeInNode, onnxruntimeInPython, onnxruntimeInChromium],
  tflite: [tfliteInPython],
  huggingface: [transformersInPython],
};

/** What a consumer made of the self-test. */
export interface ParityRow {
  readonly consumer: string;
  readonly status: 'ok' | 'mismatch' | 'skipped' | 'failed';
  readonly version?: string;
  /** Between its scores and the checkpoint's, where these are above 1 in proportion to them. */
  readonly largestDifference?: number;
  readonly tolerance?: number;
  /** Why it was skipped, or failed. */
  readonly reason?: string;
}

/** What to verify with. */
export interface VerifyOptions {
  readonly python: string;
  readonly chromium: string | undefined;
  /** Set to stop between consumers. */
  readonly signal?: AbortSignal | undefined;
  /** Called with how many consumers were asked, and of how many. */
  readonly onConsumer?: ((done: number, total: number) => void) | undefined;
}

/**
 * Runs every consumer that is installed.
 *
 * @throws CheckpointError where the folder is no export, or was changed
 */
export async function verifyExport(
  directory: string,
  { python, chromium, signal, onConsumer }: VerifyOptions,
): Promise<ParityRow[]> {
  const manifest = readExportManifest(directory);
  checkFiles(directory, manifest);
  const folder = resolve(directory);
  const inputsPath = join(folder, manifest.selfTest.inputs);
  const inputs = decodeNpy(readFileSync(inputsPath), inputsPath);
  const request: ConsumerRequest = { directory: folder, manifest, inputsPath, inputs, python, chromium };
  const rows: ParityRow[] = [];
  for (const consumer of consumers[manifest.format]) {
    signal?.throwIfAborted();
    const result = await askConsumer(consumer, request);
    rows.push(judge(consumer.name, result, manifest.selfTest));
    onConsumer?.(rows.length, consumers[manifest.format].length);
  }
  return rows;
}

/** Asks a consumer; what it throws is its failure. */
export async function askConsumer(consumer: Consumer, request: ConsumerRequest): Promise<ConsumerResult> {
  try {
    return await consumer.run(request);
  } catch (error) {
    return { status: 'failed', reason: messageOf(error) };
  }
}

/** Compares the scores of a consumer with those that are expected. */
export function judge(
  consumer: string,
  result: ConsumerResult,
  { scores: expected, tolerance }: Pick<ExportManifest['selfTest'], 'scores' | 'tolerance'>,
): ParityRow {
  if (result.status !== 'done') {
    return { consumer, status: result.status === 'absent' ? 'skipped' : 'failed', reason: result.reason };
  }
  const { scores, version } = result;
  // A score that is no number is as far off as can be.
  const differences = expected.map((score, i) => {
    const difference = Math.abs(scores[i] - score) / Math.max(1, Math.abs(score));
    return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  });
  const largestDifference = Math.max(...differences);
  const isEqual = scores.length === expected.length && largestDifference <= tolerance;
  return { consumer, status: isEqual ? 'ok' : 'mismatch', version, largestDifference, tolerance };
}

/** The rows as text, for people. */
export function parityTable(rows: readonly ParityRow[]): string {
  const lines = rows.map(({ consumer, status, version = '', largestDifference, tolerance, reason }) => [
    consumer,
    version,
    status,
    largestDifference === undefined
      ? (reason ?? '')
      : `differs by ${largestDifference.toExponential(1)}, of ${tolerance} allowed`,
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function checkFiles(directory: string, { files }: ExportManifest): void {
  for (const [path, expected] of Object.entries(files ?? {})) {
    const place = join(directory, path);
    const found = existsSync(place) ? createHash('sha256').update(readFileSync(place)).digest('hex') : 'none';
    if (found !== expected) {
      throw new CheckpointError(
        `${place}: ${found === 'none' ? 'missing' : 'not the file that was exported'}; export again`,
      );
    }
  }
}
