/** Clips made on the spot, and their files. */

/** A sine of `frequency` Hz at 16 kHz. */
export function tone(nSamples: number, frequency: number, amplitude = 0.5): Float32Array {
  return Float32Array.from({ length: nSamples }, (_, i) => amplitude * Math.sin((2 * Math.PI * frequency * i) / 16000));
}

/** The bytes of a mono 16-bit WAV file. */
export function encodeWav(waveform: Float32Array, sampleRate = 16000): Buffer {
  const nBytes = 2 * waveform.length;
  const file = Buffer.alloc(44 + nBytes);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(36 + nBytes, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(sampleRate, 24);
  file.writeUInt32LE(2 * sampleRate, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(nBytes, 40);
  for (const [i, sample] of waveform.entries()) file.writeInt16LE(Math.round(sample * 32767), 44 + 2 * i);
  return file;
}
