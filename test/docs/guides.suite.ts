/** The blocks of the site's first page and of the guides. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { documentSuite } from './document-suite.js';
import { REPOSITORY } from './workplace.js';

documentSuite('docs/index.md');
for (const name of readdirSync(join(REPOSITORY, 'docs', 'guides')).sort()) {
  if (name.endsWith('.md')) documentSuite(`docs/guides/${name}`);
}
