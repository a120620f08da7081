import { fileURLToPath } from 'node:url';

/** The project's root folder: this file runs from `dist/bench/bench/support`. */
export const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
