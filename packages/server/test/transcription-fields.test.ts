import { DEFAULT_TEXT_FORMAT } from '@outspoken/text';
import { expect, test } from 'vitest';
import { Form } from '../src/api/openai/form.ts';
import { checkModelFields, languageName, parseTranscriptionFields } from '../src/api/openai/transcription-fields.ts';

const MODEL = { id: 'moonshine-tiny', language: 'en' };
type Fields = [string, string][];

const formOf = (fields: Fields) => new Form(fields.map(([name, value]) => ({ name, value })));
const parse = (...fields: Fields) => parseTranscriptionFields(formOf([['model', 'moonshine-tiny'], ...fields]), MODEL);

test('asks for json with nothing else unless told otherwise', () => {
  expect(parse()).toEqual({
    format: 'json',
    isStreamed: false,
    hasSegments: true,
    hasWords: false,
    hasLogprobs: false,
    text: DEFAULT_TEXT_FORMAT,
    keywords: [],
  });
});

test('expects what the prompt names and what the list says, each once', () => {
  expect(parse(['prompt', 'Glossary: Zyntrix, Margaret Hale']).keywords).toEqual(['Glossary', 'Zyntrix', 'Margaret Hale']);
  expect(parse(['keywords', 'Hale, Thornton\nrigor mortis']).keywords).toEqual(['Hale', 'Thornton', 'rigor mortis']);
  expect(parse(['keywords[]', 'Hale'], ['keywords[]', 'Thornton'], ['prompt', 'Hale, Milton']).keywords).toEqual([
    'Hale',
    'Thornton',
    'Milton',
  ]);
});

test('refuses a list that is too long, and takes of a prompt what there is room for', () => {
  const names = Array.from({ length: 1001 }, (_, place) => `Name${place}`);
  expect(() => parse(['keywords', names.join()])).toThrow(expect.objectContaining({ code: 'invalid_value', param: 'keywords' }));
  expect(() => parse(['keywords', 'x'.repeat(101)])).toThrow(expect.objectContaining({ code: 'invalid_value', param: 'keywords' }));
  expect(parse(['prompt', names.join()]).keywords).toEqual(names.slice(0, 1000));
});

test.each(['json', 'text', 'srt', 'verbose_json', 'vtt'])('takes the format %s', (format) => {
  expect(parse(['response_format', format]).format).toBe(format);
});

test.each<[string, Fields, string, string]>([
  ['another model', [['model', 'whisper-1']], 'model_not_found', 'model'],
  ['no model', [], 'missing_required_parameter', 'model'],
  ['the word null for a model', [['model', 'null']], 'missing_required_parameter', 'model'],
  [
    'two models',
    [
      ['model', 'moonshine-tiny'],
      ['model', 'moonshine-tiny'],
    ],
    'duplicate_parameter',
    'model',
  ],
])('refuses %s', (_name, fields, code, param) => {
  expect(() => parseTranscriptionFields(formOf(fields), MODEL)).toThrow(expect.objectContaining({ code, param }));
});

test.each<[Fields, string, string]>([
  [[['language', 'de']], 'unsupported_value', 'language'],
  [[['language', 'klingon']], 'unsupported_value', 'language'],
  [[['language', '!']], 'unsupported_value', 'language'],
  [
    [
      ['languages[]', 'de'],
      ['languages[]', 'fr'],
    ],
    'unsupported_value',
    'languages',
  ],
  [[['response_format', 'diarized_json']], 'unsupported_value', 'response_format'],
  [[['response_format', 'yaml']], 'invalid_value', 'response_format'],
  [
    [
      ['response_format', 'json'],
      ['response_format', 'text'],
    ],
    'duplicate_parameter',
    'response_format',
  ],
  [[['temperature', '2']], 'invalid_value', 'temperature'],
  [[['numerals', 'roman']], 'invalid_value', 'numerals'],
  [[['profanity', 'true']], 'invalid_value', 'profanity'],
  [[['redact', 'digits,names']], 'invalid_value', 'redact'],
  [
    [
      ['prompt', 'a'],
      ['prompt', 'b'],
    ],
    'duplicate_parameter',
    'prompt',
  ],
  [[['stream', 'maybe']], 'invalid_value', 'stream'],
  [
    [
      ['stream', 'true'],
      ['response_format', 'verbose_json'],
    ],
    'unsupported_value',
    'response_format',
  ],
  [
    [
      ['stream', 'true'],
      ['response_format', 'srt'],
    ],
    'unsupported_value',
    'response_format',
  ],
  [
    [
      ['stream', 'true'],
      ['response_format', 'vtt'],
    ],
    'unsupported_value',
    'response_format',
  ],
  [[['timestamp_granularities[]', 'word']], 'invalid_value', 'timestamp_granularities'],
  [
    [
      ['timestamp_granularities[]', 'letter'],
      ['response_format', 'verbose_json'],
    ],
    'invalid_value',
    'timestamp_granularities',
  ],
  [
    [
      ['include[]', 'logprobs'],
      ['response_format', 'verbose_json'],
    ],
    'invalid_value',
    'include',
  ],
  [[['include[]', 'thoughts']], 'invalid_value', 'include'],
  [[['chunking_strategy', 'never']], 'invalid_value', 'chunking_strategy'],
  [[['chunking_strategy', '{"type":"never"}']], 'invalid_value', 'chunking_strategy'],
  [[['chunking_strategy', '{']], 'invalid_value', 'chunking_strategy'],
  [
    [
      ['chunking_strategy[type]', 'server_vad'],
      ['chunking_strategy[threshold]', '2'],
    ],
    'invalid_value',
    'chunking_strategy[threshold]',
  ],
  [[['chunking_strategy[prefix_padding_ms]', '-1']], 'invalid_value', 'chunking_strategy[prefix_padding_ms]'],
])('refuses %j', (fields, code, param) => {
  expect(() => parse(...fields)).toThrow(expect.objectContaining({ code, param }));
});

