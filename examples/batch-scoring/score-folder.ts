/** Scores every audio file beneath a folder into a CSV, the most suspicious first, and says which could not be scored. */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDetector } from 'voiceproof';

const [folder, output] = process.argv.slice(2);
if (folder === undefined || output === undefined) throw new Error('expected a folder and the CSV to write');

const entries = await readdir(folder, { recursive: true, withFileTypes: true });
const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));

await using detector = await openDetector();
const rows: { file: string; score: number; label: string; probability: number | null }[] = [];
let nFailed = 0;
for await (const result of detector.scoreAll(files, { prior: 0.9 })) {
  if ('error' in result) {
    nFailed += 1;
    console.error(result.error);
  } else {
    rows.push(result);
  }
}

rows.sort((a, b) => a.score - b.score);
const lines = rows.map(({ file, score, label, probability }) =>
  [JSON.stringify(file), score, label, probability].join(),
);
await writeFile(output, ['file,score,label,probability', ...lines, ''].join('\n'));
console.log(`${rows.length} scored, ${nFailed} failed`);
