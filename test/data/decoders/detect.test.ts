import { describe, expect, it } from 'vitest';
import { detectContainer } from '../../../src/data/decoders/detect.js';
import { AudioError } from '../../../src/runtime/errors.js';
import { encodeNpy } from '../../../src/runtime/npy.js';
import { fixtureBytes } from '../../support/audio-fixtures.js';
import { encodeWav, tone } from '../../support/clips.js';

const id3 = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\x05', 'latin1'), Buffer.alloc(5)]);

describe('detectContainer', () => {
  const known: [string, Uint8Array][] = [
    ['wav', encodeWav(tone(100, 440))],
    ['wav', Buffer.from('RF64\xff\xff\xff\xffWAVEds64', 'latin1')],
    ['wav', Buffer.from('726966662e91cf11a5d628db04c10000', 'hex')],
    ['flac', fixtureBytes('mono_16k.flac')],
    ['flac', Buffer.concat([id3, fixtureBytes('mono_16k.flac')])],
    ['mp3', fixtureBytes('mono_16k.mp3')],
    ['mp3', fixtureBytes('mono_16k_id3.mp3')],
    ['ogg', fixtureBytes('mono_16k_vorbis.ogg')],
    ['ogg', fixtureBytes('mono_48k_opus.ogg')],
    ['npy', encodeNpy({ shape: [1], data: new Float32Array(1) })],
  ];
  for (const [container, bytes] of known) {
    it(`knows ${container} that begins with ${JSON.stringify(Buffer.from(bytes.subarray(0, 4)).toString('latin1'))}`, () => {
      expect(detectContainer(bytes, 'clip')).toBe(container);
    });
  }

  const unknown: [string, Buffer][] = [
    ['an empty file (0 bytes)', Buffer.alloc(0)],
    ['text ("not audio, I fear")', Buffer.from('not audio,\n I fear')],
    ['text ("a line with many words i...")', Buffer.from('a line with many words in it, and more')],
    ['text ("größer")', Buffer.from('größer')],
    ['an MPEG-4 file (M4A, MP4)', Buffer.from('\0\0\0\x20ftypM4A ', 'latin1')],
    ['a RIFF file that is no WAV', Buffer.from('RIFF\0\0\0\0AVI LIST', 'latin1')],
    ['an AIFF file', Buffer.from('FORM\0\0\0\0AIFF', 'latin1')],
    ['a zip archive', Buffer.from('PK\x03\x04rest', 'latin1')],
    ['unknown bytes (00 01 02 03 04 05 06 07 ...)', Buffer.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])],
  ];
  for (const [got, bytes] of unknown) {
    it(`says of other files what they seem to be: ${got}`, () => {
      expect(() => detectContainer(bytes, 'clip.wav')).toThrow(AudioError);
      expect(() => detectContainer(bytes, 'clip.wav')).toThrow(`got ${got}`);
    });
  }
});
