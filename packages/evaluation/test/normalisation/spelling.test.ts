import { expect, test } from 'vitest';
import { americanSpelling } from '../../src/normalisation/spelling.ts';

test.each([
  ['organise organised organiser organisation', 'organize organized organizer organization'],
  ['analyse paralysed', 'analyze paralyzed'],
  ['colour favourite neighbourhood honourable', 'color favorite neighborhood honorable'],
  ['centre theatre litres', 'center theater liters'],
  ['travelled cancelling jeweller', 'traveled canceling jeweler'],
  ['fulfil enrols', 'fulfill enrolls'],
  ['anaemia oestrogen', 'anemia estrogen'],
  ['catalogue dialogue', 'catalog dialog'],
  ['defence licence', 'defense license'],
  ['plough draughty grey tyre', 'plow drafty gray tire'],
])('%s becomes %s', (british, american) => {
  expect(americanSpelling(british)).toBe(american);
});

test('brings American words with two spellings to one', () => {
  expect(americanSpelling('cancelation cancellation')).toBe('cancellation cancellation');
});

test('leaves words alone that only look British', () => {
  const text = 'exercise promise surprise wise four hour pour tour all tell controlled revise advertise improvise';
  expect(americanSpelling(text)).toBe(text);
});
