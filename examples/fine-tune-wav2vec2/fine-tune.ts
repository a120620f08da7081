/** Hugging Face weights in, a fine-tuned detector out: `fine-tune WEIGHTS CLIPS RUN`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineExperiment, exportCheckpoint, importHuggingFace, readRunConfig, runExperiment } from 'voiceproof';

const [weights, clips, run] = process.argv.slice(2);
if (weights === undefined || clips === undefined || run === undefined) {
  throw new Error('expected weights (a folder, or a name on the hub), a folder of clips, and the run folder to write');
}

const encoder = join(run, 'encoder');
if (!existsSync(encoder)) {
  const { family, nParameters } = await importHuggingFace(weights, { output: encoder });
  console.log(`imported: ${family}, ${nParameters} parameters`);
}

// The model has the encoder's sizes.
const { config } = await readRunConfig(encoder);
const experiment = defineExperiment({
  description: 'Wav2Vec2 with a fresh head',
  durationSeconds: 2,
  data: { folder: clips, split: { dev: 0.2, eval: 0.2 } },
  model: { ...config.model, type: 'wav2vec2', encoderOnly: false },
  pretrained: encoder,
  ignoreMismatchedSizes: true,
  training: {
    numTrainEpochs: Number(process.env.EPOCHS ?? 10),
    perDeviceTrainBatchSize: 8,
    optim: 'adamw',
    learningRate: 2e-5,
    freezeFeatureEncoder: true,
  },
});

// Ctrl-C stops after saving; the same command then goes on.
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

const directory = join(run, 'tuned');
const { bestEpoch, eval: figures } = await runExperiment(experiment, {
  directory,
  resume: existsSync(directory),
  signal: stop.signal,
  onProgress: ({ label, done, total }) => process.stderr.write(`\r${label}: ${done}/${total}  `),
});
console.log(`\nbest epoch: ${bestEpoch}, EER ${(100 * (figures?.eer ?? Number.NaN)).toFixed(1)} %`);

// Back to where it came from: a folder that transformers loads.
const output = join(run, 'huggingface');
await exportCheckpoint(directory, { format: 'huggingface', output, overwrite: true });
console.log(`written: ${output}`);
