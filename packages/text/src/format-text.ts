import { writeDigits } from './numerals/write-digits.ts';
import { writeSpoken } from './numerals/write-spoken.ts';
import { maskProfanity } from './profanity.ts';
import { redactDigits, shownBeforeDigits } from './redaction/digits.ts';
import { redactEmails, shownBeforeEmail } from './redaction/email.ts';
import { applyRewrites, type Step } from './rewrite.ts';
import { changesText, type TextFormat } from './text-format.ts';
import { splitText, type TimedText, type TimedWord } from './timed-text.ts';

/** Options of {@link formatText}. */
export interface FormatTextOptions {
  /**
   * Whether more of the same speech may follow. Then the text ends before what may yet grow into something to redact.
   *
   * @defaultValue false
   */
  readonly isUnfinished?: boolean;
  /**
   * The last words of what was said just before, as they were heard. Where they begin what is to be redacted, its rest is redacted
   * here, however short it is.
   *
   * @defaultValue nothing
   */
  readonly precededBy?: readonly string[];
}

/**
 * Writes a text as a format wants it, in this order: addresses are redacted, then digits, then numbers are written, then profanity is
 * masked. What is redacted is gone before anything else looks at the text.
 *
 * @returns Text and words that agree; the same object when the format changes nothing.
 */
export function formatText<Word extends TimedWord>(
  heard: TimedText<Word>,
  format: TextFormat,
  options: FormatTextOptions = {},
): TimedText<Word> {
  if (!changesText(format)) return heard;
  const words = formatWords(heard.words, format, options);
  const textWords = splitText(heard.text);
  if (textWords.join(' ') === heard.words.flatMap(({ text }) => splitText(text)).join(' ')) return { text: textOf(words), words };
  // The words are not known, or are not those of the text: each is written by itself.
  const untimed = textWords.map((text): TimedWord => ({ text, confidence: 1, startMs: 0, endMs: 0 }));
  return { text: textOf(formatWords(untimed, format, options)), words };
}

/** The steps of a format, in the order in which they are taken. */
function stepsOf({ numerals, profanity, redact }: TextFormat, precededBy: readonly string[]): Step[] {
  const steps: Step[] = [];
  if (redact.includes('email')) steps.push(behind(precededBy, redactEmails));
  if (redact.includes('digits')) steps.push(behind(precededBy, redactDigits));
  if (numerals === 'digits') steps.push(writeDigits);
  if (numerals === 'spoken') steps.push(writeSpoken);
  if (profanity === 'mask') steps.push(maskProfanity);
  return steps;
}

/** Makes several words of one that has spaces in it, as other recognizers write them. */
const partWords: Step = (words) =>
  words.flatMap((word, index) => (/\s/u.test(word) ? [{ from: index, to: index + 1, texts: splitText(word) }] : []));

/** A step that sees the words before as well, and leaves them alone. */
function behind(precededBy: readonly string[], step: Step): Step {
  const { length } = precededBy;
  return (words) =>
    step([...precededBy, ...words])
      .filter(({ to }) => to > length)
      .map(({ from, to, texts }) => ({ from: Math.max(0, from - length), to: to - length, texts }));
}

function formatWords<Word extends TimedWord>(
  heard: readonly Word[],
  format: TextFormat,
  { isUnfinished = false, precededBy = [] }: FormatTextOptions,
): readonly Word[] {
  const single = applyRewrites(heard, partWords(textsOf(heard)));
  const held = isUnfinished ? single.slice(0, shownCount(single, format)) : single;
  return stepsOf(format, precededBy).reduce<readonly Word[]>((words, step) => applyRewrites(words, step(textsOf(words))), held);
}

/** What of an unfinished text may be shown. Both kinds hold back by themselves, until neither does. */
function shownCount(words: readonly TimedWord[], { redact }: TextFormat): number {
  const texts = textsOf(words);
  let count = words.length;
  if (redact.includes('email')) count = Math.min(count, shownBeforeEmail(texts));
  if (redact.includes('digits')) count = Math.min(count, shownBeforeDigits(texts.slice(0, count)));
  return count;
}

function textsOf(words: readonly TimedWord[]): string[] {
  return words.map(({ text }) => text);
}

function textOf(words: readonly TimedWord[]): string {
  return textsOf(words).join(' ');
}
