/**
 * Scores one recording in a process of its own, whose memory is then that of scoring alone. Arguments: checkpoint, recording.
 * Answers one line of JSON.
 */
import { SAMPLE_RATE } from '../../src/data/audio.js';
import { loadDetector } from '../../src/inference/detector.js';
import { scoreRecording } from '../../src/inference/score-recording.js';
import { startEngine } from '../../src/runtime/engine.js';
import { VoiceproofError } from '../../src/runtime/errors.js';
import { silentLogger } from '../../src/runtime/logger.js';

/** What scoring took. */
export interface RecordingWork {
  readonly nWindows: number;
  readonly seconds: number;
  /** MiB at most: once the engine runs and the model is there, after ten minutes of audio, and in all. */
  readonly loadedPeak: number;
  readonly earlyPeak: number;
  readonly peak: number;
}

const EARLY_SECONDS = 600;

const peakMemory = (): number => process.resourceUsage().maxRSS / 1024;
const [checkpoint, path] = process.argv.slice(2);
const engine = await startEngine({ engine: 'native', purpose: 'inference', device: 'cpu', logger: silentLogger });
const detector = await loadDetector(checkpoint);
const loadedPeak = peakMemory();
let earlyPeak = loadedPeak;
const start = performance.now();
const result = await scoreRecording(detector, path, {
  windowSeconds: detector.nSamples / SAMPLE_RATE,
  onProgress: (seconds) => {
    if (seconds <= EARLY_SECONDS) earlyPeak = peakMemory();
  },
});
const seconds = (performance.now() - start) / 1000;
if ('error' in result) throw new VoiceproofError(result.error);
const work: RecordingWork = { nWindows: result.windows.length, seconds, loadedPeak, earlyPeak, peak: peakMemory() };
process.stdout.write(`${JSON.stringify(work)}\n`);
detector.dispose();
engine.close();
