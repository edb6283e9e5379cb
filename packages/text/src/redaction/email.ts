import { numberMeanings } from '../numerals/number-words.ts';
import type { Rewrite, Step } from '../rewrite.ts';
import { keptAfter, keptBefore, partsOf } from '../word-parts.ts';

/** What stands for an address that must not be told. */
const EMAIL_MARK = '[email]';

/** What joins the parts of an address when it is spelled aloud. */
const CONNECTORS = new Set('dot period point underscore dash hyphen plus minus'.split(' '));
const DOTS = new Set('dot period point'.split(' '));
/** No host is called so, and "look at the dot" is no address. */
const NO_LABELS = new Set('the a an this that these those every each on in and or of for to is was are were with by from'.split(' '));
/** A host in several words: "at my company dot com". */
const MAXIMUM_LABEL_WORDS = 3;
const CORE = /[\p{L}\p{N}@]/u;
const SENTENCE_END = /[.?!;:…]/u;
const WRITTEN_HOST = /^[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}$/u;
/** Words that are looked at for an "at" while a text may still grow. */
const UNFINISHED_WORDS = 10;

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Replaces addresses, written ("john@example.com") or said ("john dot doe at example dot com"). */
export const redactEmails: Step = (words) =>
  findEmails(words).map(({ from, to }): Rewrite => {
    const before = keptBefore(partsOf(words[from] ?? ''));
    return { from, to, texts: [before + EMAIL_MARK + keptAfter(partsOf(words[to - 1] ?? ''))] };
  });

/**
 * Where a text must be cut while it may still grow: before what may become an address, which any last word may.
 *
 * @returns How many words may be shown.
 */
export function shownBeforeEmail(words: readonly string[]): number {
  const last = words.at(-1);
  if (last === undefined || last.includes(EMAIL_MARK)) return words.length;
  const end = CONNECTORS.has(coreOf(words, words.length - 1)) ? words.length - 1 : words.length;
  let shown = localStart([...words.slice(0, end - 1), coreOf(words, end - 1)], end) ?? end;
  for (let at = words.length - 1; at > 0 && at >= words.length - UNFINISHED_WORDS; at--) {
    if (coreOf(words, at) !== 'at') continue;
    const isOpen = words.slice(at + 1, -1).every((word) => !SENTENCE_END.test(partsOf(word).after));
    const isHost = words.slice(at + 1).every((_word, index) => !NO_LABELS.has(coreOf(words, at + 1 + index)));
    if (isOpen && isHost) shown = Math.min(shown, localStart(words, at) ?? shown);
  }
  // A cut through an address would show the half of it.
  return findEmails(words).find(({ from, to }) => from < shown && shown < to)?.from ?? shown;
}

function findEmails(words: readonly string[]): Range[] {
  const found: Range[] = [];
  let earliest = 0;
  for (let index = 0; index < words.length; index++) {
    const range = emailAt(words, index);
    if (range === undefined) continue;
    const from = Math.max(range.from, earliest);
    found.push({ from, to: range.to });
    earliest = range.to;
    index = range.to - 1;
  }
  return found;
}

/** The address whose "at" is here. */
function emailAt(words: readonly string[], index: number): Range | undefined {
  const core = coreOf(words, index);
  if (core === 'at' || core === '@') {
    const from = localStart(words, index);
    const sign = core === 'at' && coreOf(words, index + 1) === 'sign' ? 1 : 0;
    const to = hostEnd(words, index + 1 + sign);
    return from === undefined || to === undefined ? undefined : { from, to };
  }
  if (!core.includes('@')) return undefined;
  const isHostInside = !core.endsWith('@');
  const to = isHostInside ? moreLabels(words, index + 1) : (hostEnd(words, index + 1) ?? index + 1);
  if (!core.startsWith('@')) return { from: chainStart(words, index), to };
  const from = localStart(words, index);
  const isHost = WRITTEN_HOST.test(core.slice(1)) || to > index + 1;
  return from === undefined || !isHost ? undefined : { from, to };
}

