import { expect, test } from 'vitest';
import { isMemorisedPhrase } from '../../src/moonshine/memorised-phrase.ts';

test.each(['© transcript Emily Beynon', 'Thank you for watching!', 'Thank you.', '♪♪♪'])('knows %s where nothing is said', (text) => {
  expect(isMemorisedPhrase(text, 0.95)).toBe(true);
});

test('believes the same words where the model doubted less that they are speech', () => {
  expect(isMemorisedPhrase('Thank you.', 0.6)).toBe(false);
});

test.each(['Six.', 'Yes.', 'Stop.', '4, 2.', 'Thank you for the double espresso.'])('leaves %s alone', (text) => {
  expect(isMemorisedPhrase(text, 0.97)).toBe(false);
});
