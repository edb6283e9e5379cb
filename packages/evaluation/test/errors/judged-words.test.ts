import { expect, test } from 'vitest';
import { judgeWords } from '../../src/errors/judged-words.ts';
import { PLAIN, WHISPER_ENGLISH } from '../../src/normalisation/normaliser.ts';

const judge = (reference: string, heard: string) => judgeWords(reference, heard.split(' '), WHISPER_ENGLISH);

test('takes for right what the alignment finds equal', () => {
  expect(judge('turn the light on', 'Turn a light on, now.')).toEqual([true, false, true, true, false]);
});

test('does not mind how a word is written', () => {
  expect(judge('mister hale can not come', "Mr. Hale, can't come.")).toEqual([true, true, true, true]);
  expect(judge('the colour', 'The color.')).toEqual([true, true]);
});

test('takes a word that stands for two for right only when both are', () => {
  expect(judge('i was here', "I'm here")).toEqual([false, true]);
  expect(judge('i am here', "I'm here")).toEqual([true, true]);
});

test('judges numbers in the text, digit by digit', () => {
  expect(judge('four three one nine', '4319.')).toEqual([true]);
  expect(judge('four three one nine', '4318.')).toEqual([false]);
  expect(judge('twenty five dollars', '$25')).toEqual([true]);
  expect(judge('paid twenty five times', 'Paid twenty five times.')).toEqual([true, true, true, true]);
});

test('has no judgement on what the normaliser leaves out', () => {
  expect(judge('go on', 'Um, go on')).toEqual([undefined, true, true]);
  expect(judgeWords('go on', ['-', 'go', 'on'], PLAIN)).toEqual([undefined, true, true]);
});

test('finds nothing in nothing, and nothing right where nothing was said', () => {
  expect(judgeWords('go on', [], WHISPER_ENGLISH)).toEqual([]);
  expect(judge('', 'you')).toEqual([false]);
});
