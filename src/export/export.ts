/** A checkpoint as a folder that others can run: the model in one of several formats, a card, and a self-test. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { readCalibration } from '../experiment/calibration-file.js';
import { RUN_FILES } from '../experiment/checkpoint.js';
import type { ExportFormat } from '../experiment/export-formats.js';
import { EXPORT_LAYOUT, EXPORT_MANIFEST, type ExportManifest, isExport } from '../experiment/export-manifest.js';
import { countParameters, namedWeights } from '../models/named-weights.js';
import { ConfigError } from '../runtime/errors.js';
import { writeFileAtomic, writeJsonAtomic } from '../runtime/files.js';
import { writeHuggingFace } from './huggingface.js';
import { type InferenceProgram, recordInference } from './inference-program.js';
import { writeModelCard } from './model-card.js';
import { toOnnx } from './onnx.js';
import { encodeOnnx } from './onnx-model.js';
import { writePage } from './page.js';
import type { Quantization } from './quantization.js';
import { measureRounding } from './rounding-cost.js';
import { writeSavedModel } from './saved-model.js';
import { writeSelfTest } from './self-test.js';
import { writeTfjsGraph } from './tfjs-graph.js';
import { writeTfjsLayers } from './tfjs-layers.js';
import { writeTflite } from './tflite.js';

/** What to export, and how. */
export interface ExportRequest {
  /** A run folder. */
  readonly checkpoint: string;
  readonly format: ExportFormat;
  /** The folder to write. */
  readonly output: string;
  /** Whether an export that is there already is replaced. */
  readonly overwrite?: boolean;
  /** Whether the model takes the waveform and computes its feature itself. */
  readonly withFeatures?: boolean;
  /** Whether a SavedModel has its weights in the graph rather than in checkpoint files. */
  readonly frozen?: boolean;
  readonly quantize?: Quantization | undefined;
  /** Length of a clip where the checkpoint leaves it free. */
  readonly seconds?: number | undefined;
  /** Interpreter of Python, which only TFLite needs. Default `python3`. */
  readonly python?: string;
  /** Licence of the weights, for the card. */
  readonly license?: string | undefined;
  /** Of Voiceproof. */
  readonly version: string;
  /** Set to stop between steps; nothing is left then. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each of {@link EXPORT_STEPS}. */
  readonly onStep?: ((done: number) => void) | undefined;
}

/** Steps of an export: the model is recorded, written, tested, and described. */
export const EXPORT_STEPS = 4;

/** What writing one format takes. */
interface FormatContext {
  readonly inference: InferenceProgram;
  readonly request: ExportRequest;
  readonly description: string;
}

/** A format: a new one is a line in {@link formats}. */
interface FormatWriter {
  /** File or folder of the model in the export. */
  readonly model: string;
  readonly quantizations: readonly Quantization[];
  /** Whether the model can compute its feature itself. */
  readonly takesWaveforms: boolean;
  write(directory: string, context: FormatContext): void | Promise<void>;
}

const BOTH: readonly Quantization[] = ['float16', 'int8'];

/** The formats there are. */
export const formats: Readonly<Record<ExportFormat, FormatWriter>> = {
  savedmodel: {
    // The version folder of TensorFlow Serving.
    model: '1',
    quantizations: [],
    takesWaveforms: true,
    write: (directory, { inference: { program, weightNames }, request: { frozen = false } }) =>
      writeSavedModel(join(directory, '1'), program, weightNames, { frozen }),
  },
  'tfjs-graph': {
    model: 'model.json',
    quantizations: BOTH,
    takesWaveforms: true,
    write: (directory, { inference: { program, inputName }, request: { quantize } }) => {
      writeTfjsGraph(directory, program, quantize === undefined ? {} : { quantize });
      if (inputName === 'waveform') writePage(directory);
    },
  },
  'tfjs-layers': {
    model: 'model.json',
    quantizations: [],
    takesWaveforms: false,
    write: (directory, { inference }) => writeTfjsLayers(directory, inference.model),
  },
  onnx: {
    model: 'model.onnx',
    quantizations: BOTH,
    takesWaveforms: true,
    write: (directory, { inference: { program, weightNames, run }, request: { quantize, version }, description }) => {
      const metadata = { name: run.name, architecture: run.config.model.type, sampleRate: '16000' };
      const model = toOnnx(program, { description, metadata, quantize, weights: weightNames });
      writeFileAtomic(join(directory, 'model.onnx'), encodeOnnx(model, version));
    },
  },
  tflite: {
    model: 'model.tflite',
    quantizations: BOTH,
    takesWaveforms: true,
    write: (directory, { inference, request: { quantize, python = 'python3' } }) =>
      writeTflite(join(directory, 'model.tflite'), inference, { python, quantize }),
  },
  huggingface: {
    model: 'model.safetensors',
    quantizations: [],
    takesWaveforms: true,
    write: (directory, { inference }) => writeHuggingFace(directory, inference),
  },
};

/**
 * Exports a checkpoint. The folder is there when it is whole, and not before.
 *
 * @returns what the manifest says
 * @throws ConfigError for options that the format or the checkpoint does not have, and where the folder is taken;
 *   CheckpointError where the checkpoint can't be read; GraphError for an op that the format lacks
 */
