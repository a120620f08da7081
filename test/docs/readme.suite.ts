/** The blocks of the documents at the top. */
import { documentSuite } from './document-suite.js';

documentSuite('README.md');
