import { expect, test } from 'vitest';
import { whisperEnglishText } from '../../src/normalisation/whisper-english.ts';
import { WHISPER_ENGLISH_CASES } from './whisper-english-cases.ts';

test.each(WHISPER_ENGLISH_CASES)('%j becomes %j, as in Whisper itself', (input, expected) => {
  expect(whisperEnglishText(input)).toBe(expected);
});

test('leaves out what nobody said', () => {
  expect(whisperEnglishText('(door slams) well [noise] um, <unk> go on')).toBe('well go on');
});

test('does the rules in their order: numbers before spelling, symbols between', () => {
  expect(whisperEnglishText('Dr. Gray organised 1,200 programmes, i.e. forty per cent')).toBe(
    'doctor gray organized 1200 programs i e 40%',
  );
});

test('is the same when done twice, where nothing is read as a number or a remark', () => {
  const once = whisperEnglishText("I'd've thought they won't, Mr. Hale");
  expect(whisperEnglishText(once)).toBe(once);
});
