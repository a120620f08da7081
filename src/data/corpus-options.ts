/** The `data` section of an experiment: which clips it names, and how they are parted. */
import { z } from 'zod';
import { PROTOCOL_FORMATS } from './protocol-format.js';
import { sourceOption } from './source.js';

const path = z.string().min(1);
const paths = z.union([path, z.array(path).min(1)], 'expected a path or a list of paths');
const protocolFields = {
  audio: paths.optional().describe('Folder or folders of its clips, which may lie deeper; by default its own folder.'),
  subset: z
    .string()
    .min(1)
    .optional()
    .describe('Subset of it, or all; by default that of the split, where it has one.'),
};

/** A protocol with its audio. */
export const protocolOptions = z.strictObject({
  protocol: path.describe('File that lists the clips.'),
  ...protocolFields,
  format: z.enum(PROTOCOL_FORMATS).default('auto').describe('How the protocol is written; auto: told by its content.'),
});

/** A protocol with its audio; see `protocolOptions`. */
export type ProtocolOptions = z.output<typeof protocolOptions>;

/** How a corpus is parted at random. */
export const splitOptions = z
  .strictObject({
    dev: z.number().gt(0).lt(1).default(0.2).describe('Share of the clips for dev.'),
    eval: z.number().min(0).lt(1).default(0).describe('Share of the clips for eval; 0: none.'),
    seed: z.int().min(0).default(42).describe('Another seed gives another split.'),
  })
  .refine((split) => split.dev + split.eval < 1, 'dev and eval must leave something to train on: together below 1');

/**
 * The `data` section of an experiment. One of `root`, `folder`, `protocol`, `parquet` and `source` names a corpus; `train`, `dev` and `eval`
 * stand in for its parts, or make up a corpus themselves. Nothing named: the corpus bundled with the project.
 */
export const corpusOptions = z
  .strictObject({
    root: path.optional().describe('Folder in the layout of ASVspoof 2019 LA or PA, 2017 or 5.'),
    folder: path.optional().describe('Folder with real/ and fake/ (or like names) anywhere beneath.'),
    speakers: path
      .optional()
      .describe(
        'With folder: "folder" (the one that holds the clip), or a regular expression whose first group is it.',
      ),
    protocol: path.optional().describe('One protocol, to be split.'),
    parquet: paths
      .optional()
      .describe('Parquet files of a Hugging Face audio dataset, or folders of them; splits by the names of the files.'),
    source: sourceOption,
    ...protocolFields,
    format: z
      .enum(PROTOCOL_FORMATS)
      .optional()
      .describe('With protocol: how it is written; by default told by content.'),
    split: splitOptions
      .optional()
      .describe(
        'Shares of the parts; by default the parts that a corpus names itself, else dev 0.2. Of a root or the bundled corpus, train and dev are split anew, and eval stays.',
      ),
    train: protocolOptions.optional().describe('Clips to train on.'),
    dev: protocolOptions.optional().describe('Clips that choose the best epoch.'),
    eval: protocolOptions.optional().describe('Clips for the evaluation at the end.'),
    noise: paths
      .optional()
      .describe('Folder or folders of noise clips; by default noise/ in the root, else the bundled.'),
  })
  .superRefine((options, context) => {
    const refuse = (key: keyof typeof options, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message, input: options[key] });
    const named = (['root', 'folder', 'protocol', 'parquet', 'source'] as const).filter(
      (key) => options[key] !== undefined,
    );
    for (const key of named.slice(1)) refuse(key, `can't go with ${named[0]}; name one corpus`);
    for (const key of ['audio', 'subset', 'format'] as const) {
      if (options[key] !== undefined && options.protocol === undefined) {
        refuse(key, 'belongs to protocol; name that too, or put this into train, dev or eval');
      }
    }
    if (options.speakers !== undefined && options.folder === undefined) refuse('speakers', 'belongs to folder');
    if (options.split !== undefined && options.source !== undefined) refuse('split', 'is for the source to make');
    if (options.split !== undefined && (named[0] === undefined || named[0] === 'root')) {
      const parts = (['train', 'dev'] as const).filter((key) => options[key] !== undefined);
      if (parts.length > 0) refuse('split', `can't go with ${parts.join(' and ')}, which are parts already`);
      else if (options.split.eval > 0) refuse('split', 'leaves eval as it is where the corpus names it; set eval to 0');
    }
    if (named.length === 0 && (options.train ?? options.dev ?? options.eval) !== undefined) {
      for (const key of ['train', 'dev'] as const) {
        if (options[key] === undefined)
          refuse(key, 'is missing; name it, or a corpus with root, folder, protocol or parquet');
      }
    }
  });

/** The `data` section of an experiment, checked; see `corpusOptions`. */
export type CorpusOptions = z.output<typeof corpusOptions>;
