import { MAX_KEYWORD_CHARACTERS, MAX_KEYWORDS } from '@outspoken/protocol';
import { NUMERALS, PROFANITY, REDACTIONS, type TextFormat } from '@outspoken/text';
import type { Form } from './form.ts';
import { keywordsOfPrompt, splitPhrases } from './prompt-keywords.ts';
import { RequestError } from './request-error.ts';

/** What a transcript can be written as. */
export const RESPONSE_FORMATS = ['json', 'text', 'srt', 'verbose_json', 'vtt'] as const;
type ResponseFormat = (typeof RESPONSE_FORMATS)[number];

/** How finely times can be given. */
export const GRANULARITIES = ['segment', 'word'] as const;

/** The model that is served, as requests name it. */
export interface ServedModel {
  readonly id: string;
  /** Its language, as a BCP 47 tag. */
  readonly language: string;
}

/** What a caller asks for. */
export interface TranscriptionFields {
  readonly format: ResponseFormat;
  readonly isStreamed: boolean;
  readonly hasSegments: boolean;
  readonly hasWords: boolean;
  readonly hasLogprobs: boolean;
  /** How the text is written. */
  readonly text: TextFormat;
  /** Words and phrases that are expected. */
  readonly keywords: readonly string[];
}

/** Name of a language in English and lower case, as OpenAI writes it: `english`. */
export function languageName(tag: string): string {
  return (new Intl.DisplayNames(['en'], { type: 'language' }).of(tag) ?? tag).toLowerCase();
}

/**
 * Checks what can be checked before the file has come.
 *
 * @throws {@link RequestError} `model_not_found`, `unsupported_value` or `duplicate_parameter`.
 */
export function checkModelFields(form: Form, model: ServedModel): void {
  const name = form.text('model');
  if (name !== undefined && name !== model.id) {
    throw new RequestError('model_not_found', `the server has no such model, it has ${model.id}`, 'model');
  }
  const language = form.text('language');
  const languages = form.list('languages');
  if (language !== undefined) checkLanguage([language], 'language', model);
  if (languages.length > 0) checkLanguage(languages, 'languages', model);
}

/**
 * Reads what a caller asks for. Fields that are not known are passed over, so that newer clients go on working.
 *
 * @throws {@link RequestError} naming the field.
 */
export function parseTranscriptionFields(form: Form, model: ServedModel): TranscriptionFields {
  if (form.text('model') === undefined) throw new RequestError('missing_required_parameter', 'model must be given', 'model');
  checkModelFields(form, model);
  form.number('temperature', 0, 1);
  checkChunking(form);
  const format = parseFormat(form);
  const isStreamed = form.flag('stream');
  if (isStreamed && format !== 'json' && format !== 'text') {
    throw new RequestError('unsupported_value', 'response_format must be json or text when stream is true', 'response_format');
  }
  return {
    format,
    isStreamed,
    ...parseGranularities(form, format),
    hasLogprobs: parseInclude(form, format),
    text: parseText(form),
    keywords: parseKeywords(form),
  };
}

function checkLanguage(asked: readonly string[], param: string, model: ServedModel): void {
  const own = subtagOf(model.language);
  if (asked.some((name) => subtagOf(name) === own || name.trim().toLowerCase() === languageName(own))) return;
  throw new RequestError('unsupported_value', `the model hears ${languageName(own)} only: leave ${param} out or say ${own}`, param);
}

/** The language of a tag without region: `en` for `en-US`, `en_gb` and `eng`; empty for what is no tag. */
function subtagOf(tag: string): string {
  try {
    return new Intl.Locale(tag.trim().replaceAll('_', '-')).language;
  } catch {
    return '';
  }
}

function parseFormat(form: Form): ResponseFormat {
  const asked = form.text('response_format') ?? 'json';
  const format = RESPONSE_FORMATS.find((known) => known === asked);
  if (format !== undefined) return format;
  if (asked === 'diarized_json') {
    throw new RequestError(
      'unsupported_value',
      'diarized_json needs a model that tells speakers apart, this one does not',
      'response_format',
    );
  }
  throw new RequestError('invalid_value', `response_format must be one of ${RESPONSE_FORMATS.join(', ')}`, 'response_format');
}

