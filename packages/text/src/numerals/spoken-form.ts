import { toCardinal, toOrdinal } from 'n2words/en-US';

/** Longer numbers without a comma are read digit by digit: nobody says eighteen quintillion for a card. */
const LEAST_ROW = 5;
/** Beyond it the names of numbers run out. */
const MOST_NAMED = 18;
const DIGIT_NAMES = 'zero one two three four five six seven eight nine'.split(' ');
const CURRENCIES: ReadonlyMap<string, { readonly whole: readonly [string, string]; readonly part: readonly [string, string] }> = new Map([
  ['$', { whole: ['dollar', 'dollars'], part: ['cent', 'cents'] }],
  ['£', { whole: ['pound', 'pounds'], part: ['penny', 'pence'] }],
  ['€', { whole: ['euro', 'euros'], part: ['cent', 'cents'] }],
]);

/** How each form of a number in digits is read aloud, tried in order. */
const FORMS: readonly (readonly [RegExp, (...groups: string[]) => string])[] = [
  [/^(?:\d{5,}|0\d+)$/, (digits) => spell(digits)],
  [/^(1[1-9]|20)([1-9]\d|0[1-9])$/, (_word, century = '', rest = '') => yearOf(century, rest)],
  [/^(?:\d{1,3}(?:,\d{3})+|\d+)$/, (word) => amountOf(word)],
  [/^(\d{1,3}(?:,\d{3})+|\d+)?\.(\d+)$/, (_word, whole = '', fraction = '') => `${amountOf(whole || '0')} point ${spell(fraction)}`],
  [/^(\d{1,3}(?:,\d{3})+|\d+)(?:st|nd|rd|th)$/i, (_word, digits = '') => ordinalOf(digits)],
  [/^([\d,.]*\d)%$/, (_word, number = '') => `${spokenForm(number) ?? spell(number)} percent`],
  [/^([$£€])([\d,]*\d)(?:\.(\d{2}))?$/, (_word, sign = '', whole = '', part = '') => moneyOf(sign, whole, part)],
  [/^([$£€])([\d,]*\.\d+)$/, (_word, sign = '', number = '') => `${spokenForm(number) ?? spell(number)} ${CURRENCIES.get(sign)?.whole[1]}`],
  [/^(\d{1,2}):([0-5]\d)(am|pm)?$/i, (_word, hour = '', minutes = '', half = '') => timeOf(hour, minutes, half)],
  [/^(\d{1,2})(am|pm)$/i, (_word, hour = '', half = '') => `${toCardinal(hour)} ${half.toLowerCase()}`],
  [/^((?:1[1-9]|20)?)([2-9]0)'?s$/, (_word, century = '', tens = '') => decadeOf(century, tens)],
  [/^(\d{1,2})[-–](\d{1,2})$/, (_word, from = '', to = '') => `${toCardinal(from)} to ${toCardinal(to)}`],
  [/^-([\d,.]*\d)$/, (_word, number = '') => `minus ${spokenForm(number) ?? spell(number)}`],
  [/^[\d+(][\d()+,./:–-]*\d\)?$/, (word) => spell(word)],
];

/**
 * How a number in digits is read aloud: as a number, or digit by digit where it has five of them or more, or begins with a nought.
 *
 * @returns Nothing for what has letters in it ("B2B"), or is no number.
 */
export function spokenForm(core: string): string | undefined {
  for (const [pattern, read] of FORMS) {
    const match = pattern.exec(core);
    if (match !== null) return read(...match);
  }
  return undefined;
}

/** Digit by digit; what stands between them is not read. */
function spell(text: string): string {
  return [...text].flatMap((character) => DIGIT_NAMES[Number.parseInt(character, 10)] ?? (character === '+' ? 'plus' : [])).join(' ');
}

function amountOf(word: string): string {
  const digits = word.replaceAll(',', '');
  return word === digits && (digits.length >= LEAST_ROW || /^0\d/.test(digits)) ? spell(digits) : nameOf(digits);
}

function nameOf(digits: string): string {
  return digits.length > MOST_NAMED ? spell(digits) : toCardinal(BigInt(digits));
}

function ordinalOf(word: string): string {
  const digits = word.replaceAll(',', '');
  if (digits.length > MOST_NAMED) return `${spell(digits)}th`;
  const value = BigInt(digits);
  return value === 0n ? 'zeroth' : toOrdinal(value);
}

function yearOf(century: string, rest: string): string {
  if (century === '20' && rest.startsWith('0')) return toCardinal(`${century}${rest}`);
  return `${toCardinal(century)} ${rest.startsWith('0') ? `oh ${toCardinal(rest.slice(1))}` : toCardinal(rest)}`;
}

function decadeOf(century: string, tens: string): string {
  const name = toCardinal(tens).replace(/y$/, 'ies');
  return century === '' ? name : `${toCardinal(century)} ${name}`;
}

function moneyOf(sign: string, whole: string, part: string): string {
  const names = CURRENCIES.get(sign);
  const digits = whole.replaceAll(',', '');
  const wholeText = `${nameOf(digits)} ${names?.whole[/^0*1$/.test(digits) ? 0 : 1]}`;
  const partValue = Number(part);
  return partValue === 0 ? wholeText : `${wholeText} and ${toCardinal(partValue)} ${names?.part[partValue === 1 ? 0 : 1]}`;
}

function timeOf(hour: string, minutes: string, half: string): string {
  const end = half === '' ? '' : ` ${half.toLowerCase()}`;
  const value = Number(minutes);
  if (value === 0) return toCardinal(hour) + (half === '' ? " o'clock" : end);
  return `${toCardinal(hour)} ${value < 10 ? `oh ${toCardinal(value)}` : toCardinal(value)}${end}`;
}
