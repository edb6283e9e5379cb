import { RecognizerError } from '../recognizer-error.ts';
import type { Tokenizer } from './tokenizer.ts';

/** How large a list of keywords may be. */
export const KEYWORD_LIMITS = Object.freeze({ phrases: 1_000, characters: 100 });

/**
 * What a listed phrase is worth: natural logarithms, added to the log-probability of a text that holds it. Measured for one model;
 * `bench:keywords` compares some.
 */
export interface KeywordBonus {
  /** For each token of the phrase. */
  readonly perToken: number;
  /** Most for one phrase. */
  readonly maximum: number;
}

interface Node {
  readonly children: Map<number, Node>;
  /** Whether a phrase is complete here. */
  isEnd: boolean;
}

/** A listed phrase that a text has begun. */
interface Path {
  readonly node: Node;
  readonly tokenCount: number;
  /** What a shorter phrase on the same way was already worth. */
  readonly paid: number;
}

/** How far a text is with the listed phrases. */
export interface KeywordProgress {
  /** What complete phrases are worth. */
  readonly settled: number;
  /** What the text is worth if it goes on as it has begun; given back when it does not. */
  readonly bonus: number;
  readonly paths: readonly Path[];
}

/**
 * The phrases that somebody expects, as a prefix tree of tokens, each as it is given, in lower case and with capitals. A text that goes
 * along the tree from the beginning of a word gets a bonus for each token, and gives it back when it leaves before a phrase and its last
 * word are complete.
 */
export class KeywordTree {
  /** The progress of a text that has no tokens yet. */
  readonly start: KeywordProgress = { settled: 0, bonus: 0, paths: [] };
  /** Every phrase begins with a piece that has a space in front, so nothing begins in the middle of a word. */
  readonly #root: Node = { children: new Map(), isEnd: false };
  readonly #tokenizer: Tokenizer;
  readonly #bonus: KeywordBonus;

  /** @throws {@link RecognizerError} `keywords_refused` when there are more than {@link KEYWORD_LIMITS}, or one is longer. */
  constructor(phrases: readonly string[], tokenizer: Tokenizer, bonus: KeywordBonus) {
    checkPhrases(phrases);
    this.#tokenizer = tokenizer;
    this.#bonus = bonus;
    const encode = encodeOnce(tokenizer);
    for (const spelling of new Set(phrases.flatMap(spellingsOf))) {
      // No piece of a vocabulary goes across the space before a word.
      insert(
        this.#root,
        spelling.split(' ').flatMap((word) => encode(` ${word}`)),
      );
    }
  }

  /** Whether there is nothing in it. */
  get isEmpty(): boolean {
    return this.#root.children.size === 0;
  }

  /** Whether a token begins a listed phrase, or goes on with one that was begun. */
  isListed(progress: KeywordProgress, tokenId: number): boolean {
    return this.#root.children.has(tokenId) || progress.paths.some(({ node }) => node.children.has(tokenId));
  }

  /** The progress with one more token. */
  advance(progress: KeywordProgress, tokenId: number): KeywordProgress {
    const text = this.#tokenizer.decode([tokenId])[0] ?? '';
    const { settled, paths } = WORD_PART.test(text) ? progress : this.#settle(progress);
    const next = [...paths, { node: this.#root, tokenCount: 0, paid: 0 }].flatMap(({ node, tokenCount, paid }) => {
      const child = node.children.get(tokenId);
      return child ? [{ node: child, tokenCount: tokenCount + 1, paid }] : [];
    });
    const pending = Math.max(0, ...next.map(({ tokenCount, paid }) => this.#worth(tokenCount) - paid));
    return { settled, bonus: settled + pending, paths: next };
  }

  /** What the phrases are worth that a text holds which ends here. */
  worthAtEnd(progress: KeywordProgress): number {
    return this.#settle(progress).settled;
  }

  /** What the phrases are worth that a whole text holds. */
  worthOf(tokenIds: readonly number[]): number {
    return this.worthAtEnd(tokenIds.reduce((progress, tokenId) => this.advance(progress, tokenId), this.start));
  }

  /** Of the phrases that end where a word ends the longest counts; those that were begun inside of it are dropped. */
  #settle(progress: KeywordProgress): Pick<KeywordProgress, 'settled' | 'paths'> {
    const complete = progress.paths.find(({ node }) => node.isEnd);
    if (!complete) return progress;
    const worth = this.#worth(complete.tokenCount);
    return { settled: progress.settled + worth - complete.paid, paths: [{ ...complete, paid: worth }] };
  }

  #worth(tokenCount: number): number {
    return Math.min(tokenCount * this.#bonus.perToken, this.#bonus.maximum);
  }
}

const WORD_PART = /^[\p{L}\p{N}\p{M}]/u;

function checkPhrases(phrases: readonly string[]): void {
  if (phrases.length > KEYWORD_LIMITS.phrases) {
    throw new RecognizerError('keywords_refused', `keywords must be at most ${KEYWORD_LIMITS.phrases} phrases, got ${phrases.length}`);
  }
  const place = phrases.findIndex((phrase) => phrase.length > KEYWORD_LIMITS.characters);
  if (place >= 0) {
    throw new RecognizerError('keywords_refused', `keywords[${place}] must have at most ${KEYWORD_LIMITS.characters} characters`);
  }
}

/** A phrase as people write it: as given, all small, each word with a capital, the first word with a capital. */
function spellingsOf(phrase: string): string[] {
  const given = phrase.trim().replace(/\s+/gu, ' ');
  if (given === '') return [];
  const lower = given.toLowerCase();
  return [
    given,
    lower,
    lower.replace(/(?<=^|\s)\p{L}/gu, (letter) => letter.toUpperCase()),
    given.replace(/^\p{L}/u, (l) => l.toUpperCase()),
  ];
}

function encodeOnce(tokenizer: Tokenizer): (text: string) => readonly number[] {
  const known = new Map<string, readonly number[]>();
  return (text) => {
    const ids = known.get(text) ?? tokenizer.encode(text);
    known.set(text, ids);
    return ids;
  };
}

function insert(root: Node, tokenIds: readonly number[]): void {
  let node = root;
  for (const tokenId of tokenIds) {
    const child = node.children.get(tokenId) ?? { children: new Map(), isEnd: false };
    node.children.set(tokenId, child);
    node = child;
  }
  node.isEnd = true;
}
