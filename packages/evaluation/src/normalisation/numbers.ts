import { NumberReader } from './number-reader.ts';
import { MULTIPLIERS, NUMBER_WORDS } from './number-words.ts';

const MULTIPLIER_NAMES = [...MULTIPLIERS.keys()].join('|');
const HALF_OF = new RegExp(`\\b(?:a\\s+half\\s+|half\\s+(?:a\\s+)?)(${MULTIPLIER_NAMES})\\b`, 'g');

/** Writes spoken numbers with digits: "twenty five dollars" is "$25", "nineteen ninety nine" is "1999". The text is in lower case. */
export function writeNumbers(text: string): string {
  const reader = new NumberReader();
  const words = spaceNumbers(writeHalves(text)).split(/\s+/).filter(Boolean);
  for (const [index, word] of words.entries()) {
    reader.read(words[index - 1], word, words[index + 1]);
  }
  return tidyNumbers(reader.finish().join(' '));
}

/** "Three and a half million" is "three point five million", "half a million" is "0.5 million". */
function writeHalves(text: string): string {
  const parts = text.split(/\band\s+a\s+half\b/).map((part) => part.trim());
  const joined = parts.flatMap((part, index) => {
    if (part === '') return [];
    return index === parts.length - 1 ? [part] : [part, canTakeHalf(part) ? 'point five' : 'and a half'];
  });
  return joined.join(' ').replaceAll(HALF_OF, '0.5 $1');
}

function canTakeHalf(text: string): boolean {
  const word = NUMBER_WORDS.get(text.split(/\s+/).at(-1) ?? '');
  return word?.type === 'zero' || ((word?.type === 'small' || word?.type === 'tens' || word?.type === 'multiplier') && word.suffix === '');
}

/** "b747" is "b 747", "10km" is "10 km"; "10 th" is "10th". */
function spaceNumbers(text: string): string {
  return text
    .replaceAll(/([a-z])([0-9])/g, '$1 $2')
    .replaceAll(/([0-9])([a-z])/g, '$1 $2')
    .replaceAll(/([0-9])\s+(st|nd|rd|th|s)\b/g, '$1$2');
}

/** "$2 and ¢70" is "$2.70", "$0.36" is "¢36"; a lone one stays a word, since it mostly is no number. */
function tidyNumbers(text: string): string {
  return text
    .replaceAll(/([€£$])([0-9]+) (?:and )?¢([0-9]{1,2})\b/g, (_, currency, whole, cents) => `${currency}${whole}.${cents.padStart(2, '0')}`)
    .replaceAll(/[€£$]0.([0-9]{1,2})\b/g, (_, cents) => `¢${Number(cents)}`)
    .replaceAll(/\b1(s?)\b/g, 'one$1');
}
