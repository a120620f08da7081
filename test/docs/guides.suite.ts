/** The blocks of the guides. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { documentSuite } from './document-suite.js';
import { REPOSITORY } from './workplace.js';

for (const name of readdirSync(join(REPOSITORY, 'docs', 'guides')).sort()) {
  if (name.endsWith('.md')) documentSuite(`docs/guides/${name}`);
}
