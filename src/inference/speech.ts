/** Whether anything is to be heard in a clip. */

/** Samples of a frame at 16 kHz: 20 ms. */
const FRAME = 320;
/** -60 dB of full scale, as the power of a frame: quieter than any speech that a detector was trained on. */
const LEAST_POWER = 1e-6;
/** Frames that have to be louder: 0.1 s, about a syllable. */
const LEAST_FRAMES = 5;

/**
 * Whether a clip may hold speech: at least 0.1 s, in frames of 20 ms, are louder than -60 dB of full scale (the power of a
 * frame around its mean, so that an offset is not heard). It tells silence from sound; it does not tell speech from noise
 * or music.
 *
 * @param waveform mono, 16 kHz, about -1 to 1; of clips under 0.1 s, half of the frames have to be louder
 */
export function hasSpeech(waveform: Float32Array): boolean {
  const nFrames = Math.max(1, Math.floor(waveform.length / FRAME));
  let needed = Math.min(LEAST_FRAMES, Math.ceil(nFrames / 2));
  for (let frame = 0; frame < nFrames; frame++) {
    const end = Math.min(waveform.length, (frame + 1) * FRAME);
    let sum = 0;
    let squares = 0;
    for (let i = frame * FRAME; i < end; i++) {
      sum += waveform[i];
      squares += waveform[i] * waveform[i];
    }
    const length = end - frame * FRAME;
    if (squares / length - (sum / length) ** 2 > LEAST_POWER) {
      needed -= 1;
      if (needed === 0) return true;
    }
  }
  return false;
}
