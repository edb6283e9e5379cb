import type { GraphVariant } from '../recognizer.ts';
import type { RecognitionTimings } from '../transcript.ts';
import type { GreedySearchResult } from './greedy-search.ts';

/** What a decoder is told about one clip. */
export interface ClipDecoderOptions {
  /** Most tokens to write, the end token not counted. */
  readonly maximumTokens: number;
  readonly signal: AbortSignal | undefined;
}

/** Samples to tokens: the graphs of a model and the search over them. */
export interface ClipDecoder {
  readonly graph: GraphVariant;
  /** @throws the reason of the signal, or what the graphs throw. */
  decode(
    samples: Float32Array,
    options: ClipDecoderOptions,
  ): Promise<{ readonly found: GreedySearchResult; readonly timings: RecognitionTimings }>;
  /** Releases the graphs; a second call waits for the first. */
  close(): Promise<void>;
}
