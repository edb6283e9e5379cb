import { NUMBER_WORDS, type NumberWord } from './number-words.ts';

/** A number under way: one that can still grow by arithmetic, or a row of digits that more digits are written behind. */
type Reading = { readonly type: 'amount'; readonly value: bigint } | { readonly type: 'digits'; readonly text: string };

type SpokenNumber = Extract<NumberWord, { readonly suffix: string }>;

const DIGITS = /^\d+(\.\d+)?$/;
const SIGNS = new Set('-+£€$¢');

/** Reads a text word by word and writes numbers that are spoken in several words as one. */
export class NumberReader {
  readonly #written: string[] = [];
  #reading: Reading | undefined;
  #sign = '';
  #skips = false;

  /** Takes the next word; its neighbours say what it may mean. */
  read(previous: string | undefined, current: string, next: string | undefined): void {
    if (this.#skips) {
      this.#skips = false;
      return;
    }
    const sign = SIGNS.has(current.charAt(0)) ? current.charAt(0) : '';
    const unsigned = current.slice(sign.length);
    const meaning = NUMBER_WORDS.get(current);
    if (DIGITS.test(unsigned)) {
      this.#readDigits(current, sign, unsigned);
    } else if (meaning === undefined) {
      this.#writeWord(current);
    } else if ('suffix' in meaning) {
      this.#readNumber(meaning, previous);
    } else {
      this.#readOther(meaning, previous, current, next);
    }
  }

  /** @returns Everything, words and numbers. */
  finish(): string[] {
    this.#flush();
    return this.#written;
  }

