/** What a word means where numbers are read. */
export type NumberWord =
  | { readonly type: 'zero' }
  /** One to nineteen. */
  | { readonly type: 'small'; readonly value: bigint; readonly suffix: string }
  /** Twenty to ninety. */
  | { readonly type: 'tens'; readonly value: bigint; readonly suffix: string }
  /** Hundred, thousand, million and so on. */
  | { readonly type: 'multiplier'; readonly value: bigint; readonly suffix: string }
  /** Stands before a number: minus. */
  | { readonly type: 'sign'; readonly symbol: string }
  /** Stands after a number and is written before it: dollars. */
  | { readonly type: 'currency'; readonly symbol: string }
  | { readonly type: 'percent' }
  /** First half of "per cent". */
  | { readonly type: 'per' }
  | { readonly type: 'and' }
  | { readonly type: 'point' }
  /** Double, triple: the digit after it so many times. */
  | { readonly type: 'repeat'; readonly times: number };

const SMALL =
  'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(' ');
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const ILLIONS = 'million billion trillion quadrillion quintillion sextillion septillion octillion nonillion decillion'.split(' ');

/** Multipliers by name. */
export const MULTIPLIERS: ReadonlyMap<string, bigint> = new Map([
  ['hundred', 100n],
  ['thousand', 1000n],
  ...ILLIONS.map((name, index): [string, bigint] => [name, 1000n ** BigInt(index + 2)]),
]);

// Ordinals that are not made by a rule.
const ORDINALS: Readonly<Record<string, readonly [ordinal: string, suffix: string]>> = {
  one: ['first', 'st'],
  two: ['second', 'nd'],
  three: ['third', 'rd'],
  five: ['fifth', 'th'],
  twelve: ['twelfth', 'th'],
};

/** The words that numbers are spoken with. */
export const NUMBER_WORDS: ReadonlyMap<string, NumberWord> = new Map([
  ...['o', 'oh', 'zero'].map((name): [string, NumberWord] => [name, { type: 'zero' }]),
  ...SMALL.flatMap((name, index) => formsOf(name, 'small', BigInt(index + 1))),
  ['zeroth', { type: 'small', value: 0n, suffix: 'th' }],
  ...TENS.flatMap((name, index) => formsOf(name, 'tens', BigInt(10 * (index + 2)))),
  ...[...MULTIPLIERS].flatMap(([name, value]) => formsOf(name, 'multiplier', value)),
  ...signs('sign', { '-': 'minus negative', '+': 'plus positive' }),
  ...signs('currency', { '£': 'pound pounds', '€': 'euro euros', $: 'dollar dollars', '¢': 'cent cents' }),
  ['percent', { type: 'percent' }],
  ['per', { type: 'per' }],
  ['and', { type: 'and' }],
  ['point', { type: 'point' }],
  ['double', { type: 'repeat', times: 2 }],
  ['triple', { type: 'repeat', times: 3 }],
]);

/** A number with its plural and its ordinal: `six`, `sixes`, `sixth`. */
function formsOf(name: string, type: 'small' | 'tens' | 'multiplier', value: bigint): [string, NumberWord][] {
  const [ordinal, ordinalSuffix] = ORDINALS[name] ?? [`${name.replace(/y$/, 'ie')}${name.endsWith('t') ? 'h' : 'th'}`, 'th'];
  const plural = name === 'six' ? 'sixes' : `${name.replace(/y$/, 'ie')}s`;
  return [
    [name, { type, value, suffix: '' }],
    [plural, { type, value, suffix: 's' }],
    [ordinal, { type, value, suffix: ordinalSuffix }],
  ];
}

function signs(type: 'sign' | 'currency', names: Readonly<Record<string, string>>): [string, NumberWord][] {
  return Object.entries(names).flatMap(([symbol, words]) => words.split(' ').map((word): [string, NumberWord] => [word, { type, symbol }]));
}
