import { expect, test } from 'vitest';
import { warmUpClip } from '../src/dispatch/warm-up-clip.ts';
import { FAKE_MODEL } from './support/fake-model.ts';

test('is a second that is not silent, within the limits of the model', () => {
  const samples = warmUpClip(FAKE_MODEL);
  expect(samples).toHaveLength(16_000);
  const power = samples.reduce((sum, sample) => sum + sample ** 2, 0) / samples.length;
  // 220 whole periods of a sine; samples are rounded to 24 bits.
  expect(power).toBeCloseTo(0.1 ** 2 / 2, 8);
  expect(warmUpClip({ ...FAKE_MODEL, minimumSamples: 20_000 })).toHaveLength(20_000);
  expect(warmUpClip({ ...FAKE_MODEL, maximumSamples: 8000 })).toHaveLength(8000);
});
