export { type FormatTextOptions, formatText } from './format-text.ts';
export {
  changesText,
  DEFAULT_TEXT_FORMAT,
  NUMERALS,
  type Numerals,
  PROFANITY,
  type Profanity,
  REDACTIONS,
  type Redaction,
  type TextFormat,
  textFormat,
} from './text-format.ts';
export { splitText, type TimedText, type TimedWord } from './timed-text.ts';
