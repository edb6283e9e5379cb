import { expect, test } from 'vitest';
import { loadModelReference, modelNames } from '../src/index.ts';

test('a stored reference has a clip, its text and values of the model', async () => {
  const reference = await loadModelReference('moonshine-tiny');
  expect(new TextDecoder().decode(reference?.clip.subarray(0, 4))).toBe('RIFF');
  expect(reference?.tokenIds.length).toBeGreaterThan(3);
  expect(reference?.crossValues.values.length).toBeGreaterThan(100);
  expect(reference?.crossValues.values.every(Number.isFinite)).toBe(true);
});

test('a model without one has none', async () => {
  expect(modelNames()).toContain('moonshine-base');
  expect(await loadModelReference('moonshine-base')).toBeUndefined();
});
