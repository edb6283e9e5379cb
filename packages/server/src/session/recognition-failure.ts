import { isErrorCode } from '@outspoken/protocol';
import { DispatchError } from '../dispatch/dispatcher.ts';
import { SchedulingError } from '../scheduling/scheduling-error.ts';
import { SessionError } from './session-error.ts';

/** When to come back if nobody knows better, in milliseconds: about the time in which a dead worker is replaced. */
export const DEFAULT_RETRY_MS = 1_000;

/** Says in the words of the wire why a clip got no transcript. */
export function recognitionFailure(error: unknown, clipId: string): SessionError {
  const options = { clipId, endsClip: true, cause: error };
  if (error instanceof SchedulingError) {
    const retry = { ...options, retryAfterMs: error.retryAfterMs ?? DEFAULT_RETRY_MS };
    if (error.code === 'deadline_exceeded') return new SessionError('deadline_exceeded', 'the clip waited too long for its turn', retry);
    if (error.code === 'draining') return new SessionError('draining', 'the server is shutting down', retry);
    return new SessionError('overloaded', 'the server has more speech than it can recognize', retry);
  }
  if (error instanceof DispatchError) {
    if (error.code === 'decode_failed') return new SessionError('decode_failed', 'recognition failed on this clip', options);
    if (error.code === 'audio_rejected') {
      const code = error.detail !== undefined && isErrorCode(error.detail) ? error.detail : 'decode_failed';
      return new SessionError(code, 'the recognizer refused the audio', options);
    }
    return new SessionError('overloaded', 'no worker is ready', { ...options, retryAfterMs: DEFAULT_RETRY_MS });
  }
  return new SessionError('internal', 'the server failed on this clip', { ...options, retryAfterMs: DEFAULT_RETRY_MS });
}
