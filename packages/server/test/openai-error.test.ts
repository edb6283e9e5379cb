import { ERROR_CODES, type ErrorCode } from '@outspoken/protocol';
import { expect, test } from 'vitest';
import { openAIRefusalOf } from '../src/api/openai/openai-error.ts';
import { UploadError } from '../src/api/upload/upload-error.ts';
import { FileReaderError } from '../src/dispatch/file-reader.ts';
import { SessionError } from '../src/session/session-error.ts';

test.each(Object.entries(ERROR_CODES))('the failure %s keeps its status, and is tried again only where that can help', (code, info) => {
  const refusal = openAIRefusalOf(new SessionError(code as ErrorCode, 'what happened', { retryAfterMs: 2_500 }));
  expect(refusal.status).toBe(info.httpStatus);
  expect(refusal.isRetryable).toBe(info.isRetryable);
  expect(refusal.retryAfterMs).toBe(info.isRetryable ? 2_500 : undefined);
  expect(refusal.body.error).toMatchObject({ message: 'what happened', param: null, code });
});

test('whoever may come back is always told when', () => {
  const failures = [
    new SessionError('overloaded', 'no room'),
    new FileReaderError('readers_busy', 'no reader'),
    new FileReaderError('closed', 'closed'),
    new UploadError('spool_full', 'no room'),
    new UploadError('too_many_uploads', 'no room'),
  ];
  for (const failure of failures)
    expect(openAIRefusalOf(failure)).toMatchObject({ status: 503, isRetryable: true, retryAfterMs: expect.any(Number) });
});

test('an upload that was too slow may be tried again at once, one that broke off was given up by the client', () => {
  expect(openAIRefusalOf(new UploadError('upload_incomplete', 'slow', { isTimeout: true }))).toMatchObject({
    status: 408,
    isRetryable: true,
  });
  expect(openAIRefusalOf(new UploadError('upload_incomplete', 'broke off'))).toMatchObject({ status: 400, isRetryable: false });
});

test.each([
  [new Error('secret'), 500, 'internal', true],
  [undefined, 500, 'internal', true],
  [Object.assign(new Error('secret'), { statusCode: 413 }), 413, 'frame_too_large', false],
  [Object.assign(new Error('secret'), { statusCode: 400 }), 400, 'bad_request', false],
  [Object.assign(new Error('secret'), { statusCode: 400, validation: [], validationContext: 'params' }), 400, 'invalid_value', false],
  [Object.assign(new Error('secret'), { statusCode: 415, code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE' }), 415, 'unsupported_content_type', false],
])('what the framework or a fault says is not passed on: %j', (error, status, code, isRetryable) => {
  const refusal = openAIRefusalOf(error);
  expect(refusal).toMatchObject({ status, isRetryable, body: { error: { code } } });
  expect(JSON.stringify(refusal)).not.toContain('secret');
});
