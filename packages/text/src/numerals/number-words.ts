/** What a word means where numbers are read. */
export type NumberMeaning =
  /** A single digit. `oh` is one only behind another digit. */
  | { readonly type: 'digit'; readonly value: number; readonly isOh: boolean }
  /** Ten to nineteen. */
  | { readonly type: 'small'; readonly value: number }
  /** Twenty to ninety. */
  | { readonly type: 'tens'; readonly value: number }
  | { readonly type: 'hundred' }
  /** Thousand to trillion. */
  | { readonly type: 'scale'; readonly value: number }
  /** Third, thirteenth, thirtieth, hundredth, thousandth. */
  | { readonly type: 'ordinal'; readonly value: number }
  /** Double, triple: the digit behind it so many times. */
  | { readonly type: 'repeat'; readonly times: number }
  | { readonly type: 'and' }
  | { readonly type: 'point' };

const DIGITS = 'zero one two three four five six seven eight nine'.split(' ');
const SMALL = 'ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(' ');
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const ORDINALS = 'first second third fourth fifth sixth seventh eighth ninth'.split(' ');
const SMALL_ORDINALS = 'tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth'.split(' ');
const TENS_ORDINALS = 'twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth'.split(' ');
const SCALES: readonly (readonly [string, number])[] = [
  ['thousand', 1e3],
  ['million', 1e6],
  ['billion', 1e9],
  ['trillion', 1e12],
];

/** English number words in lower case. */
export const NUMBER_WORDS: ReadonlyMap<string, NumberMeaning> = new Map<string, NumberMeaning>([
  ...DIGITS.map((word, value) => [word, { type: 'digit', value, isOh: false }] as const),
  ...['nought', 'naught'].map((word) => [word, { type: 'digit', value: 0, isOh: false }] as const),
  ...['oh', 'o'].map((word) => [word, { type: 'digit', value: 0, isOh: true }] as const),
  ...SMALL.map((word, index) => [word, { type: 'small', value: index + 10 }] as const),
  ...TENS.map((word, index) => [word, { type: 'tens', value: (index + 2) * 10 }] as const),
  ['hundred', { type: 'hundred' }],
  ...SCALES.map(([word, value]) => [word, { type: 'scale', value }] as const),
  ...ORDINALS.map((word, index) => [word, { type: 'ordinal', value: index + 1 }] as const),
  ...SMALL_ORDINALS.map((word, index) => [word, { type: 'ordinal', value: index + 10 }] as const),
  ...TENS_ORDINALS.map((word, index) => [word, { type: 'ordinal', value: (index + 2) * 10 }] as const),
  ['hundredth', { type: 'ordinal', value: 100 }],
  ...SCALES.map(([word, value]) => [`${word}th`, { type: 'ordinal', value }] as const),
  ['double', { type: 'repeat', times: 2 }],
  ['triple', { type: 'repeat', times: 3 }],
  ['and', { type: 'and' }],
  ['point', { type: 'point' }],
]);

/** What a word means, part by part where hyphens join it; undefined when a part of it is no number. */
export function numberMeanings(core: string): readonly NumberMeaning[] | undefined {
  const meanings = core
    .toLowerCase()
    .split(/[-\u2010\u2011]/u)
    .map((part) => NUMBER_WORDS.get(part));
  return meanings.every((meaning) => meaning !== undefined) ? meanings : undefined;
}
