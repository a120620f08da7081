/** Which columns of a parquet file hold clips and labels. */
import { type FileMetaData, parquetSchema } from 'hyparquet';
import { z } from 'zod';
import { DataError } from '../runtime/errors.js';
import { labelOf } from './label.js';
import { knownColumns } from './table.js';

/** A column whose numbers may stand for names. */
export interface NamedColumn {
  readonly column: string;
  /** Names of the classes in order; undefined where the column holds them itself. */
  readonly names: readonly string[] | undefined;
}

/** The columns of a file that are read. */
export interface ParquetColumns {
  readonly audio: string;
  readonly label: NamedColumn;
  readonly speaker: string | undefined;
  readonly attack: NamedColumn | undefined;
}

/** The part of what `datasets` writes beside the schema that is needed. */
const featuresSchema = z.object({
  info: z.object({
    features: z.record(
      z.string(),
      z.looseObject({ _type: z.string().optional(), names: z.array(z.string()).optional() }),
    ),
  }),
});

/**
 * Tells the columns by the features that `datasets` describes, or by their names: `audio`, and `label`, `key` or the like.
 * Of several columns with classes the label is the one whose names tell real from fake.
 *
 * @param where the file
 * @throws DataError that lists the columns there are
 */
export function columnsOf(metadata: FileMetaData, where: string): ParquetColumns {
  const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
  const features = featuresOf(metadata);
  const isOfType = (type: string) => columns.filter((name) => features[name]?._type === type);
  const known = knownColumns(columns);
  const at = (position: number | undefined) => (position === undefined ? undefined : columns[position]);
  const audio = isOfType('Audio')[0] ?? (columns.includes('audio') ? 'audio' : at(known.file));
  const got = `got ${columns.join(', ')}`;
  if (audio === undefined) throw new DataError(`${where}: expected a column "audio" with bytes or paths, ${got}`);

  const named = (column: string): NamedColumn => ({ column, names: features[column]?.names });
  const classes = isOfType('ClassLabel').map(named);
  const telling = classes.find(({ names }) => names?.every((name) => labelOf(name) !== undefined));
  const byName = at(known.label);
  const label = telling ?? (byName === undefined ? undefined : named(byName));
  if (label === undefined) throw new DataError(`${where}: expected a column "label" with real and fake, ${got}`);
  if (label.names !== undefined && label !== telling) {
    throw new DataError(
      `${where}: expected a label whose classes are bonafide and spoof, or real and fake, got ${label.column} with ${label.names.join(', ')}; write such names, or a column of words`,
    );
  }
  const attack = at(known.attack);
  return {
    audio,
    label,
    speaker: at(known.speaker),
    attack: attack === undefined || attack === label.column ? undefined : named(attack),
  };
}

/** By column; empty where the file was not written by `datasets`. */
function featuresOf({ key_value_metadata: pairs }: FileMetaData) {
  const text = pairs?.find(({ key }) => key === 'huggingface')?.value;
  if (text === undefined) return {};
  try {
    return featuresSchema.parse(JSON.parse(text)).info.features;
  } catch {
    // Lists of features are not described so; the columns speak for themselves then.
    return {};
  }
}
