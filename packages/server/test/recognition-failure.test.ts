import { expect, test } from 'vitest';
import { DispatchError } from '../src/dispatch/dispatcher.ts';
import { SchedulingError } from '../src/scheduling/scheduling-error.ts';
import { recognitionFailure } from '../src/session/recognition-failure.ts';

test.each([
  [new SchedulingError('overloaded', 'x', { retryAfterMs: 700 }), 'overloaded', true, 700],
  [new SchedulingError('deadline_exceeded', 'x'), 'deadline_exceeded', true, 1_000],
  [new SchedulingError('draining', 'x'), 'draining', true, 1_000],
  [new DispatchError('decode_failed', 'x'), 'decode_failed', false, undefined],
  [new DispatchError('audio_rejected', 'x', { detail: 'audio_not_finite' }), 'audio_not_finite', false, undefined],
  [new DispatchError('audio_rejected', 'x', { detail: 'something_new' }), 'decode_failed', false, undefined],
  [new DispatchError('closed', 'x'), 'overloaded', true, 1_000],
  [new Error('secret inside'), 'internal', true, 1_000],
])('%s becomes %s', (error, code, isRetryable, retryAfterMs) => {
  const failure = recognitionFailure(error, 'clip');
  expect(failure).toMatchObject({ code, isRetryable, retryAfterMs, clipId: 'clip', endsClip: true });
  expect(failure.message).not.toContain('secret');
});