function parseGranularities(form: Form, format: ResponseFormat): Pick<TranscriptionFields, 'hasSegments' | 'hasWords'> {
  const param = 'timestamp_granularities';
  const asked = form.list(param);
  if (asked.some((name) => !GRANULARITIES.some((known) => known === name))) {
    throw new RequestError('invalid_value', `${param} must be ${GRANULARITIES.join(' or ')}`, param);
  }
  if (asked.length > 0 && format !== 'verbose_json') {
    throw new RequestError('invalid_value', `${param} needs response_format verbose_json`, param);
  }
  return { hasSegments: asked.length === 0 || asked.includes('segment'), hasWords: asked.includes('word') };
}

function parseInclude(form: Form, format: ResponseFormat): boolean {
  const asked = form.list('include');
  if (asked.length === 0) return false;
  if (asked.some((name) => name !== 'logprobs')) throw new RequestError('invalid_value', 'include must be logprobs', 'include');
  if (format !== 'json') throw new RequestError('invalid_value', 'include needs response_format json', 'include');
  return true;
}

function parseText(form: Form): TextFormat {
  const redact = form.list('redact').flatMap((entry) => entry.split(',').map((name) => name.trim()));
  return {
    numerals: oneOf(form, 'numerals', NUMERALS) ?? 'as-heard',
    profanity: oneOf(form, 'profanity', PROFANITY) ?? 'as-heard',
    redact: redact.map((name) => known('redact', REDACTIONS, name)),
  };
}

/** Those of the list are checked; a prompt is free text, of which as many are taken as there is room for. */
function parseKeywords(form: Form): readonly string[] {
  const param = 'keywords';
  const listed = form.list(param).flatMap(splitPhrases);
  if (listed.length > MAX_KEYWORDS || listed.some((phrase) => phrase.length > MAX_KEYWORD_CHARACTERS)) {
    throw new RequestError(
      'invalid_value',
      `${param} must be at most ${MAX_KEYWORDS} phrases of at most ${MAX_KEYWORD_CHARACTERS} characters`,
      param,
    );
  }
  return [...new Set([...listed, ...keywordsOfPrompt(form.text('prompt') ?? '')])].slice(0, MAX_KEYWORDS);
}

function oneOf<const Value extends string>(form: Form, param: string, values: readonly Value[]): Value | undefined {
  const asked = form.text(param);
  return asked === undefined ? undefined : known(param, values, asked);
}

function known<const Value extends string>(param: string, values: readonly Value[], asked: string): Value {
  const value = values.find((candidate) => candidate === asked);
  if (value === undefined) throw new RequestError('invalid_value', `${param} must be one of ${values.join(', ')}`, param);
  return value;
}

/** The server cuts by its own clip policy; what is asked for must make sense all the same. */
function checkChunking(form: Form): void {
  const param = 'chunking_strategy';
  const whole = form.text(param);
  const type = whole?.startsWith('{') ? typeInJson(whole) : (whole ?? form.text(`${param}[type]`));
  if (type !== undefined && type !== 'auto' && type !== 'server_vad') {
    throw new RequestError('invalid_value', `${param} must be auto or of the type server_vad`, param);
  }
  form.number(`${param}[threshold]`, 0, 1);
  form.number(`${param}[prefix_padding_ms]`, 0, Number.POSITIVE_INFINITY);
  form.number(`${param}[silence_duration_ms]`, 0, Number.POSITIVE_INFINITY);
}

function typeInJson(text: string): string {
  try {
    const { type } = JSON.parse(text) as { readonly type?: unknown };
    return String(type);
  } catch {
    throw new RequestError('invalid_value', 'chunking_strategy must be auto or a JSON object', 'chunking_strategy');
  }
}
