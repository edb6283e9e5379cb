import { expect, test } from 'vitest';
import { checkShape } from '../src/media-limits.ts';

test.each([
  [1, 8000],
  [8, 192_000],
  [2, 44_100],
])('%i channels at %i Hz are decoded', (channelCount, sampleRateHz) => {
  expect(() => checkShape(channelCount, sampleRateHz)).not.toThrow();
});

test.each([
  [0, 16_000],
  [9, 16_000],
  [1.5, 16_000],
  [Number.NaN, 16_000],
  [1, 7999],
  [1, 192_001],
  [1, 44_100.5],
  [1, Number.NaN],
])('%f channels at %f Hz are too complex, and the message says what arrived', (channelCount, sampleRateHz) => {
  const got = sampleRateHz === 16_000 ? channelCount : sampleRateHz;
  expect(() => checkShape(channelCount, sampleRateHz)).toThrow(
    expect.objectContaining({ code: 'media_too_complex', message: expect.stringContaining(`got ${got}`) }),
  );
});