export async function exportCheckpoint(request: ExportRequest): Promise<ExportManifest> {
  const { checkpoint, format, output, quantize, withFeatures = false } = request;
  const writer = formats[format];
  refuseUnfit(request, writer);
  const target = resolve(output);
  const isReplaced = checkTarget(target, request.overwrite ?? false);
  const inference = recordInference(checkpoint, { withFeatures, seconds: request.seconds });
  const step = (done: number): void => {
    request.onStep?.(done);
    request.signal?.throwIfAborted();
  };
  const draft = neighbour(target);
  const withRoundingCost = async (manifest: ExportManifest): Promise<ExportManifest> => {
    writeJsonAtomic(join(draft, EXPORT_MANIFEST), manifest);
    const roundingCost = await measureRounding(checkpoint, draft);
    rmSync(join(draft, EXPORT_MANIFEST));
    return { ...manifest, roundingCost };
  };
  try {
    mkdirSync(draft, { recursive: true });
    step(1);
    const description = describe(inference);
    await writer.write(draft, { inference, request, description });
    step(2);
    const selfTest = writeSelfTest(draft, inference, quantize);
    const plain = manifestOf(request, inference, selfTest);
    const manifest = quantize === undefined || format === 'tflite' ? plain : await withRoundingCost(plain);
    step(3);
    writeModelCard(draft, {
      manifest,
      description,
      run: inference.run,
      nParameters: countParameters(namedWeights(inference.model)),
      metrics: readMetrics(checkpoint),
      license: request.license,
    });
    const files = Object.fromEntries(listFiles(draft).map((path) => [path, sha256(join(draft, path))]));
    writeJsonAtomic(join(draft, EXPORT_MANIFEST), { ...manifest, files });
    if (isReplaced) replace(target, draft);
    else renameSync(draft, target);
    request.onStep?.(EXPORT_STEPS);
    return manifest;
  } finally {
    rmSync(draft, { recursive: true, force: true });
    inference.dispose();
  }
}

function refuseUnfit({ format, quantize, withFeatures, frozen }: ExportRequest, writer: FormatWriter): void {
  if (quantize !== undefined && !writer.quantizations.includes(quantize)) {
    const able = Object.entries(formats).filter(([, { quantizations }]) => quantizations.includes(quantize));
    throw new ConfigError(
      `export: ${format} has no ${quantize} weights; leave \`quantize\` out, or export ${able.map(([name]) => name).join(', ')}`,
    );
  }
  if (withFeatures === true && !writer.takesWaveforms) {
    throw new ConfigError(`export: ${format} holds layers alone; leave \`withFeatures\` out, or export tfjs-graph`);
  }
  if (frozen === true && format !== 'savedmodel') {
    throw new ConfigError(`export: \`frozen\` is for savedmodel; ${format} always holds its weights`);
  }
}

/** Whether there is an export to replace. */
function checkTarget(target: string, overwrite: boolean): boolean {
  if (!existsSync(target)) return false;
  if (!isExport(target)) {
    throw new ConfigError(`${target}: expected a new folder, got one that is no export; choose another`);
  }
  if (!overwrite) throw new ConfigError(`${target}: there is an export already; choose another, or add \`overwrite\``);
  return true;
}

/** A name beside `target` that nothing has, hidden. */
function neighbour(target: string): string {
  return join(dirname(target), `.${basename(target)}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`);
}

function replace(target: string, draft: string): void {
  const old = neighbour(target);
  renameSync(target, old);
  renameSync(draft, target);
  rmSync(old, { recursive: true, force: true });
}

function describe({ run, inputName, inputShape }: InferenceProgram): string {
  const input = inputName === 'waveform' ? 'a waveform at 16 kHz' : 'a feature matrix';
  return `Detector of spoofed speech (${run.config.model.type}): ${input} [batch, ${inputShape.join(', ')}] to a score; higher is more bona fide.`;
}

function manifestOf(
  request: ExportRequest,
  { run, metadata, inputName, inputShape, nSamples, program }: InferenceProgram,
  selfTest: ExportManifest['selfTest'],
): ExportManifest {
  const { format, checkpoint, quantize, version } = request;
  const nLogits = program.outputs.get('logits')?.shape[1] as number;
  return {
    manifest: EXPORT_LAYOUT,
    voiceproof: version,
    format,
    model: formats[format].model,
    quantization: quantize ?? null,
    checkpoint: {
      name: run.name,
      sha256: sha256(join(checkpoint, RUN_FILES.model)),
      epoch: metadata.epoch,
      architecture: run.config.model.type,
    },
    input: {
      name: inputName,
      kind: inputName,
      shape: [...inputShape],
      sampleRate: 16000,
      nSamples,
      feature: run.config.feature,
    },
    outputs: {
      logits: { shape: [nLogits], meaning: nLogits === 1 ? '[bona fide]' : '[spoof, bona fide]' },
      score: { meaning: nLogits === 1 ? 'the logit' : 'bona fide less spoof' },
    },
    threshold: metadata.threshold,
    calibration: readCalibration(checkpoint, metadata.epoch) ?? null,
    selfTest,
  };
}

/** `metrics.json` of the run; undefined where it has none, such as a checkpoint that was imported. */
function readMetrics(checkpoint: string): unknown {
  const path = join(checkpoint, RUN_FILES.metrics);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

function listFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(directory.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
}

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
