/** Tells a run to an MLflow tracking server, by its REST API. */
import type { EpochRecord, RunListener } from 'voiceproof';

/** Which server, and under which experiment. */
export interface MlflowOptions {
  /** Such as `http://127.0.0.1:5000`. */
  readonly url: string;
  /** Created where it is not there yet. */
  readonly experiment: string;
}

/** Metrics that a request may hold, by MLflow's limits. */
const MOST_METRICS = 1000;

/** Makes a listener for one run: its options as parameters, its losses and error rates as metrics, its end as a status. */
export function mlflowListener({ url, experiment }: MlflowOptions): RunListener {
  let run = '';
  let steps: Metric[] = [];

  const flush = async (metrics: readonly Metric[]): Promise<void> => {
    // Steps are told in passing, so they are kept until there is time to send them.
    const all = [...steps, ...metrics];
    steps = [];
    for (let at = 0; at < all.length; at += MOST_METRICS) {
      await post('runs/log-batch', { run_id: run, metrics: all.slice(at, at + MOST_METRICS) });
    }
  };

  return {
    name: 'mlflow',
    async onStart({ name, config, model, nParameters }) {
      const now = Date.now();
      const created = await post('runs/create', {
        experiment_id: await experimentId(),
        run_name: name,
        start_time: now,
        tags: [{ key: 'model', value: model }],
      });
      run = (created as { run: { info: { run_id: string } } }).run.info.run_id;
      const values = { nParameters, seed: config.seed, ...config.training, ...prefixed('model', config.model) };
      const params = Object.entries(values).map(([key, value]) => ({ key, value: JSON.stringify(value) }));
      await post('runs/log-batch', { run_id: run, params });
    },
    onStep({ step, isUpdate, loss }) {
      if (isUpdate) steps.push(metric('step/loss', loss, step));
    },
    async onEpoch({ record }) {
      await flush(figures(record).map(([key, value]) => metric(key, value, record.step)));
    },
    async onEvaluated({ set, metrics }) {
      await flush([metric(`${set}/eer`, metrics.eer, 0)]);
    },
    async onEnd({ outcome }) {
      await flush([]);
      const status = { finished: 'FINISHED', interrupted: 'KILLED', failed: 'FAILED' }[outcome];
      await post('runs/update', { run_id: run, status, end_time: Date.now() });
    },
  };

  async function experimentId(): Promise<string> {
    const query = `experiments/get-by-name?experiment_name=${encodeURIComponent(experiment)}`;
    const response = await fetch(`${url}/api/2.0/mlflow/${query}`);
    if (response.ok)
      return ((await response.json()) as { experiment: { experiment_id: string } }).experiment.experiment_id;
    return ((await post('experiments/create', { name: experiment })) as { experiment_id: string }).experiment_id;
  }

  async function post(path: string, body: object): Promise<unknown> {
    const response = await fetch(`${url}/api/2.0/mlflow/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${url}: ${path}: the server answered ${response.status}`);
    return response.json();
  }
}

interface Metric {
  readonly key: string;
  readonly value: number;
  readonly step: number;
  readonly timestamp: number;
}

function metric(key: string, value: number, step: number): Metric {
  return { key, value, step, timestamp: Date.now() };
}

function figures(record: EpochRecord): [string, number][] {
  return [
    ['epoch/loss', record.trainLoss],
    ['epoch/learning_rate', record.learningRate],
    ['dev/loss', record.devLoss],
    ['dev/eer', record.devEer],
  ];
}

function prefixed(prefix: string, values: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`${prefix}.${key}`, value]));
}
