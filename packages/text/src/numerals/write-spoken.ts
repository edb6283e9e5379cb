import type { Rewrite, Step } from '../rewrite.ts';
import { beginsSentence, keptAfter, keptBefore, partsOf } from '../word-parts.ts';
import { NUMBER_WORDS } from './number-words.ts';
import { spokenForm } from './spoken-form.ts';

const CURRENCIES: ReadonlyMap<string, readonly [one: string, many: string]> = new Map([
  ['$', ['dollar', 'dollars']],
  ['£', ['pound', 'pounds']],
  ['€', ['euro', 'euros']],
]);

/** Writes numbers that are written in digits in words: "$25.50" as "twenty-five dollars and fifty cents". */
export const writeSpoken: Step = (words) => {
  const rewrites: Rewrite[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (!/\d/.test(word)) continue;
    const scaled = scaledAmount(word, words[index + 1]);
    const parts = partsOf(word);
    const spoken = scaled ?? spokenForm(parts.core);
    if (spoken === undefined) continue;
    const last = partsOf(words[index + (scaled === undefined ? 0 : 1)] ?? '');
    const sentence = beginsSentence(words[index - 1]) ? spoken.charAt(0).toUpperCase() + spoken.slice(1) : spoken;
    const texts = (keptBefore(parts) + sentence + keptAfter(last)).split(' ');
    rewrites.push({ from: index, to: index + (scaled === undefined ? 1 : 2), texts });
    if (scaled !== undefined) index++;
  }
  return rewrites;
};

/** "$5 million" is "five million dollars": the currency goes behind the scale. */
function scaledAmount(word: string, next: string | undefined): string | undefined {
  const { core, after } = partsOf(word);
  const names = CURRENCIES.get(core.charAt(0));
  const scale = next === undefined ? '' : partsOf(next).core.toLowerCase();
  if (names === undefined || after !== '' || NUMBER_WORDS.get(scale)?.type !== 'scale') return undefined;
  const amount = spokenForm(core.slice(1));
  return amount === undefined ? undefined : `${amount} ${scale} ${names[1]}`;
}
