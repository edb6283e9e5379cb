import type { ClipObservation } from '@outspoken/monitoring';
import type { ScheduledOutcome } from '../scheduling/scheduler.ts';
import type { UtteranceResult } from './utterance.ts';

const SAMPLES_PER_MS = 16;

/** Where a clip came from and what recognized it. */
export type ObservationContext = Pick<ClipObservation, 'protocol' | 'model'>;

/** What is counted of a live clip with a transcript: figures only. */
export function recognizedObservation(
  result: UtteranceResult & { readonly type: 'recognized' },
  context: ObservationContext,
): ClipObservation {
  const { end, outcome, serverMs } = result;
  return {
    ...fileClipObservation(end.lengthSamples, outcome, context),
    ...(end.reason === 'stalled' ? { outcome: 'stalled' } : {}),
    finalLatencyMs: serverMs,
    queueMs: outcome.queueMs,
  };
}

/**
 * What is counted of a clip of a file. Nobody waits for the single clip: how long it waited says how far the file was read ahead,
 * and would hide how long those waited who speak.
 */
export function fileClipObservation(lengthSamples: number, outcome: ScheduledOutcome, context: ObservationContext): ClipObservation {
  const { transcript, busyMs } = outcome;
  return {
    ...context,
    outcome: transcript.text === '' ? 'empty' : 'ok',
    audioMs: lengthSamples / SAMPLES_PER_MS,
    encoderMs: transcript.timings.encoderMs,
    decoderMs: transcript.timings.decoderMs,
    busyMs,
    confidence: transcript.confidence,
    tokenCount: transcript.tokens.length,
    guards: transcript.guards,
    effort: transcript.effort,
  };
}

/** What is counted of a clip that ended without a transcript. */
export function unrecognizedObservation(
  lengthSamples: number,
  outcome: 'failed' | 'cancelled' | 'stalled',
  context: ObservationContext,
): ClipObservation {
  return { ...context, outcome, audioMs: lengthSamples / SAMPLES_PER_MS };
}
