import type { FinalMessage, StartMessage } from '@outspoken/protocol';
import type { UtteranceEnd, UtteranceResult } from './utterance.ts';

const SAMPLES_PER_MS = 16;

/** What every final of a session carries. */
export interface FinalContext {
  readonly start: StartMessage;
  readonly modelId: string;
  readonly clipPolicyId: string;
}

/** The wire message for a recognized clip: times of the words in clip time, of the clip in session time. */
export function recognizedMessage(result: UtteranceResult & { readonly type: 'recognized' }, context: FinalContext): FinalMessage {
  const { transcript, attempt, queueMs } = result.outcome;
  return {
    ...placeOf(result.end, context),
    text: transcript.text,
    ...(transcript.emptyReason === undefined ? {} : { emptyReason: transcript.emptyReason }),
    guards: transcript.guards,
    words: transcript.words.map((word) => ({
      text: word.text,
      confidence: ratio(word.confidence),
      startMs: milliseconds(word.startMs),
      endMs: milliseconds(word.endMs),
      timing: word.timing,
    })),
    confidence: ratio(transcript.confidence),
    noSpeechProbability: ratio(transcript.noSpeechProbability),
    attempt,
    effort: transcript.effort,
    timings: {
      queueMs: milliseconds(queueMs),
      encoderMs: milliseconds(transcript.timings.encoderMs),
      decoderMs: milliseconds(transcript.timings.decoderMs),
      serverMs: milliseconds(result.serverMs),
    },
  };
}

/** The wire message for a clip that stalled before there was enough to recognize. */
export function nothingMessage(end: UtteranceEnd, context: FinalContext): FinalMessage {
  return {
    ...placeOf(end, context),
    text: '',
    emptyReason: 'too_short',
    guards: [],
    words: [],
    confidence: 0,
    noSpeechProbability: 1,
    attempt: 1,
    timings: { queueMs: 0, encoderMs: 0, decoderMs: 0, serverMs: 0 },
  };
}

function placeOf(end: UtteranceEnd, { start, modelId, clipPolicyId }: FinalContext) {
  return {
    type: 'final' as const,
    clipId: start.clipId,
    sequence: start.sequence,
    startMs: start.startMs,
    endMs: milliseconds(start.startMs + end.lengthSamples / SAMPLES_PER_MS),
    receivedSamples: end.lengthSamples,
    endReason: end.reason,
    continues: end.continues,
    model: modelId,
    clipPolicyId,
  };
}

/** Products of many floats end a hair outside of 0 to 1, and the schema is strict. */
function ratio(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** A hundredth of a millisecond is finer than anything measured here. */
function milliseconds(value: number): number {
  return Math.max(0, Math.round(value * 100) / 100);
}
