/** A word without the punctuation around it. */
export interface WordParts {
  /** Quotes and brackets before the word. */
  readonly before: string;
  /** The word itself; empty for a word that is punctuation only. */
  readonly core: string;
  /** Commas, full stops, closing quotes and brackets after the word. */
  readonly after: string;
}

/** Most words have nothing around them. */
const PLAIN = /^[a-z\d]+$/i;
const BEGINS_CORE = /[\p{L}\p{N}$£€+@-]/u;
const ENDS_CORE = /[\p{L}\p{N}%]/u;

/** Takes the punctuation off a word. Signs that are read aloud (currency, plus, minus, percent) stay with it. */
export function partsOf(word: string): WordParts {
  if (PLAIN.test(word)) return { before: '', core: word, after: '' };
  const characters = [...word];
  const start = characters.findIndex((character) => BEGINS_CORE.test(character));
  const end = characters.findLastIndex((character) => ENDS_CORE.test(character)) + 1;
  if (start === -1) return { before: word, core: '', after: '' };
  if (end <= start) return { before: characters.slice(0, start).join(''), core: '', after: characters.slice(start).join('') };
  const [before, core, after] = [characters.slice(0, start), characters.slice(start, end), characters.slice(end)];
  return { before: before.join(''), core: core.join(''), after: after.join('') };
}

/** The quotes that may stay around what takes the place of a word; a bracket would have lost its partner. */
export function keptBefore(parts: WordParts | undefined): string {
  return parts?.before.replace(/[^"'“‘]/gu, '') ?? '';
}

/** The end of a sentence or clause that may stay after what takes the place of a word. */
export function keptAfter(parts: WordParts | undefined): string {
  return parts?.after.replace(/[^.,;:?!…"'”’]/gu, '') ?? '';
}

/** Whether a word begins a sentence. @param previous - The word before it, if there is one. */
export function beginsSentence(previous: string | undefined): boolean {
  return previous === undefined || /[.?!…]["'”’)\]]*$/u.test(previous);
}
