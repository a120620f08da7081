/**
 * The impulse response of a shoebox room by the image-source method: every reflection is a source behind a wall.
 *
 * Paper: Allen and Berkley, "Image method for efficiently simulating small-room acoustics", JASA 65(4), 1979. The
 * walls' reflection follows from the reverberation time by Eyring's formula.
 */
import { filterWith, passBiquad } from './biquad.js';

/** Three lengths in metres. */
export type Point = readonly [number, number, number];

/** A room, and who is where in it. */
export interface Room {
  readonly size: Point;
  /** Seconds in which sound falls by 60 dB, above 0. */
  readonly reverberationSeconds: number;
  readonly source: Point;
  readonly microphone: Point;
}

/** m/s. */
const SPEED_OF_SOUND = 343;
/** Hz below which the images, all of one sign, would add up to what no loudspeaker or room gives. */
const RUMBLE = 50;
/** Metres: nobody speaks nearer to a microphone, and the sound would grow without bound. */
const NEAREST = 0.1;

/**
 * The response from source to microphone, as long as the reverberation time or the direct way.
 *
 * @param sampleRate Hz
 * @returns freshly allocated; not normalised
 */
export function roomResponse(
  { size, reverberationSeconds, source, microphone }: Room,
  sampleRate: number,
): Float32Array {
  const [width, depth, height] = size;
  const volume = width * depth * height;
  const surface = 2 * (width * depth + width * height + depth * height);
  const reflection = Math.exp((-0.161 * volume) / (2 * surface * reverberationSeconds));
  const direct = Math.hypot(...source.map((at, axis) => at - microphone[axis]));
  const reach = Math.max(direct + 1, reverberationSeconds * SPEED_OF_SOUND);
  const response = new Float32Array(Math.ceil((reach / SPEED_OF_SOUND) * sampleRate) + 2);
  const [x, y, z] = [0, 1, 2].map((axis) => images(size[axis], source[axis], microphone[axis], reach));
  const powers = Float64Array.from(
    { length: Math.max(...x.nReflections) + Math.max(...y.nReflections) + Math.max(...z.nReflections) + 1 },
    (_, n) => reflection ** n,
  );
  const furthest = reach * reach;
  for (let i = 0; i < x.squares.length; i++) {
    for (let j = 0; j < y.squares.length; j++) {
      const flat = x.squares[i] + y.squares[j];
      if (flat > furthest) continue;
      const nFlat = x.nReflections[i] + y.nReflections[j];
      for (let k = 0; k < z.squares.length; k++) {
        const square = flat + z.squares[k];
        if (square > furthest) continue;
        const distance = Math.sqrt(square);
        const amplitude = powers[nFlat + z.nReflections[k]] / Math.max(NEAREST, distance);
        // Between two samples it is shared by nearness.
        const delay = (distance / SPEED_OF_SOUND) * sampleRate;
        const before = Math.floor(delay);
        response[before] += amplitude * (1 - delay + before);
        response[before + 1] += amplitude * (delay - before);
      }
    }
  }
  return filterWith(response, [passBiquad('high', RUMBLE, sampleRate)]);
}

/** Along one axis: squared distances from the microphone to the images within reach, and how often each was reflected. */
function images(
  size: number,
  source: number,
  microphone: number,
  reach: number,
): { squares: readonly number[]; nReflections: readonly number[] } {
  const squares: number[] = [];
  const nReflections: number[] = [];
  const nRooms = Math.ceil(reach / (2 * size)) + 1;
  for (let room = -nRooms; room <= nRooms; room++) {
    for (const mirrored of [0, 1]) {
      const distance = (1 - 2 * mirrored) * source + 2 * room * size - microphone;
      if (Math.abs(distance) > reach) continue;
      squares.push(distance * distance);
      nReflections.push(Math.abs(room - mirrored) + Math.abs(room));
    }
  }
  return { squares, nReflections };
}
