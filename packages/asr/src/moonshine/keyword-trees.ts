import { type KeywordBonus, KeywordTree } from './keyword-tree.ts';
import type { Tokenizer } from './tokenizer.ts';

// A session says the same list with every clip, and a worker serves some sessions in turn.
const KEPT_TREES = 8;

/** The trees of the lists that were asked for last: to build one of 1,000 phrases takes as long as a few tokens of a text. */
export class KeywordTrees {
  readonly #tokenizer: Tokenizer;
  readonly #bonus: KeywordBonus;
  readonly #trees = new Map<string, KeywordTree>();

  constructor(tokenizer: Tokenizer, bonus: KeywordBonus) {
    this.#tokenizer = tokenizer;
    this.#bonus = bonus;
  }

  /**
   * The tree of a list, none for a list that holds nothing.
   *
   * @throws {@link RecognizerError} `keywords_refused`.
   */
  of(phrases: readonly string[] = []): KeywordTree | undefined {
    if (phrases.length === 0) return undefined;
    const key = JSON.stringify(phrases);
    const tree = this.#trees.get(key) ?? new KeywordTree(phrases, this.#tokenizer, this.#bonus);
    this.#trees.delete(key);
    this.#trees.set(key, tree);
    const [oldest] = this.#trees.keys();
    if (this.#trees.size > KEPT_TREES && oldest !== undefined) this.#trees.delete(oldest);
    return tree.isEmpty ? undefined : tree;
  }
}
