/** Pictures in files: SVG with axes, or PNG with a pixel for each value. */
import { extname } from 'node:path';
import { ConfigError } from '../runtime/errors.js';
import { writeFileAtomic } from '../runtime/files.js';
import type { Chart } from './theme.js';

/** How a picture is stored, by the ending of its name. */
export type PictureKind = 'svg' | 'png';

/**
 * The kind of a picture, to be asked before any work is done.
 *
 * @throws ConfigError where the name ends otherwise
 */
export function pictureKind(path: string): PictureKind {
  const kind = extname(path).toLowerCase();
  if (kind === '.svg') return 'svg';
  if (kind === '.png') return 'png';
  throw new ConfigError(`\`plot\`: expected a .svg or .png file, got ${path}`);
}

/** Writes a picture; only the one that its name asks for is made. */
export async function writePicture(path: string, { chart, png }: { chart(): Chart; png(): Uint8Array }): Promise<void> {
  if (pictureKind(path) === 'png') {
    writeFileAtomic(path, png());
    return;
  }
  // Loading the charts takes a while.
  const { drawInline, loadDrawing, standAlone } = await import('./draw.js');
  writeFileAtomic(path, standAlone(drawInline(await loadDrawing(), chart())));
}
