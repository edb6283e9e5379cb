import { FileReaderError, SessionError } from '@outspoken/server';
import { expect, test } from 'vitest';
import { CliError } from '../src/cli-error.ts';
import { failureText } from '../src/failure-text.ts';

test('says the reason and what to do', () => {
  expect(failureText(new FileReaderError('media_empty', 'the file holds no audio'))).toBe('the file holds no audio; check the recording');
  expect(failureText(new FileReaderError('unsupported_media', 'this is no sound file'))).toBe(
    'this is no sound file; convert it to WAV, MP3 or Opus',
  );
  expect(failureText(new SessionError('overloaded', 'too much to do'))).toBe('too much to do; try again with a smaller --jobs');
});

test('leaves a message alone that says it itself', () => {
  expect(failureText(new CliError('input_missing', 'there is no such file, check the path'))).toBe('there is no such file, check the path');
});

test('is one line, whatever comes', () => {
  expect(failureText(new Error('first\nsecond'))).toBe('first');
  expect(failureText('odd')).toBe('odd');
});
