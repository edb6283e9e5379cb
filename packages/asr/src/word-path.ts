/** The frames of a word, the last one included. */
export interface WordFrames {
  readonly first: number;
  readonly last: number;
}

// What a frame without voice is worth as a pause, and what a voiced one costs as such, in the unit of the attention that a word loses.
const SILENT_PAUSE_GAIN = 0.02;
const VOICED_PAUSE_COST = 0.05;
// Attention below this is no sign of anything: a head leaves some of it everywhere.
const NOISE_LEVEL = 0.05;

// How many states back a path comes from: even states are pauses, odd ones words.
const STAY = 0;
const FROM_BEFORE = 1;
const FROM_WORD = 2;

/**
 * Gives each frame of a clip to a word or to a pause so that the words keep as much as possible of the attention that they paid to voiced
 * frames, in their order, each at least one frame (Viterbi's algorithm over pause, word, pause, word, …, pause).
 *
 * A token attends to the frames where its sound begins and hardly to the rest of it. So a voiced frame that nobody attends to goes to the
 * word before it: of paths that are worth the same, the one with the latest beginnings is taken. Dynamic time warping over the logarithm of
 * the attention, as for Whisper (Radford et al. 2022, `whisper/timing.py`), ends such words too early: it has an opinion on every frame.
 *
 * @param attention - For each word what it attended to, frame by frame.
 * @param isVoiced - Of each frame.
 * @returns The frames of each word; undefined when there are fewer frames than words.
 */
export function findWordPath(attention: readonly Float32Array[], isVoiced: readonly boolean[]): WordFrames[] | undefined {
  const frames = isVoiced.length;
  if (frames < attention.length) return undefined;
  const states = 2 * attention.length + 1;
  const moves = new Uint8Array(frames * states);
  let scores = new Float64Array(states).fill(Number.NEGATIVE_INFINITY);
  let next = new Float64Array(states);
  // Before the first frame there is a pause that may last on, or be followed by the first word.
  scores[0] = 0;
  for (let frame = 0; frame < frames; frame += 1) {
    const movesOfFrame = moves.subarray(frame * states, (frame + 1) * states);
    const voiced = isVoiced[frame] ?? false;
    const pause = voiced ? -VOICED_PAUSE_COST : SILENT_PAUSE_GAIN;
    next[0] = (scores[0] ?? 0) + pause;
    for (let word = 0, state = 1; word < attention.length; word += 1, state += 2) {
      const heard = voiced ? Math.max((attention[word]?.[frame] ?? 0) - NOISE_LEVEL, 0) : 0;
      next[state] = move(scores, state, movesOfFrame) + heard;
      next[state + 1] = move(scores, state + 1, movesOfFrame) + pause;
    }
    [scores, next] = [next, scores];
  }
  return traceBack(moves, states, frames, scores);
}

/** Moves to a state, which is not the first, as is best, and notes how. The later beginning wins where two are worth the same. */
function move(scores: Float64Array, state: number, moves: Uint8Array): number {
  let score = scores[state - 1] ?? Number.NEGATIVE_INFINITY;
  let best = FROM_BEFORE;
  const afterWord = state % 2 === 1 && state > 1 ? (scores[state - 2] ?? score) : Number.NEGATIVE_INFINITY;
  if (afterWord > score) {
    score = afterWord;
    best = FROM_WORD;
  }
  const stayed = scores[state] ?? Number.NEGATIVE_INFINITY;
  if (stayed > score) {
    score = stayed;
    best = STAY;
  }
  moves[state] = best;
  return score;
}

function traceBack(moves: Uint8Array, states: number, frames: number, scores: Float64Array): WordFrames[] {
  const words = Array.from({ length: (states - 1) / 2 }, () => ({ first: 0, last: -1 }));
  const [inPause = 0, inWord = Number.NEGATIVE_INFINITY] = [scores[states - 1], scores[states - 2]];
  let state = inPause >= inWord ? states - 1 : states - 2;
  for (let frame = frames - 1; frame >= 0; frame -= 1) {
    const word = state % 2 === 1 ? words[(state - 1) / 2] : undefined;
    if (word) {
      word.first = frame;
      word.last = Math.max(word.last, frame);
    }
    state -= moves[frame * states + state] ?? STAY;
  }
  return words;
}
