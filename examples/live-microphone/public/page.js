/** Listens, and scores a window that slides over what was heard. */
const HOP_SECONDS = 0.5;
const SHOWN_SCORES = 120;
/** Quieter than this, there is nobody to judge: -50 dB of full scale. */
const SILENCE = 10 ** (-50 / 20);

const byId = (id) => document.getElementById(id);
const manifest = await (await fetch('detector/voiceproof.json')).json();
const { name, sampleRate, nSamples } = manifest.input;
tf.wasm.setWasmPaths('detector/vendor/');
await tf.setBackend('wasm');
const model = await tf.loadGraphModel(`detector/${manifest.model}`);

/** Score of a window of `nSamples` samples; higher is more bona fide. */
async function score(window) {
  const input = tf.tensor(window, [1, nSamples]);
  const output = model.execute({ [name]: input }, 'score');
  const [value] = await output.data();
  tf.dispose([input, output]);
  return value;
}

/** The last `nSamples` samples that were heard, oldest first. */
const window = new Float32Array(nSamples);
const scores = [];
let heard = 0;
let nextAt = nSamples;
let isBusy = false;

async function hear(samples) {
  window.copyWithin(0, samples.length);
  window.set(samples, nSamples - samples.length);
  heard += samples.length;
  // A machine that can't keep up leaves windows out, rather than falling behind.
  if (heard < nextAt || isBusy) return;
  nextAt = heard + HOP_SECONDS * sampleRate;
  isBusy = true;
  const isSilent = Math.sqrt(window.reduce((sum, x) => sum + x * x, 0) / nSamples) < SILENCE;
  show(isSilent ? null : await score(window.slice()));
  isBusy = false;
}

function show(value) {
  scores.push(value);
  if (scores.length > SHOWN_SCORES) scores.shift();
  const label = value === null ? 'silence' : value >= manifest.threshold ? 'bonafide' : 'spoof';
  const words = { silence: '(silence)', bonafide: 'bona fide', spoof: 'spoof' };
  byId('verdict').className = label;
  byId('verdict').textContent = value === null ? words.silence : `${words[label]}, ${value.toFixed(2)}`;
  byId('status').textContent = `${(heard / sampleRate).toFixed(0)} s heard`;
  draw(byId('scores'));
}

/** A bar a window, up where it is bona fide and down where it is not. */
function draw(canvas) {
  const context = canvas.getContext('2d');
  const [width, middle] = [canvas.width / SHOWN_SCORES, canvas.height / 2];
  const far = Math.max(
    1,
    ...scores.filter((value) => value !== null).map((value) => Math.abs(value - manifest.threshold)),
  );
  context.clearRect(0, 0, canvas.width, canvas.height);
  scores.forEach((value, i) => {
    const height = value === null ? 0 : ((value - manifest.threshold) / far) * (middle - 8);
    context.fillStyle = height >= 0 ? '#1f6f8b' : '#a8511a';
    context.fillRect(i * width, middle - Math.max(height, 0), width - 1, Math.max(Math.abs(height), 1));
  });
}

byId('listen').onclick = async () => {
  byId('listen').disabled = true;
  try {
    // Untouched: what cleans speech for calls changes what a detector looks for.
    const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const stream = await navigator.mediaDevices.getUserMedia({ audio });
    // At the model's rate: the browser resamples.
    const context = new AudioContext({ sampleRate });
    await context.audioWorklet.addModule('recorder.js');
    const recorder = new AudioWorkletNode(context, 'recorder', { numberOfOutputs: 0 });
    recorder.port.onmessage = ({ data }) => hear(data);
    context.createMediaStreamSource(stream).connect(recorder);
    byId('status').textContent = 'Listening …';
  } catch (error) {
    byId('status').textContent = `No microphone: ${error.message}`;
    byId('listen').disabled = false;
  }
};

// The first run compiles; nobody should wait for that later.
await score(window);
byId('listen').disabled = false;
byId('status').textContent = 'Ready.';
// For the test.
Object.assign(globalThis, { score, scores });
