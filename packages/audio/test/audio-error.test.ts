import { expect, test } from 'vitest';
import { AudioError } from '../src/audio-error.ts';

test('carries a code, its name and the cause', () => {
  const cause = new Error('below');
  const error = new AudioError('wav_header', 'bytes are no wav file', { cause });
  expect(error).toBeInstanceOf(Error);
  expect([error.name, error.code, error.message, error.cause]).toEqual(['AudioError', 'wav_header', 'bytes are no wav file', cause]);
});