/** The first word of what stands before an "at": one word, what it is joined to by "dot" and the like, and letters said one by one. */
function localStart(words: readonly string[], at: number): number | undefined {
  return isAtom(words, at - 1) ? chainStart(words, at - 1) : undefined;
}

function chainStart(words: readonly string[], last: number): number {
  let start = last;
  for (;;) {
    if (CONNECTORS.has(coreOf(words, start - 1)) && isAtom(words, start - 2)) start -= 2;
    else if (isSpelled(words, start) && isAtom(words, start - 1) && (isSpelled(words, start - 1) || isNumber(words, start))) start -= 1;
    else return start;
  }
}

/** The first word behind a host: "example dot co dot uk", "my company dot com", "g m x dot net", "example.com". */
function hostEnd(words: readonly string[], start: number): number | undefined {
  let labelCount = 0;
  for (let index = start; index < words.length; index++) {
    const core = coreOf(words, index);
    if (WRITTEN_HOST.test(core)) return labelCount === 0 || isSpelled(words, index - 1) ? moreLabels(words, index + 1) : undefined;
    if (DOTS.has(core)) {
      const end = labelCount === 0 ? index : moreLabels(words, index);
      return end === index ? undefined : end;
    }
    const isJoint = labelCount > 0 && CONNECTORS.has(core) && !SENTENCE_END.test(partsOf(words[index] ?? '').after);
    const isLabel = isAtom(words, index) && !NO_LABELS.has(core) && (labelCount < MAXIMUM_LABEL_WORDS || isSpelled(words, index));
    if (!isJoint && !isLabel) return undefined;
    if (!isJoint) labelCount++;
  }
  return undefined;
}

/** Goes on over "dot com", as often as it comes. @returns `index` when there is none. */
function moreLabels(words: readonly string[], index: number): number {
  let end = index;
  const isOpen = (): boolean => !SENTENCE_END.test(partsOf(words[end - 1] ?? '').after);
  while (isOpen() && DOTS.has(coreOf(words, end)) && isTopLabel(words, end + 1)) {
    end += 2;
  }
  return end;
}

/** Whether a word can stand behind a dot: letters, and nothing that is said between addresses. */
function isTopLabel(words: readonly string[], index: number): boolean {
  const core = coreOf(words, index);
  return /^\p{L}[\p{L}.-]+$/u.test(core) && !isNumber(words, index) && !NO_LABELS.has(core) && !CONNECTORS.has(core);
}

/** A word in lower case without what is around it; an "@" stays wherever it is. */
function coreOf(words: readonly string[], index: number): string {
  const word = words[index] ?? '';
  if (/^[a-z\d]+$/i.test(word)) return word.toLowerCase();
  const characters = [...word];
  const start = characters.findIndex((character) => CORE.test(character));
  const end = characters.findLastIndex((character) => CORE.test(character)) + 1;
  return characters.slice(start, end).join('').toLowerCase();
}

/** Whether a word can be a part of an address, and is not the end of a sentence. */
function isAtom(words: readonly string[], index: number): boolean {
  const { core, after } = partsOf(words[index] ?? '');
  const isJoint = CONNECTORS.has(core.toLowerCase()) || core.toLowerCase() === 'at';
  return /^[\p{L}\p{N}][\p{L}\p{N}._%+'’@-]*$/u.test(core) && !isJoint && !SENTENCE_END.test(after);
}

/** A letter or number of an address that is said piece by piece. */
function isSpelled(words: readonly string[], index: number): boolean {
  return coreOf(words, index).length === 1 || isNumber(words, index);
}

function isNumber(words: readonly string[], index: number): boolean {
  const core = coreOf(words, index);
  return /^\p{Nd}+$/u.test(core) || (numberMeanings(core)?.every(({ type }) => type !== 'and' && type !== 'point') ?? false);
}
