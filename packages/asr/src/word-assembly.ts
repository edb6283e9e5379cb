import type { Token, Word } from './transcript.ts';
import { alignWords, type FrameGrid } from './word-alignment.ts';
import { estimateWordTimes, type WordTime } from './word-timing.ts';

const HAS_LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

/** Where the tokens of a text were heard. */
export interface HeardTokens {
  /** For each token how much of it was heard in each frame, 1 in all. */
  readonly attention: readonly Float32Array[];
  readonly grid: FrameGrid;
}

/** The sound of a clip. */
interface Sound {
  readonly samples: Float32Array;
  /** In hertz. */
  readonly sampleRateHz: number;
}

/**
 * Joins tokens to words: a token whose text begins with white space begins a word. Punctuation stays with the word before it. The
 * confidences are what the model itself says.
 *
 * @param sound - The clip that the tokens were heard in.
 * @param heard - Where in it they were; without it the times are estimated.
 */
export function assembleWords(tokens: readonly Token[], sound: Sound, heard?: HeardTokens): Word[] {
  const groups = groupTokens(tokens);
  const aligned = heard && alignGroups(groups, tokens, sound, heard);
  const lengths = groups.map((group) => joinTexts(group).length);
  const times = aligned ?? estimateWordTimes(lengths, sound.samples, sound.sampleRateHz);
  return groups.map((group, index) => ({
    text: joinTexts(group),
    confidence: multiplyProbabilities(group),
    ...(times[index] ?? { startMs: 0, endMs: 0 }),
    timing: aligned ? 'aligned' : 'estimated',
  }));
}

/** The times of words by what was heard of their tokens. Punctuation takes no time: a word of nothing else lies at the end of the one before. */
function alignGroups(
  groups: readonly (readonly Token[])[],
  tokens: readonly Token[],
  sound: Sound,
  { attention, grid }: HeardTokens,
): WordTime[] | undefined {
  const attentionOf = new Map(tokens.map((token, index) => [token, attention[index] ?? new Float32Array(0)]));
  const spoken = groups.map((group) => group.filter(isSpoken)).filter((group) => group.length > 0);
  const times = alignWords(
    spoken.map((group) => sumOf(group.flatMap((token) => attentionOf.get(token) ?? []))),
    grid,
    sound,
  );
  if (!times) return undefined;
  const following = times.values();
  let endMs = 0;
  return groups.map((group) => {
    const time = group.some(isSpoken) ? following.next().value : undefined;
    const here = time ?? { startMs: endMs, endMs };
    endMs = here.endMs;
    return here;
  });
}

function sumOf(rows: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(rows[0]?.length ?? 0);
  for (const row of rows) for (const [frame, value] of row.entries()) sum[frame] = (sum[frame] ?? 0) + value;
  return sum;
}

function isSpoken({ text }: Token): boolean {
  return HAS_LETTER_OR_DIGIT.test(text);
}

function groupTokens(tokens: readonly Token[]): Token[][] {
  const groups: Token[][] = [];
  for (const token of tokens) {
    const current = groups.at(-1);
    if (!current || /^\s/u.test(token.text)) {
      groups.push([token]);
    } else {
      current.push(token);
    }
  }
  return groups.filter((group) => joinTexts(group) !== '');
}

function joinTexts(tokens: readonly Token[]): string {
  return tokens
    .map((token) => token.text)
    .join('')
    .trim();
}

/** Probability of the word after the words before it; how sure the model is of a comma says nothing about the word. */
function multiplyProbabilities(group: readonly Token[]): number {
  const spoken = group.filter(isSpoken);
  return (spoken.length > 0 ? spoken : group).reduce((product, token) => product * token.probability, 1);
}
