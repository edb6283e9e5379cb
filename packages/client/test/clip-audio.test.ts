import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ClipAudio, toLittleEndian } from '../src/clip-audio.ts';

test('any range of any pieces reads as the whole would', () => {
  fc.assert(
    fc.property(fc.array(fc.int16Array({ maxLength: 20 }), { maxLength: 12 }), fc.nat(), fc.nat(), (pieces, from, count) => {
      const audio = new ClipAudio();
      for (const piece of pieces) audio.append(piece);
      const whole = Int16Array.from(pieces.flatMap((piece) => [...piece]));
      expect(audio.lengthSamples).toBe(whole.length);
      const start = from % (whole.length + 1);
      const length = count % (whole.length - start + 1);
      expect(audio.read(start, length)).toEqual(whole.slice(start, start + length));
    }),
    { seed: 20_261_124, numRuns: 500 },
  );
});

test('samples are copied when they come in', () => {
  const audio = new ClipAudio();
  const samples = Int16Array.of(1, 2);
  audio.append(samples);
  samples.fill(9);
  expect(audio.read(0, 2)).toEqual(Int16Array.of(1, 2));
});

test('a range outside of the clip is refused', () => {
  const audio = new ClipAudio();
  audio.append(Int16Array.of(1, 2));
  expect(() => audio.read(1, 2)).toThrow(RangeError);
  expect(() => audio.read(-1, 1)).toThrow(RangeError);
});

test('samples are written low byte first', () => {
  expect(toLittleEndian(Int16Array.of(1, -2, 32_767, -32_768))).toEqual(Uint8Array.of(1, 0, 0xfe, 0xff, 0xff, 0x7f, 0, 0x80));
});
