import { type ConfidenceCalibration, calibrateConfidence } from '../confidence-calibration.ts';
import type { Effort } from '../effort.ts';
import type { RecognizerClip } from '../recognizer.ts';
import { indicesWithoutRepetition } from '../repetition-guard.ts';
import type { Alternative, EmptyReason, GuardAction, RecognitionTimings, Token, Transcript, Word } from '../transcript.ts';
import { assembleWords, type HeardTokens } from '../word-assembly.ts';
import type { BeamText } from './beam-search.ts';
import { framesInClip } from './encoder-frames.ts';
import { isForcedStartBelievable } from './forced-start.ts';
import type { GreedySearchResult } from './greedy-search.ts';
import { isMemorisedPhrase } from './memorised-phrase.ts';
import { type MoonshineParameters, maximumTokensOf } from './parameters.ts';
import type { Tokenizer } from './tokenizer.ts';
import { isTextLikely } from './unlikely-text.ts';
import type { HeardAs } from './views.ts';

/** Tokens to transcripts: what the search wrote goes through the guards and becomes words. */
export class TranscriptWriter {
  readonly #tokenizer: Tokenizer;
  readonly #parameters: MoonshineParameters;
  readonly #calibration: ConfidenceCalibration;

  /** @param calibration - What the probabilities of the model are worth; without it words have them as they are. */
  constructor(tokenizer: Tokenizer, parameters: MoonshineParameters, calibration: ConfidenceCalibration = {}) {
    this.#tokenizer = tokenizer;
    this.#parameters = parameters;
    this.#calibration = calibration;
  }

  /** Whether a text of a clip may be forced to begin. */
  get canForceStart(): boolean {
    return this.#parameters.forcedStart !== undefined;
  }

  /** Most tokens that are plausible for so many samples. */
  maximumTokensOf(sampleCount: number): number {
    return maximumTokensOf(sampleCount, this.#parameters);
  }

  /** The transcript of a clip that is below the silence gate. */
  silence(clip: RecognizerClip): Transcript {
    return { ...emptyTranscript('silence', 1), guards: ['silence'], ...this.#frameOf(clip, { encoderMs: 0, decoderMs: 0 }) };
  }

  /** What a search says of a clip; its words lie in the clip as it was spoken, whatever was done to it before it was heard. */
  write(found: GreedySearchResult, clip: RecognizerClip, timings: RecognitionTimings, heardAs?: HeardAs): Transcript {
    const { tokenIds, logProbabilities, attention, guards, emptyReason } = this.#guard(found, clip);
    const noSpeechProbability = found.endProbabilityAtStart;
    const frame = { guards, ...this.#frameOf(clip, timings) };
    if (emptyReason !== undefined) return { ...emptyTranscript(emptyReason, noSpeechProbability), ...frame };
    const texts = this.#tokenizer.decode(tokenIds);
    const tokens: Token[] = tokenIds.map((id, index) => ({
      id,
      text: texts[index] ?? '',
      probability: Math.exp(logProbabilities[index] ?? 0),
    }));
    const heard = attention.length > 0 ? framesInClip(attention, this.#parameters.sampleRateHz, heardAs) : undefined;
    const words = this.#wordsOf(tokens, clip, heard);
    return {
      ...{ text: texts.join('').trim(), tokens, words },
      confidence: meanOf(words.map((word) => word.confidence)),
      meanLogProbability: meanOf(logProbabilities),
      noSpeechProbability,
      ...frame,
    };
  }

  #wordsOf(tokens: readonly Token[], { samples, effort = 'fast' }: RecognizerClip, heard: HeardTokens | undefined): Word[] {
    const knots = this.#calibration[effort];
    const words = assembleWords(tokens, { samples, sampleRateHz: this.#parameters.sampleRateHz }, heard);
    return words.map((word) => ({ ...word, confidence: calibrateConfidence(word.confidence, knots) }));
  }

  /** The texts of a beam as they are told: what a guard leaves of each, each once. */
  alternatives(texts: readonly BeamText[], clip: RecognizerClip): Alternative[] {
    const told = texts.flatMap(({ found, logProbability }) => {
      const text = this.#tokenizer.decode(this.#guard(found, clip).tokenIds).join('').trim();
      return text === '' ? [] : [{ text, logProbability }];
    });
    const distinct = told.filter(({ text }, place) => told.findIndex((other) => other.text === text) === place);
    return distinct.slice(0, clip.alternatives ?? 0);
  }

  /** What the guards leave of the tokens. */
  #guard(found: GreedySearchResult, { samples, speech }: RecognizerClip): Guarded {
    const { forcedStart, unlikelyText } = this.#parameters;
    const guards: GuardAction[] = [];
    if (found.hasForcedStart) {
      if (!speech || !forcedStart || !isForcedStartBelievable(found, speech, forcedStart)) {
        return { ...NO_TOKENS, guards, emptyReason: 'no_speech' };
      }
      guards.push('forced_start');
    }
    if (found.hasReachedCap) guards.push('token_cap');
    const kept = indicesWithoutRepetition(found.tokenIds, found.hasReachedCap);
    if (kept.length < found.tokenIds.length) guards.push('repetition');
    const tokenIds = kept.flatMap((index) => found.tokenIds[index] ?? []);
    const logProbabilities = kept.flatMap((index) => found.logProbabilities[index] ?? []);
    const attention = kept.flatMap((index) => found.attention?.[index] ?? []);
    const text = this.#tokenizer.decode(tokenIds).join('').trim();
    if (text === '') return { ...NO_TOKENS, guards, emptyReason: tokenIds.length === 0 ? 'no_speech' : 'filtered' };
    if (isMemorisedPhrase(text, { ...found, speech })) return { ...NO_TOKENS, guards: ['memorised_phrase'], emptyReason: 'no_speech' };
    if (!found.hasForcedStart && unlikelyText && !isTextLikely(logProbabilities, this.#audioMsOf(samples), unlikelyText)) {
      return { ...NO_TOKENS, guards: [...guards, 'unlikely_text'], emptyReason: 'filtered' };
    }
    return { tokenIds, logProbabilities, attention, guards };
  }

  #frameOf({ samples, effort = 'fast' }: RecognizerClip, timings: RecognitionTimings): Frame {
    return { timings, audioMs: this.#audioMsOf(samples), effort };
  }

  #audioMsOf(samples: Float32Array): number {
    return (samples.length * 1000) / this.#parameters.sampleRateHz;
  }
}

/** Tokens as the guards left them. */
interface Guarded {
  readonly tokenIds: readonly number[];
  /** Of each of them. */
  readonly logProbabilities: readonly number[];
  readonly attention: readonly Float32Array[];
  readonly guards: GuardAction[];
  readonly emptyReason?: EmptyReason;
}

const NO_TOKENS = { tokenIds: [], logProbabilities: [], attention: [] } as const;

/** What a transcript says of its clip, whatever its text. */
interface Frame {
  readonly timings: RecognitionTimings;
  readonly audioMs: number;
  readonly effort: Effort;
}

function emptyTranscript(emptyReason: EmptyReason, noSpeechProbability: number): Omit<Transcript, 'guards' | keyof Frame> {
  return { text: '', tokens: [], words: [], confidence: noSpeechProbability, meanLogProbability: 0, noSpeechProbability, emptyReason };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
