import type { GraphVariant } from '../recognizer.ts';
import type { RecognitionTimings } from '../transcript.ts';
import type { BeamText } from './beam-search.ts';
import type { GreedySearchResult } from './greedy-search.ts';
import type { KeywordTree } from './keyword-tree.ts';
import type { HeardAs } from './views.ts';

/** A clip on its way through a decoder. */
export interface ClipToDecode {
  /** 16 kHz mono. */
  readonly samples: Float32Array;
  /** Most tokens to write, the end token not counted. */
  readonly maximumTokens: number;
  /** Whether the text may not end at once, because somebody is known to have spoken. */
  readonly forcesStart: boolean;
  readonly signal: AbortSignal | undefined;
  /** Whether its sound is kept, so that texts can be read about it afterwards. @defaultValue false */
  readonly keepsSound?: boolean;
  /** Makes the search follow several texts side by side; without it, it is greedy. */
  readonly beam?: Beam | undefined;
}

/** What a search that follows several texts is to look for. */
export interface Beam {
  /** Phrases that are expected. */
  readonly keywords?: KeywordTree | undefined;
}

/** How probable a text is for a clip: natural logarithms. */
export interface TextReading {
  /** Of each token after those before it. */
  readonly logProbabilities: readonly number[];
  /** Of the end after the last token. */
  readonly endLogProbability: number;
}

/** Reads texts, each the ids of its tokens, about the sound of a clip. */
export type ReadTexts = (texts: readonly (readonly number[])[]) => Promise<readonly TextReading[]>;

/** What a decoder found in a clip, and how long it took from the first stage of the clip to the end of each. */
export interface DecodedClip {
  readonly found: GreedySearchResult;
  /** With a beam the texts that have ended, the best first, which is what was found. */
  readonly texts?: readonly BeamText[];
  readonly timings: RecognitionTimings;
  /** What was done to the clip before. @defaultValue nothing */
  readonly heardAs?: HeardAs;
  /** There when the sound was to be kept; whoever holds it holds megabytes. */
  readonly read?: ReadTexts;
}

/** How one clip of several ended: `error` is the reason of its signal, or what the graphs threw. */
export type ClipOutcome = { readonly type: 'decoded'; readonly clip: DecodedClip } | { readonly type: 'failed'; readonly error: unknown };

/** Samples to tokens: the graphs of a model and the search over them. */
export interface ClipDecoder {
  readonly graph: GraphVariant;
  /** Most clips that are decoded side by side; more are decoded one after the other. */
  readonly maximumRows: number;
  /**
   * Decodes clips side by side; each succeeds or fails alone, and none hears of the others.
   *
   * @param onEnd - Told of each clip once, as soon as it has ended.
   */
  decodeEach(clips: readonly ClipToDecode[], onEnd: (index: number, outcome: ClipOutcome) => void): Promise<void>;
  /** Releases the graphs; a second call waits for the first. */
  close(): Promise<void>;
}

/** Decodes one clip. @throws the reason of its signal, or what the graphs throw. */
export async function decodeClip(decoder: ClipDecoder, clip: ClipToDecode): Promise<DecodedClip> {
  let outcome: ClipOutcome | undefined;
  await decoder.decodeEach([clip], (_, end) => {
    outcome = end;
  });
  if (outcome?.type === 'decoded') return outcome.clip;
  throw outcome?.error;
}
