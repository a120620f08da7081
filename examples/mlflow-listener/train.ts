/** Trains LCNN on the bundled corpus, and tells it to an MLflow server. */
import { runExperiment } from 'voiceproof';
import { mlflowListener } from './mlflow-listener.js';

const [url = 'http://127.0.0.1:5000'] = process.argv.slice(2);
const { directory, eval: figures } = await runExperiment('lcnn', {
  listeners: [mlflowListener({ url, experiment: 'voiceproof' })],
  onProgress: ({ label, done, total, note }) => process.stderr.write(`\r${label} ${done}/${total} ${note}   `),
});
process.stdout.write(`\n${directory}: EER ${(100 * (figures?.eer ?? Number.NaN)).toFixed(2)} %\n`);
