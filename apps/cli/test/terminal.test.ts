import { expect, test } from 'vitest';
import { isColourful, tell, write } from '../src/terminal.ts';
import { CapturedStream } from './support/captured-stream.ts';

test('resolves when the text is handed over', async () => {
  const stream = new CapturedStream();
  await write(stream, 'one\n');
  await write(stream, '');
  expect(stream.text).toBe('one\n');
});

test.each([
  ['EPIPE', 'output_closed', 'the reader of the output has gone'],
  ['ENOSPC', 'output_failed', 'cannot write the output (ENOSPC)'],
])('calls %s %s', async (failure, code, message) => {
  const stream = new CapturedStream();
  stream.failure = failure;
  await expect(write(stream, 'one\n')).rejects.toMatchObject({ name: 'CliError', code, message });
});

test('has colours only on a terminal where nobody asked for none', () => {
  const terminal = new CapturedStream({ isTTY: true });
  expect(isColourful(terminal, {})).toBe(true);
  expect(isColourful(terminal, { NO_COLOR: '1' })).toBe(false);
  expect(isColourful(terminal, { TERM: 'dumb' })).toBe(false);
  expect(isColourful(new CapturedStream(), {})).toBe(false);
});

test('tells what it can, and does not mind when nobody hears it', async () => {
  const stream = new CapturedStream();
  await tell(stream, 'a note\n');
  expect(stream.text).toBe('a note\n');
  stream.failure = 'EPIPE';
  await tell(stream, 'unheard\n');
});
