import type { ClipObservation } from '@outspoken/monitoring';
import type { UtteranceResult } from './utterance.ts';

const SAMPLES_PER_MS = 16;

/** What is counted of a clip with a transcript: figures only. */
export function recognizedObservation(result: UtteranceResult & { readonly type: 'recognized' }, model: string): ClipObservation {
  const { end, serverMs } = result;
  const { transcript, queueMs, busyMs } = result.outcome;
  return {
    protocol: 'stream',
    model,
    outcome: end.reason === 'stalled' ? 'stalled' : transcript.text === '' ? 'empty' : 'ok',
    audioMs: end.lengthSamples / SAMPLES_PER_MS,
    finalLatencyMs: serverMs,
    queueMs,
    encoderMs: transcript.timings.encoderMs,
    decoderMs: transcript.timings.decoderMs,
    busyMs,
    confidence: transcript.confidence,
    tokenCount: transcript.tokens.length,
    guards: transcript.guards,
  };
}

/** What is counted of a clip that ended without one. */
export function unrecognizedObservation(
  lengthSamples: number,
  outcome: 'failed' | 'cancelled' | 'stalled',
  model: string,
): ClipObservation {
  return { protocol: 'stream', model, outcome, audioMs: lengthSamples / SAMPLES_PER_MS };
}
