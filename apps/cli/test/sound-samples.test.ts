import { expect, test } from 'vitest';
import { SOUND_SAMPLES } from '../src/doctor/sound-samples.ts';

test('each begins like a file of its format', () => {
  const starts = Object.fromEntries(SOUND_SAMPLES.map(({ id, bytes }) => [id, Buffer.from(bytes.subarray(0, 4)).toString('latin1')]));
  expect(starts).toEqual({ opus: 'OggS', mp3: expect.stringMatching(/^\xff[\xf2\xf3]/), aac: expect.stringMatching(/^\xff[\xf0\xf1]/) });
});
