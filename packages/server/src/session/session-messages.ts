import { createErrorMessage, type ErrorMessage, type KnownClip, MAX_FRAME_BYTES, type SessionLimits } from '@outspoken/protocol';
import type { StoredResult } from './result-store.ts';
import type { SessionError } from './session-error.ts';
import type { Utterance } from './utterance.ts';

/** The wire message for an error. */
export function errorMessage(error: SessionError): ErrorMessage {
  return createErrorMessage(error.code, error.message, {
    ...(error.clipId === undefined ? {} : { clipId: error.clipId }),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
  });
}

/** The limits that clients are told of. */
export function sessionLimits(options: { readonly maximumClipMs: number; readonly stallMs: number }): SessionLimits {
  return { maximumClipMs: options.maximumClipMs, maximumFrameBytes: MAX_FRAME_BYTES, stallMs: options.stallMs };
}

/** What the server still knows of a clip in flight. */
export function knownClip(utterance: Utterance): KnownClip {
  return { clipId: utterance.start.clipId, receivedSamples: utterance.receivedSamples, state: utterance.state };
}

/** A clip whose answer is there: it needs no more audio, whatever the client has left of it. */
export function answeredClip({ start, message }: StoredResult): KnownClip {
  return { clipId: start.clipId, receivedSamples: message.type === 'final' ? message.receivedSamples : 0, state: 'ended' };
}
