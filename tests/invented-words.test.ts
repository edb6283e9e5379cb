import { describe, expect, test } from 'vitest';
import { featuresOf, PRODUCT_FEATURES } from '../benchmarks/invented-words/features.ts';
import {
  beliefIn,
  compareFeatureSets,
  fitProduct,
  isShortRight,
  isUnforced,
  lossesOf,
  THRESHOLDS,
} from '../benchmarks/invented-words/fit.ts';
import type { HeardText } from '../benchmarks/invented-words/heard-text.ts';
import { labelText } from '../benchmarks/invented-words/label.ts';
import { formatInvented, formatLosses, formatLost, formatWeights, isKept } from '../benchmarks/invented-words/report.ts';
import { SAMPLE_RATE_HZ, SYNTHETIC_SOUNDS } from '../benchmarks/invented-words/synthetic-sound.ts';
import { syntheticTrials } from '../benchmarks/invented-words/trial.ts';
import { createRandom } from '../benchmarks/support/seeded-random.ts';

const SEED = 20261127;
const SURE = -0.1;
const UNSURE = -1.4;

function heard(change: Partial<HeardText> & Pick<HeardText, 'label'>, logProbability: number): HeardText {
  return {
    kind: change.label === 'invented' ? 'chords' : 'digit',
    group: 'one',
    way: 'cut',
    text: 'Six.',
    saidWordCount: 1,
    guards: [],
    audioMs: 900,
    speech: { voicedMs: 480, peakProbability: 0.98, meanProbability: 0.9 },
    endProbability: 0.1,
    tokenLogProbabilities: [logProbability, logProbability, logProbability],
    ...change,
  };
}

/** Right and wrong texts of five speakers, invented ones of five kinds of noise. */
function drawTexts(): HeardText[] {
  const random = createRandom(SEED);
  return Array.from({ length: 40 }, (_, index) => [
    heard({ label: 'right', group: `speaker ${index % 5}` }, SURE - 0.4 * random()),
    heard({ label: 'wrong', group: `speaker ${index % 5}` }, SURE - random()),
    heard({ label: 'unclear', group: `speaker ${index % 5}` }, UNSURE),
    heard({ label: 'overheard', group: 'babble', kind: 'talkers at once' }, SURE),
    heard({ label: 'invented', group: `noise ${index % 5}`, way: 'whole' }, UNSURE - 0.4 * random()),
  ]).flat();
}

describe.each(Object.entries(SYNTHETIC_SOUNDS))('%s', (_, make) => {
  test('is a sound of the length that was asked for, within full scale, and the same each time', () => {
    for (const length of [SAMPLE_RATE_HZ / 2, SAMPLE_RATE_HZ + 1]) {
      const sound = make(length, createRandom(SEED));
      expect(sound.length).toBe(length);
      expect(sound.every((sample) => Math.abs(sample) <= 1)).toBe(true);
      expect(sound.some((sample) => sample !== 0)).toBe(true);
      expect(make(length, createRandom(SEED))).toEqual(sound);
    }
  });
});

describe('a label', () => {
  const babble = { type: 'babble', texts: ['the pot of gold at the end of the rainbow', 'go forward ten meters'] } as const;

  test('of people who speak at once is what one of them said, or invented', () => {
    expect(labelText('a pot of gold at the end', babble)).toBe('overheard');
    expect(labelText('go forward gold', babble)).toBe('invented');
    expect(labelText('go forward', babble)).toBe('invented');
  });

  test('where nobody speaks is invented, and elsewhere what was said decides', () => {
    expect(labelText('Thank you.', { type: 'nothing' })).toBe('invented');
    expect(labelText('Six.', { type: 'words', text: 'six', acceptedErrorRatio: 0 })).toBe('right');
    expect(labelText('Sick.', { type: 'words', text: 'six', acceptedErrorRatio: 0 })).toBe('wrong');
  });
});

test('features are bounded as in the product', () => {
  const text = heard({ label: 'right', tokenLogProbabilities: [-9, -1, -20, -1], endProbability: 0.5 }, 0);
  const features = featuresOf(text);
  expect(features.meanLogProbability).toBe(-3.5);
  expect(features.endLogOdds).toBeCloseTo(0, 9);
});

describe('a rule', () => {
  const texts = drawTexts();

  test('judges the texts that began by themselves', () => {
    expect(isUnforced({ text: 'Six.', guards: ['token_cap'] })).toBe(true);
    expect(isUnforced({ text: 'Six.', guards: ['forced_start'] })).toBe(false);
    expect(isUnforced({ text: '', guards: [] })).toBe(false);
  });

  test('is held out from the speakers and kinds of noise that it is judged by', () => {
    const rows = compareFeatureSets(texts);
    for (const { at } of rows) expect(at.map(({ threshold }) => threshold)).toEqual(THRESHOLDS);
    expect(rows[0]?.at[2]).toMatchObject({ short: 0, right: 0, invented: 0 });
  });

  test('that is fitted to all keeps what was said, and not what was invented', () => {
    const model = fitProduct(texts);
    expect(lossesOf('fitted', model, texts).at[2]).toMatchObject({ short: 0, right: 0, invented: 0 });
    expect(beliefIn(heard({ label: 'right' }, SURE), model)).toBeGreaterThan(beliefIn(heard({ label: 'right' }, UNSURE), model));
    expect(isKept(heard({ label: 'invented' }, UNSURE), model)).toBe(false);
    expect(isKept(heard({ label: 'invented', guards: ['forced_start'] }, UNSURE), model)).toBe(true);
  });

  test('counts a right text of one or two words as short, and no other', () => {
    expect(isShortRight(heard({ label: 'right' }, SURE))).toBe(true);
    expect(isShortRight(heard({ label: 'right', saidWordCount: 3 }, SURE))).toBe(false);
    expect(isShortRight(heard({ label: 'right', saidWordCount: 0 }, SURE))).toBe(false);
    expect(isShortRight(heard({ label: 'wrong' }, SURE))).toBe(false);
  });
});

describe('the report', () => {
  const texts = drawTexts();
  const model = fitProduct(texts);

  test('says by kind how many clips have a text before and after, and which were overheard', () => {
    const table = formatInvented([...texts, heard({ label: 'invented', text: '', way: 'whole' }, SURE)], model);
    expect(table).toMatch(/chords +0 +41 +40 \(97\.6 %\) +0 \(0\.0 %\) +40 \(97\.6 %\) +0 \(0\.0 %\) +0/);
    expect(table).toMatch(/talkers at once +40 +40 \(100\.0 %\) +40 \(100\.0 %\) +0 .*40/);
  });

  test('says what is lost of what was said', () => {
    expect(formatLost(texts, model)).toMatch(/digit +40 +0 +40 +0/);
    expect(formatLosses([lossesOf('fitted', model, texts)], texts)).toContain(
      'lost of 40 short right texts / of 40 right ones / kept of 40',
    );
  });

  test('puts weights side by side', () => {
    expect(formatWeights({ fitted: model })).toContain(`unlikelyText${PRODUCT_FEATURES[0][0]?.toUpperCase()}`);
  });
});

test('the sounds that are made last from half a second to ten', () => {
  const lengths = [...syntheticTrials(createRandom(1))].map(({ samples }) => samples.length / SAMPLE_RATE_HZ);
  expect(lengths).toHaveLength(16 * Object.keys(SYNTHETIC_SOUNDS).length);
  expect([Math.min(...lengths), Math.max(...lengths)]).toEqual([0.5, 10]);
});
