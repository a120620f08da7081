/** `voiceproof import huggingface`: a Wav2Vec2, HuBERT or WavLM from a Hugging Face folder or the hub. */
import type { CommandModule } from 'yargs';
import { type EngineArguments, engineArguments, engineChoiceFrom } from './engine-options.js';
import { createTerminalLogger, writeResult } from './terminal.js';

interface ImportArguments extends EngineArguments {
  model: string;
  output: string;
  revision: string;
  bonafide: string | undefined;
}

/** Imports a Hugging Face model. */
export const importHuggingFaceCommand: CommandModule<object, ImportArguments> = {
  command: 'huggingface <model>',
  describe: 'A Wav2Vec2, HuBERT or WavLM, bare or ForSequenceClassification',
  builder: (args) =>
    engineArguments(args)
      .positional('model', {
        type: 'string',
        demandOption: true,
        describe: 'A folder with config.json and weights, or a name on the Hugging Face hub',
      })
      .option('output', { type: 'string', demandOption: true, describe: 'The checkpoint to write: a new folder' })
      .option('revision', { type: 'string', default: 'main', describe: 'Branch, tag or commit on the hub' })
      .option('bonafide', {
        type: 'string',
        requiresArg: true,
        describe: 'Which of the checkpoint’s classes is bona fide, where their names don’t tell',
      })
      .example(
        '$0 import huggingface ./my-model --output checkpoints/mine',
        'then: score --checkpoint checkpoints/mine',
      )
      .example('$0 import huggingface facebook/wav2vec2-base --output checkpoints/base', 'to embed, and to train on')
      .epilogue(
        'Weights are read from model.safetensors or pytorch_model.bin, whole or in shards; nothing in them is executed. ' +
          'HF_TOKEN opens models that are not public. What was fetched stays in the user’s cache.',
      ),
  handler: async (args) => {
    const { importHuggingFace } = await import('../api/import.js');
    const { model, output, revision, bonafide: bonafideLabel } = args;
    const token = process.env.HF_TOKEN || undefined;
    const choice = engineChoiceFrom(args, createTerminalLogger());
    const imported = await importHuggingFace(model, { ...choice, output, revision, bonafideLabel, token });
    const { family, nParameters, labels } = imported;
    const kind = labels === undefined ? 'an encoder, to embed with and to train on' : `classes ${labels.join(', ')}`;
    writeResult(`${output}: ${family}, ${nParameters.toLocaleString('en')} parameters; ${kind}`);
  },
};