test.each(['en', 'EN', 'en-US', 'en_gb', 'eng', 'english', 'English', 'null', ''])('hears %j', (language) => {
  expect(parse(['language', language]).format).toBe('json');
});

test('one of several languages is enough', () => {
  expect(parse(['languages[]', 'de'], ['languages[]', 'en']).format).toBe('json');
});

test.each<[Fields, boolean, boolean]>([
  [[], true, false],
  [[['timestamp_granularities[]', 'segment']], true, false],
  [[['timestamp_granularities[]', 'word']], false, true],
  [
    [
      ['timestamp_granularities', 'word'],
      ['timestamp_granularities', 'segment'],
    ],
    true,
    true,
  ],
])('with %j there are segments: %s, words: %s', (fields, hasSegments, hasWords) => {
  expect(parse(['response_format', 'verbose_json'], ...fields)).toMatchObject({ hasSegments, hasWords });
});

test.each<[Fields]>([
  [[['prompt', 'null']]],
  [
    [
      ['temperature', '0.7'],
      ['prompt', 'Names: Ada'],
    ],
  ],
  [[['chunking_strategy', 'auto']]],
  [[['chunking_strategy', '{"type":"server_vad","threshold":0.5}']]],
  [
    [
      ['chunking_strategy[type]', 'server_vad'],
      ['chunking_strategy[threshold]', '0.5'],
      ['chunking_strategy[silence_duration_ms]', '200'],
    ],
  ],
  [
    [
      ['keywords[]', 'Ada'],
      ['known_speaker_names[]', 'Ada'],
      ['from_the_future', '1'],
    ],
  ],
  [
    [
      ['stream', 'true'],
      ['response_format', 'text'],
    ],
  ],
  [
    [
      ['stream', 'true'],
      ['include[]', 'logprobs'],
    ],
  ],
  [[['include', 'logprobs']]],
])('takes %j', (fields) => {
  expect(parse(...fields).hasSegments).toBe(true);
});

test('what can be checked before the file has come is, and only that', () => {
  expect(() => checkModelFields(formOf([['model', 'other']]), MODEL)).toThrow('no such model');
  expect(() => checkModelFields(formOf([['language', 'de']]), MODEL)).toThrow('english only');
  expect(() => checkModelFields(formOf([['response_format', 'yaml']]), MODEL)).not.toThrow();
});

test('names a language as OpenAI does', () => {
  expect(languageName('en')).toBe('english');
  expect(languageName('de')).toBe('german');
});

test('takes how the text is written, lists in every form', () => {
  const redact = ['digits', 'email'];
  expect(parse(['numerals', 'digits'], ['profanity', 'mask']).text).toEqual({ numerals: 'digits', profanity: 'mask', redact: [] });
  expect(parse(['redact', 'digits, email']).text.redact).toEqual(redact);
  expect(parse(['redact[]', 'digits'], ['redact[]', 'email']).text.redact).toEqual(redact);
  expect(parse(['redact[0]', 'email'], ['numerals', 'null']).text).toEqual({
    numerals: 'as-heard',
    profanity: 'as-heard',
    redact: ['email'],
  });
});
