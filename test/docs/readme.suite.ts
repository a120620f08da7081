/** The blocks of the documents at the top. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { documentSuite } from './document-suite.js';
import { REPOSITORY } from './workplace.js';

for (const document of ['README.md', 'CONTRIBUTING.md']) {
  if (existsSync(join(REPOSITORY, document))) documentSuite(document);
}
