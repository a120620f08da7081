/** Runs on the audio thread: hands on what the microphone gives, in pieces of a tenth of a second. */
class Recorder extends AudioWorkletProcessor {
  #piece = new Float32Array(sampleRate / 10);
  #filled = 0;

  process([[samples]]) {
    for (const sample of samples ?? []) {
      this.#piece[this.#filled++] = sample;
      if (this.#filled === this.#piece.length) {
        this.port.postMessage(this.#piece);
        this.#filled = 0;
      }
    }
    return true;
  }
}

registerProcessor('recorder', Recorder);
