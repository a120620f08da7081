/** `README.md` of an export: what it is and how to use it, for people. */
import { join } from 'node:path';
import type { RunConfig } from '../experiment/checkpoint.js';
import type { ExportFormat } from '../experiment/export-formats.js';
import type { ExportManifest } from '../experiment/export-manifest.js';
import { writeFileAtomic } from '../runtime/files.js';

/** What the card is written from. */
export interface CardContent {
  readonly manifest: ExportManifest;
  readonly description: string;
  readonly run: RunConfig;
  readonly nParameters: number;
  /** `metrics.json`; undefined where there is none. */
  readonly metrics: unknown;
  readonly license: string | undefined;
}

/** Writes the card. */
export function writeModelCard(directory: string, content: CardContent): void {
  writeFileAtomic(join(directory, 'README.md'), modelCard(content));
}

/** The card as Markdown, with the head that Hugging Face's hub reads. */
export function modelCard({ manifest, description, run, nParameters, metrics, license }: CardContent): string {
  const { checkpoint, input, outputs, threshold, selfTest, quantization, format, voiceproof } = manifest;
  const { config } = run;
  const shape = `[batch, ${input.shape.join(', ')}]`;
  const seconds = (input.nSamples / input.sampleRate).toFixed(2);
  return `---
library_name: ${format === 'huggingface' ? 'transformers' : 'voiceproof'}
pipeline_tag: audio-classification
tags: [anti-spoofing, audio-deepfake-detection, ${checkpoint.architecture}]
---
# ${checkpoint.name} (${format})

${description}

| | |
| --- | --- |
| architecture | ${checkpoint.architecture}, ${nParameters.toLocaleString('en-US')} trained weights, epoch ${checkpoint.epoch} |
| weights | ${quantization ?? 'float32'} |
| written by | Voiceproof ${voiceproof}, from a checkpoint with the SHA-256 \`${checkpoint.sha256}\` |
| licence | ${license ?? 'not stated; the terms of the data it was trained on hold for the weights'} |

## Input

\`${input.name}\`, float32 ${shape}: ${
    input.kind === 'waveform'
      ? `mono, ${input.sampleRate} Hz, about -1 to 1`
      : `the feature \`${input.feature?.type}\` of clips, frames by bins, as described under \`input.feature\` in voiceproof.json`
  }. The batch is free. A clip has ${input.nSamples} samples
(${seconds} s): repeat a shorter one from its start, and take the first ${input.nSamples} of a longer one.

## Output

- \`logits\` [batch, ${outputs.logits.shape}]: ${outputs.logits.meaning}
- \`score\` [batch]: ${outputs.score.meaning}. **A higher score always means more bona fide.**

A score of at least **${threshold}** is called bona fide, a lower one spoof. ${
    checkpoint.epoch === 0
      ? 'The checkpoint was imported, and the threshold is where both classes are equally likely to it.'
      : 'This threshold is the point of equal error rates on the dev set: there, as many spoofed clips pass as human ones are refused. Another balance of errors needs another threshold.'
  }

${USAGE[format](manifest)}

## Training

${config.description === '' ? 'No description was given.' : config.description}

Data: ${describeData(config.data)}. Random seed ${config.seed}.

${metricsTable(metrics)}${roundingLine(manifest)}

A detector is only as good as its training data is like what it meets: other microphones, codecs, languages and attacks
raise its errors. Measure it on data of your own before anything depends on it.

## Self-test

\`${selfTest.inputs}\` holds three made-up clips (${selfTest.clips.join(', ')}), for which the checkpoint gives the scores
${selfTest.scores.map((score) => score.toFixed(6)).join(', ')}. Whatever runs this export must give the same, within
${selfTest.tolerance}${quantization === null ? '' : ' (weights are rounded)'}. \`voiceproof export --verify FOLDER\` asks every consumer that is installed.
`;
}

