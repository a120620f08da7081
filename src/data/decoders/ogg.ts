/**
 * Ogg (RFC 3533) with Vorbis, Opus or FLAC, one recording or several chained. The container is walked here, and only what is
 * whole is decoded.
 */
import { resample } from '../../dsp/resample.js';
import { AudioError } from '../../runtime/errors.js';
import { checkLength, type DecodedAudio, inFigures, truncated } from './decoded.js';
import { decodeFlac } from './flac.js';
import { decodeOpus, isOpus } from './ogg-opus.js';
import { type DecodedLink, type Link, type OggStream, readLinks, startsWith } from './ogg-pages.js';
import { decodeVorbis, isVorbis } from './ogg-vorbis.js';

/** Bytes before the native stream in the first packet of Ogg FLAC. */
const FLAC_MAPPING_BYTES = 9;

/** A codec that is read: how its streams are told, and decoded. */
interface Codec {
  is(stream: OggStream): boolean;
  decode(stream: OggStream, where: string, maxSeconds: number): Promise<DecodedLink>;
}

const CODECS: readonly Codec[] = [
  { is: isVorbis, decode: decodeVorbis },
  { is: isOpus, decode: decodeOpus },
  { is: isOggFlac, decode: decodeOggFlac },
];

/**
 * Decodes an Ogg file. What is damaged or cut off is left out, with a warning. Of streams side by side the first with audio
 * is read; links of a chain are joined, at the rate of the first.
 *
 * @throws AudioError where no codec is known, or no audio is whole
 */
export async function decodeOgg(bytes: Uint8Array, where: string, maxSeconds: number): Promise<DecodedAudio> {
  const links = readLinks(bytes);
  if (links.length === 0) {
    throw new AudioError(
      `${where}: expected an Ogg page that is whole, got ${bytes.length} bytes; ` +
        'the file is cut short or damaged, copy it again',
    );
  }
  const warnings: string[] = [];
  const decoded: DecodedLink[] = [];
  let isComplete = true;
  let nSeconds = 0;
  for (const link of links) {
    const chosen = choose(link);
    if (chosen === undefined) {
      if (decoded.length === 0) throw unknownCodec(link, where);
      warnings.push(`incomplete: a link of the chain is ${nameOf(link)}, and left out; part the file`);
      continue;
    }
    const next = await chosen.codec.decode(chosen.stream, where, maxSeconds - nSeconds);
    nSeconds += next.waveform.length / next.sampleRate;
    decoded.push(next);
    isComplete = chosen.stream.isComplete;
  }
  return { ...joined(decoded, where, isComplete), warnings: [...warnings, ...faultsOf(decoded, isComplete)] };
}

/** The links one after the other. */
function joined(links: readonly DecodedLink[], where: string, isComplete: boolean): Omit<DecodedAudio, 'warnings'> {
  const [{ codec, sampleRate }] = links;
  const waveforms = links.map((link) => resample(link.waveform, link.sampleRate, sampleRate));
  const waveform = new Float32Array(waveforms.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of waveforms) {
    waveform.set(part, at);
    at += part.length;
  }
  if (waveform.length === 0 && !isComplete) {
    throw new AudioError(
      `${where}: expected Ogg ${codec} audio, got no page of it that is whole; ` +
        'the file is cut short or damaged, copy it again',
    );
  }
  checkLength(where, waveform.length, sampleRate, Number.POSITIVE_INFINITY);
  const nChannels = Math.max(...links.map((link) => link.nChannels));
  return { waveform, sampleRate, nChannels, format: `Ogg ${codec}` };
}

function faultsOf(links: readonly DecodedLink[], isComplete: boolean): string[] {
  const secondsOf = (samples: (link: DecodedLink) => number) =>
    links.reduce((sum, link) => sum + samples(link) / link.sampleRate, 0);
  const missing = secondsOf(({ nMissing }) => nMissing);
  const read = secondsOf(({ waveform }) => waveform.length);
  return [
    ...(missing > 0 ? [`damaged: ${inFigures(missing)} s of ${inFigures(read + missing)} s are left out`] : []),
    ...(isComplete ? [] : [truncated(read, 0, 1)]),
  ];
}

/** The first stream of a link with a codec that is read. */
function choose(link: Link): { stream: OggStream; codec: Codec } | undefined {
  for (const stream of link) {
    const codec = CODECS.find(({ is }) => is(stream));
    if (codec !== undefined) return { stream, codec };
  }
  return undefined;
}

function isOggFlac({ packets }: OggStream): boolean {
  return packets.length > 0 && startsWith(packets[0], '\x7fFLAC');
}

/** Behind its mapping header Ogg FLAC is the native stream, a block of metadata or a frame a packet. */
async function decodeOggFlac({ packets }: OggStream, where: string, maxSeconds: number): Promise<DecodedLink> {
  const [first, ...others] = packets.map(({ bytes }) => bytes);
  const native = Buffer.concat([first.subarray(FLAC_MAPPING_BYTES), ...others]);
  const { waveform, sampleRate, nChannels } = decodeFlac(native, where, maxSeconds);
  return { codec: 'FLAC', waveform, sampleRate, nChannels, nMissing: 0 };
}

function unknownCodec(link: Link, where: string): AudioError {
  return new AudioError(
    `${where}: expected Vorbis, Opus or FLAC in Ogg, got ${nameOf(link)}; convert it to FLAC or WAV`,
  );
}

/** What a link without a stream that is read seems to hold. */
function nameOf(link: Link): string {
  const [first] = link.flatMap(({ packets }) => packets[0] ?? []);
  const known = FOREIGN_STREAMS.find(([name]) => first !== undefined && startsWith(first, name));
  return known?.[1] ?? 'an unknown codec';
}

const FOREIGN_STREAMS: readonly (readonly [string, string])[] = [
  ['Speex', 'Speex'],
  ['fishead', 'a skeleton stream alone'],
  ['\x80theora', 'Theora video'],
];
