/** The process's memory, without what JavaScript has yet to collect. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Resident megabytes, with V8's heap counted by what lives in it: how much room it sets aside differs by Node version. */
export function residentMegabytes(): number {
  collectGarbage();
  const { rss, heapTotal, heapUsed } = process.memoryUsage();
  return (rss - heapTotal + heapUsed) / 2 ** 20;
}