const USAGE: Readonly<Record<ExportFormat, (manifest: ExportManifest) => string>> = {
  savedmodel: ({ input }) => `## Use

\`\`\`python
import tensorflow as tf
model = tf.saved_model.load('1').signatures['serving_default']
scores = model(${input.name}=tf.constant(clips))['score']  # clips: float32 [batch, ${input.shape.join(', ')}]
\`\`\`

TensorFlow Serving takes this folder as \`model_base_path\`; \`POST .../v1/models/NAME:predict\` with
\`{"instances": [clip, clip]}\` answers \`{"predictions": [{"logits": [...], "score": ...}, ...]}\`.`,
  'tfjs-graph': ({ input }) => `## Use

\`\`\`js
const model = await tf.loadGraphModel('model.json'); // @tensorflow/tfjs, in a browser or in Node
const score = model.execute({ ${input.name}: tf.tensor(clips) }, 'score');
\`\`\`
${
  input.kind === 'waveform'
    ? '\n`index.html`, served over HTTP (`npx http-server .`), scores files and recordings in the browser; no audio leaves it.'
    : ''
}`,
  'tfjs-layers': () => `## Use

\`\`\`js
const model = await tf.loadLayersModel('model.json'); // @tensorflow/tfjs
const logits = model.predict(features);
\`\`\``,
  onnx: ({ input }) => `## Use

\`\`\`python
import onnxruntime
session = onnxruntime.InferenceSession('model.onnx')
logits, scores = session.run(['logits', 'score'], {'${input.name}': clips})  # float32 [batch, ${input.shape.join(', ')}]
\`\`\``,
  tflite: ({ input }) => `## Use

\`\`\`python
import tensorflow as tf
interpreter = tf.lite.Interpreter('model.tflite')
run = interpreter.get_signature_runner('serving_default')
scores = run(${input.name}=clip)['score']  # float32 [1, ${input.shape.join(', ')}]
\`\`\``,
  huggingface: () => `## Use

\`\`\`python
from transformers import AutoFeatureExtractor, AutoModelForAudioClassification
extractor = AutoFeatureExtractor.from_pretrained('.')
model = AutoModelForAudioClassification.from_pretrained('.')
logits = model(**extractor(clip, sampling_rate=16000, return_tensors='pt')).logits
\`\`\``,
};

function describeData(data: RunConfig['config']['data']): string {
  const { root, folder, protocol, train } = data;
  const named = root ?? folder ?? protocol ?? train?.protocol;
  return named === undefined
    ? 'the small corpus that comes with Voiceproof (CC BY and CC BY-SA recordings and free synthesizers), good for trying things out only'
    : `\`${named}\``;
}

function roundingLine({ quantization, roundingCost }: ExportManifest): string {
  if (quantization === null || roundingCost === null || roundingCost === undefined) return '';
  const { corpus, nClips, eer, roundedEer } = roundingCost;
  const percent = (rate: number) => `${(100 * rate).toFixed(2)} %`;
  return `\n\nWhat ${quantization} weights cost: on ${nClips} dev clips of ${corpus} an EER of ${percent(roundedEer)}, where the checkpoint has ${percent(eer)}.`;
}

function metricsTable(metrics: unknown): string {
  const rows = ['dev', 'eval'].flatMap((split) => {
    const part = (metrics as Record<string, Readonly<Record<string, unknown>> | null> | undefined)?.[split];
    if (part === null || part === undefined) return [];
    const percent = (value: unknown) => (typeof value === 'number' ? `${(100 * value).toFixed(2)} %` : '');
    const plain = (value: unknown) => (typeof value === 'number' ? value.toFixed(4) : '');
    return [
      `| ${split} | ${part.nBonafide} | ${part.nSpoof} | ${percent(part.eer)} | ${plain(part.minDcf)} | ${plain(part.auc)} |`,
    ];
  });
  if (rows.length === 0) return 'No metrics travel with the checkpoint.';
  return `| set | bona fide clips | spoofed clips | EER | min DCF | AUC |\n| --- | --- | --- | --- | --- | --- |\n${rows.join('\n')}\n\nOf the float32 checkpoint.`;
}
