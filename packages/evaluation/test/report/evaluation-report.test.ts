import { expect, test } from 'vitest';
import { worstClips } from '../../src/report/evaluation-report.ts';
import { smallReport } from './small-report.ts';

test('counts clips with a text, and says how many had none', () => {
  const report = smallReport();
  expect(report.total).toMatchObject({
    clipCount: 3,
    speakerCount: 2,
    emptyCount: 1,
    words: { substitutions: 1, deletions: 2, insertions: 1, referenceCount: 9 },
  });
  expect(report.slices.map(({ name, wordErrorRatio }) => [name, wordErrorRatio])).toEqual([
    ['hall', 2 / 7],
    ['bath', 1],
  ]);
  expect(report.unlabelled).toEqual({ clipCount: 1, emptyCount: 1 });
  expect(report.normaliser.id).toBe('whisper-english/1');
});

test('is plain data', () => {
  expect(JSON.parse(JSON.stringify(smallReport()))).toEqual(smallReport());
});

test('has no slices without a field', () => {
  expect(smallReport({ sliceField: null })).toMatchObject({ slices: [], clips: [{ slice: null }, {}, {}, {}] });
});

test('names the clips with the most errors, the worse of equals first', () => {
  const worst = worstClips(smallReport(), 5);
  expect(worst.map(({ clip }) => clip.audioPath)).toEqual(['c.wav', 'a.wav']);
  expect(worst[1]?.operations.map(({ type }) => type)).toEqual(['equal', 'substitution', 'equal', 'equal', 'insertion']);
  expect(worstClips(smallReport(), 1)).toHaveLength(1);
});
