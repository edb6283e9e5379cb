import { DEFAULT_TEXT_FORMAT, textFormat } from '@outspoken/text';
import { expect, test } from 'vitest';
import { formatResult } from '../src/transcriber/format-result.ts';
import { resultOf } from './support/results.ts';

test('redacts segments, words and text of a server that does not', () => {
  const result = formatResult(resultOf('pin 4319', 'shit'), textFormat({ redact: ['digits'], profanity: 'mask' }));
  expect(result.transcript).toMatchObject({ text: 'pin [digits] s***', segments: [{ text: 'pin [digits]' }, { text: 's***' }] });
  expect(JSON.stringify(result)).not.toContain('4319');
});

test('writes a text without segments', () => {
  const { transcript } = resultOf('twenty five');
  const result = { transcript: { ...transcript, segments: [] }, unknown: new Set<never>() };
  expect(formatResult(result, textFormat({ numerals: 'digits' })).transcript.text).toBe('25');
});

test('leaves a result alone that is wanted as it was heard', () => {
  const result = resultOf('4319');
  expect(formatResult(result, DEFAULT_TEXT_FORMAT)).toBe(result);
});
