import { expect, test } from 'vitest';
import { isMemorisedPhrase } from '../../src/moonshine/memorised-phrase.ts';

const forced = (endProbabilityAtStart: number) => ({ hasForcedStart: true, endProbabilityAtStart, speech: spoken(900) });
const begun = (voicedMs?: number) => ({
  hasForcedStart: false,
  endProbabilityAtStart: 0.3,
  speech: voicedMs === undefined ? undefined : spoken(voicedMs),
});

function spoken(voicedMs: number) {
  return { voicedMs, peakProbability: 0.98, meanProbability: 0.9 };
}

test.each(['© transcript Emily Beynon', 'Thank you for watching!', 'Thank you.', '♪♪♪'])('knows %s where nothing is said', (text) => {
  expect(isMemorisedPhrase(text, forced(0.95))).toBe(true);
});

test('believes the same words where the model doubted less that they are speech', () => {
  expect(isMemorisedPhrase('Thank you.', forced(0.6))).toBe(false);
});

test.each(['Six.', 'Yes.', 'Stop.', '4, 2.', 'Thank you for the double espresso.'])('leaves %s alone', (text) => {
  expect(isMemorisedPhrase(text, forced(0.97))).toBe(false);
  expect(isMemorisedPhrase(text, begun(0))).toBe(false);
});

test('believes a phrase that began by itself where somebody spoke as long as it takes', () => {
  expect(isMemorisedPhrase('Thank you for watching!', begun(700))).toBe(false);
  expect(isMemorisedPhrase('Thank you.', begun(200))).toBe(false);
  expect(isMemorisedPhrase('Thank you for watching!', begun(160))).toBe(true);
  expect(isMemorisedPhrase('Please subscribe.', begun(0))).toBe(true);
});

test('believes a phrase that began by itself where nobody knows whether somebody spoke', () => {
  expect(isMemorisedPhrase('Thank you for watching!', begun())).toBe(false);
});

test('takes signs alone for nothing that is said, however it began', () => {
  expect(isMemorisedPhrase('♪♪', begun(2_000))).toBe(true);
  expect(isMemorisedPhrase('42', begun(2_000))).toBe(false);
});
