import { ISE_ENDINGS, ISE_STEMS, SPELLING_FAMILIES, SPELLING_PAIRS } from './spelling-data.ts';

let spellings: ReadonlyMap<string, string> | undefined;

/** Writes British words as Americans do. The text is in lower case, its words parted by spaces. */
export function americanSpelling(text: string): string {
  spellings ??= buildSpellings();
  const table = spellings;
  return text.replaceAll(/[a-z]+/g, (word) => table.get(word) ?? word);
}

/** Built at the first use: whoever only imports the package does not pay for it. */
function buildSpellings(): Map<string, string> {
  const table = new Map<string, string>();
  const endings = wordsOf(ISE_ENDINGS);
  for (const stem of wordsOf(ISE_STEMS)) {
    for (const ending of endings) table.set(`${stem}is${ending}`, `${stem}iz${ending}`);
  }
  for (const { british, american, words } of SPELLING_FAMILIES) {
    for (const word of wordsOf(words)) table.set(word, replaceLast(word, british, american));
  }
  for (const pair of wordsOf(SPELLING_PAIRS)) {
    const [british = '', american = ''] = pair.split('=');
    table.set(british, american);
  }
  return table;
}

function replaceLast(word: string, british: string, american: string): string {
  const at = word.lastIndexOf(british);
  return word.slice(0, at) + american + word.slice(at + british.length);
}

function wordsOf(text: string): string[] {
  return text.trim().split(/\s+/);
}
