import { describe, expect, it } from 'vitest';
import { type Room, roomResponse } from '../../src/dsp/room-response.js';

const room: Room = {
  size: [5, 4, 3],
  reverberationSeconds: 0.4,
  source: [1, 1, 1.5],
  microphone: [3.7, 2.9, 1.2],
};
const direct = Math.hypot(2.7, 1.9, 0.3);

describe('roomResponse', () => {
  it('begins with the direct sound', () => {
    const first = roomResponse(room, 16000).findIndex((x) => Math.abs(x) > 1e-6);
    expect(first).toBe(Math.floor((direct / 343) * 16000));
  });

  it.each([0.2, 0.4, 0.8])('falls by 60 dB in about %d s', (reverberationSeconds) => {
    const response = roomResponse({ ...room, reverberationSeconds }, 16000);
    // Schroeder's backward integral from -5 to -25 dB, times three.
    const energy = new Float64Array(response.length + 1);
    for (let i = response.length - 1; i >= 0; i--) energy[i] = energy[i + 1] + response[i] ** 2;
    const fallenTo = (db: number) => energy.findIndex((e) => e < energy[0] * 10 ** (db / 10)) / 16000;
    const measured = 3 * (fallenTo(-25) - fallenTo(-5));
    // Eyring's formula is for diffuse sound; in a shoebox the decay is slower along the longest side.
    expect(measured / reverberationSeconds).toBeGreaterThan(0.7);
    expect(measured / reverberationSeconds).toBeLessThan(1.5);
  });

  it('is the same from microphone to source', () => {
    const there = roomResponse(room, 16000);
    const back = roomResponse({ ...room, source: room.microphone, microphone: room.source }, 16000);
    expect(Math.max(...there.map((x, i) => Math.abs(x - back[i])))).toBeLessThan(1e-6);
  });

  it('is finite where source and microphone are one', () => {
    const response = roomResponse({ ...room, microphone: room.source, reverberationSeconds: 0.05 }, 16000);
    expect(response.every(Number.isFinite)).toBe(true);
  });
});
