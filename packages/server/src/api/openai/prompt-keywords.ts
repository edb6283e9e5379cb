import { MAX_KEYWORD_CHARACTERS } from '@outspoken/protocol';

// More words than this in a row are no name or term but a sentence.
const MAXIMUM_PHRASE_WORDS = 4;
// The dot of "Mr." and "St." ends no sentence.
const SEPARATORS = /[,;:\n\r]+|(?<!(?:^|\s)\p{Lu}\p{L}{0,2})[.!?]+(?=\s|$)/u;
const OUTER_MARKS = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu;
const CAPITALISED = /^\p{Lu}/u;
// "GPT-4", "iPhone", "NASA", "H2O": written so wherever they stand.
const ALWAYS_NAME = /\p{N}|.\p{Lu}/u;

/** The phrases of a list with commas, semicolons or line ends between them. */
export function splitPhrases(list: string): string[] {
  return list
    .split(/[,;\n\r]+/u)
    .map((phrase) => phrase.trim())
    .filter((phrase) => phrase !== '');
}

/**
 * What a prompt of OpenAI's API says to expect: of each part between commas, semicolons, colons, line ends or ends of sentences the whole,
 * if it has at most four words, and otherwise its names: words with a capital inside, or at their beginning but not at that of the part,
 * and words with a digit; those that follow one another are one phrase. A prompt does nothing else.
 */
export function keywordsOfPrompt(prompt: string): string[] {
  const phrases = prompt.split(SEPARATORS).flatMap((part) => {
    const words = part
      .split(/\s+/u)
      .map((word) => word.replace(OUTER_MARKS, ''))
      .filter((word) => word !== '');
    return words.length <= MAXIMUM_PHRASE_WORDS ? [words.join(' ')] : namesIn(words);
  });
  return [...new Set(phrases)].filter((phrase) => phrase.length > 1 && phrase.length <= MAX_KEYWORD_CHARACTERS);
}

function namesIn(words: readonly string[]): string[] {
  const names: string[] = [];
  let run: string[] = [];
  for (const [place, word] of [...words, ''].entries()) {
    if (word !== 'I' && (CAPITALISED.test(word) || ALWAYS_NAME.test(word))) {
      run.push(word);
      continue;
    }
    // A sentence begins with a capital whatever its first word is.
    const isSentenceStart = run.length === 1 && place === 1 && !ALWAYS_NAME.test(run[0] ?? '');
    if (run.length > 0 && !isSentenceStart) names.push(run.join(' '));
    run = [];
  }
  return names;
}
