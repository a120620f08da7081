/** The blocks of the examples' READMEs: each example installed, built and run as its README says. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { documentSuite } from './document-suite.js';
import { REPOSITORY } from './workplace.js';

for (const name of readdirSync(join(REPOSITORY, 'examples')).sort()) {
  documentSuite(`examples/${name}/README.md`, `examples/${name}`);
}
