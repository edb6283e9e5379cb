import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AudioBudget, ClipAudio, ClipVerifier } from '../src/session/clip-audio.ts';
import { tone } from './support/speech.ts';

const BUDGET_BYTES = 10_000_000;

function clip(maximumSamples = 480_000) {
  const budget = new AudioBudget(BUDGET_BYTES);
  return { budget, audio: new ClipAudio({ budget, maximumSamples }) };
}

test('any chunking with any repetition gives the same clip', () => {
  const whole = tone(5_000);
  const chunk = fc.record({ offset: fc.nat(5_000), length: fc.integer({ min: 1, max: 2_000 }) });
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 40 }), (chunks) => {
      const { audio } = clip();
      for (const { offset, length } of chunks) {
        const before = audio.lengthSamples;
        const result = audio.write(offset, whole.slice(offset, offset + length));
        const endSample = Math.min(whole.length, offset + length);
        expect(result).toBe(offset > before ? 'gap' : endSample > before ? 'added' : 'duplicate');
      }
      expect(audio.view(audio.lengthSamples)).toEqual(whole.slice(0, audio.lengthSamples));
    }),
    { seed: 3, numRuns: 200 },
  );
});

test('other samples at a known place are a conflict and change nothing', () => {
  const { audio } = clip();
  audio.write(0, tone(1_000));
  expect(audio.write(500, tone(1_000, 2))).toBe('conflict');
  expect(audio.lengthSamples).toBe(1_000);
});

test('a clip cannot grow past its maximum', () => {
  const { audio } = clip(20_000);
  expect(audio.write(0, tone(20_000))).toBe('added');
  expect(audio.write(20_000, tone(1))).toBe('too_long');
  expect(audio.lengthSamples).toBe(20_000);
});

test('a view stays as it is while the clip grows', () => {
  const { audio } = clip();
  const whole = tone(100_000);
  audio.write(0, whole.slice(0, 15_000));
  const view = audio.view(15_000);
  for (let at = 15_000; at < 100_000; at += 5_000) audio.write(at, whole.slice(at, at + 5_000));
  expect(view).toEqual(whole.slice(0, 15_000));
});

test('memory comes out of the budget and goes back to it', () => {
  const { budget, audio } = clip();
  audio.write(0, tone(100_000));
  expect(budget.usedBytes).toBeGreaterThanOrEqual(400_000);
  audio.release();
  expect(budget.usedBytes).toBe(0);
  audio.release();
  expect(budget.usedBytes).toBe(0);
});

test('a used-up budget refuses audio', () => {
  const budget = new AudioBudget(100_000);
  const first = new ClipAudio({ budget, maximumSamples: 480_000 });
  const second = new ClipAudio({ budget, maximumSamples: 480_000 });
  expect(first.write(0, tone(16_000))).toBe('added');
  expect(second.write(0, tone(16_000))).toBe('no_memory');
  first.release();
  expect(second.write(0, tone(16_000))).toBe('added');
});

test('a verifier knows the same clip again in any chunks, and another one', () => {
  const { audio } = clip();
  audio.write(0, tone(3_000));
  const options = { digest: audio.digest(3_000), lengthSamples: 3_000 };
  const same = new ClipVerifier(options);
  for (const [from, to] of [
    [0, 700],
    [700, 2_999],
    [2_999, 3_000],
    [3_000, 3_500],
  ] as const)
    same.write(from, tone(3_500).slice(from, to));
  expect(same.isConflict()).toBe(false);
  const other = new ClipVerifier(options);
  other.write(0, tone(3_000, 2));
  expect(other.isConflict()).toBe(true);
});

test('a verifier that has not seen the whole clip says nothing', () => {
  const verifier = new ClipVerifier({ digest: 'x', lengthSamples: 3_000 });
  verifier.write(1_000, tone(2_000));
  verifier.write(0, tone(1_000));
  expect(verifier.isConflict()).toBe(false);
});