  #readDigits(word: string, sign: string, unsigned: string): void {
    if (this.#reading?.type === 'digits' && this.#reading.text.endsWith('.')) {
      // What follows a spoken point.
      this.#reading = { type: 'digits', text: this.#reading.text + word };
      return;
    }
    this.#flush();
    this.#sign = sign || this.#sign;
    const [whole = '', fraction = ''] = unsigned.split('.');
    // Whisper's rules take the noughts off "007"; spoken digit by digit they stay, and both must come out the same.
    const isRow = /[1-9]/.test(fraction) || (fraction === '' && /^0\d/.test(whole));
    this.#reading = isRow ? { type: 'digits', text: unsigned } : { type: 'amount', value: BigInt(whole) };
  }

  #readNumber(word: SpokenNumber, previous: string | undefined): void {
    if (word.type === 'multiplier') {
      this.#multiply(word.value);
    } else {
      this.#add(word, previous);
    }
    if (word.suffix !== '') this.#flush(word.suffix);
  }

  /** Puts one to ninety into the place that is free for it: "thirty" and "one" are 31; where none is, digits follow digits. */
  #add({ type, value }: SpokenNumber, previous: string | undefined): void {
    const reading = this.#reading;
    const isUnit = value < 10n;
    const before = previous === undefined ? undefined : NUMBER_WORDS.get(previous);
    const followsSmall = before?.type === 'small' && before.suffix === '' && type === 'small';
    if (reading === undefined) {
      this.#reading = { type: 'amount', value };
    } else if (reading.type === 'amount' && !followsSmall && reading.value % (type === 'small' && isUnit ? 10n : 100n) === 0n) {
      this.#reading = { type: 'amount', value: reading.value + value };
    } else {
      const text = textOf(reading);
      // "five twenty four" is 524: the digit takes the place of the nought.
      const takesNought = type === 'small' && isUnit && before?.type === 'tens' && before.suffix === '' && text.endsWith('0');
      this.#reading = { type: 'digits', text: (takesNought ? text.slice(0, -1) : text) + value };
    }
  }

  #multiply(multiplier: bigint): void {
    const reading = this.#reading;
    if (reading === undefined) {
      this.#reading = { type: 'amount', value: multiplier };
    } else if (reading.type === 'amount') {
      // "forty three thousand two hundred": only what follows the thousands is multiplied.
      const rest = reading.value % 1000n;
      this.#reading = { type: 'amount', value: reading.value - rest + rest * multiplier };
    } else {
      const product = multiplyDecimal(reading.text, multiplier);
      if (product === undefined) this.#flush();
      this.#reading = { type: 'amount', value: product ?? multiplier };
    }
  }

  #readOther(word: Exclude<NumberWord, SpokenNumber>, previous: string | undefined, current: string, next: string | undefined): void {
    switch (word.type) {
      case 'zero':
        // Noughts in front count for nothing in an amount, but not in a row of digits.
        this.#appendDigits('0');
        return;
      case 'sign':
        if (isNumeric(next)) {
          this.#flush();
          this.#sign = word.symbol;
        } else {
          this.#writeWord(current);
        }
        return;
      case 'currency':
        if (this.#reading === undefined) {
          this.#writeWord(current);
        } else {
          this.#sign = word.symbol;
          this.#flush();
        }
        return;
      case 'percent':
      case 'per':
        this.#readPercent(word, current, next);
        return;
      default:
        this.#readJoint(word, previous, current, next);
    }
  }

  #readPercent(word: Extract<NumberWord, { readonly type: 'percent' | 'per' }>, current: string, next: string | undefined): void {
    const isWhole = word.type === 'percent' || next === 'cent';
    if (this.#reading === undefined || !isWhole) {
      this.#writeWord(current);
    } else {
      this.#flush('%');
      this.#skips = word.type === 'per';
    }
  }

  /** "and", "point", "double": part of a number only in front of one. */
  #readJoint(
    word: Extract<NumberWord, { readonly type: 'and' | 'point' | 'repeat' }>,
    previous: string | undefined,
    current: string,
    next: string | undefined,
  ): void {
    const after = next === undefined ? undefined : NUMBER_WORDS.get(next);
    if (!isNumeric(next)) {
      this.#writeWord(current);
    } else if (word.type === 'and') {
      const before = previous === undefined ? undefined : NUMBER_WORDS.get(previous);
      if (!(before?.type === 'multiplier' && before.suffix === '')) this.#writeWord(current);
    } else if (word.type === 'repeat') {
      if (after?.type === 'zero' || (after?.type === 'small' && after.suffix === '')) {
        this.#appendDigits((after.type === 'zero' ? '0' : String(after.value)).repeat(word.times));
        this.#skips = true;
      } else {
        this.#writeWord(current);
      }
    } else if (after === undefined || after.type === 'zero' || ((after.type === 'small' || after.type === 'tens') && after.suffix === '')) {
      this.#appendDigits('.');
    } else {
      // Whisper's rules lose the word here.
      this.#writeWord(current);
    }
  }

  #appendDigits(text: string): void {
    const reading = this.#reading;
    const before = reading === undefined || (reading.type === 'amount' && reading.value === 0n) ? '' : textOf(reading);
    this.#reading = { type: 'digits', text: before + text };
  }

  #writeWord(word: string): void {
    this.#flush();
    this.#written.push(this.#sign + word);
    this.#sign = '';
  }

  #flush(suffix = ''): void {
    if (this.#reading !== undefined) {
      this.#written.push(this.#sign + textOf(this.#reading) + suffix);
      this.#reading = undefined;
      this.#sign = '';
    }
  }
}

function textOf(reading: Reading): string {
  return reading.type === 'amount' ? String(reading.value) : reading.text;
}

function isNumeric(word: string | undefined): boolean {
  return word !== undefined && (NUMBER_WORDS.has(word) || DIGITS.test(word));
}

/** `2.5` times a million; undefined when it is no number, or the product not whole. */
function multiplyDecimal(text: string, multiplier: bigint): bigint | undefined {
  const match = /^(\d*)\.?(\d*)$/.exec(text);
  const [, whole = '', fraction = ''] = match ?? [];
  if (!match || whole + fraction === '') return undefined;
  const scale = 10n ** BigInt(fraction.length);
  const product = BigInt(whole + fraction) * multiplier;
  return product % scale === 0n ? product / scale : undefined;
}
