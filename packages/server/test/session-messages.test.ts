import { encodeMessage } from '@outspoken/protocol';
import { expect, test } from 'vitest';
import { SessionError } from '../src/session/session-error.ts';
import { errorMessage, sessionLimits } from '../src/session/session-messages.ts';
import { clipId } from './support/speech.ts';

test('an error says what it is about and whether to try again', () => {
  const message = errorMessage(new SessionError('overloaded', 'full', { clipId: clipId(1), retryAfterMs: 700 }));
  expect(message).toEqual({ type: 'error', clipId: clipId(1), code: 'overloaded', message: 'full', retryable: true, retryAfterMs: 700 });
  expect(errorMessage(new SessionError('bad_message', 'no'))).toEqual({
    type: 'error',
    code: 'bad_message',
    message: 'no',
    retryable: false,
  });
  expect(() => encodeMessage(message)).not.toThrow();
});

test('the limits are those of the options and of the wire', () => {
  expect(sessionLimits({ maximumClipMs: 1, stallMs: 2 })).toEqual({ maximumClipMs: 1, maximumFrameBytes: 262_144, stallMs: 2 });
});
