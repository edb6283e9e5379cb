import { expect, test } from 'vitest';
import { runProgram } from '../src/run-program.ts';
import { CapturedStream } from './support/captured-stream.ts';
import { createContext } from './support/context.ts';

async function run(argv: string[], given: Parameters<typeof createContext>[0] = {}) {
  const context = createContext(given);
  const exitCode = await runProgram(argv, context, '1.2.3');
  return { exitCode, out: context.stdout.text, err: context.stderr.text };
}

test('shows version and help where they are asked for', async () => {
  expect(await run(['--version'])).toEqual({ exitCode: 0, out: '1.2.3\n', err: '' });
  expect(await run(['--help'])).toMatchObject({ exitCode: 0, out: expect.stringContaining('Usage: outspoken'), err: '' });
  expect(await run(['help', 'transcribe'])).toMatchObject({ exitCode: 0, out: expect.stringContaining('Usage: outspoken transcribe') });
});

test('shows what there is when nothing is asked for', async () => {
  expect(await run([])).toMatchObject({ exitCode: 2, out: '', err: expect.stringContaining('Usage: outspoken') });
});

test('knows what was probably meant', async () => {
  expect(await run(['transcrib'])).toMatchObject({ exitCode: 2, err: expect.stringContaining('(Did you mean transcribe?)') });
  expect(await run(['models', 'verfy'])).toMatchObject({ exitCode: 2, err: expect.stringContaining('(Did you mean verify?)') });
  expect(await run(['transcribe', 'a.wav', '--formt', 'srt'])).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('(Did you mean --format?)'),
  });
});

test.each([
  [['transcribe']],
  [['transcribe', 'a.wav', '--format', 'doc']],
  [['transcribe', 'a.wav', '--jobs', '0']],
  [['transcribe', 'a.wav', '--numerals', 'roman']],
  [['transcribe', 'a.wav', '--redact', 'digits,names']],
  [['transcribe', 'a.wav', '--server', 'ftp://x']],
  [['transcribe', 'a.wav', 'b.wav', '--format', 'srt']],
  [['transcribe', 'a.wav', '--force']],
  [['transcribe', 'a.wav', '--out', 'x', '--force', '--skip-existing']],
  [['models', 'pull', 'no-such-model']],
  [['models', 'pull']],
  [['completion', 'tcsh']],
])('ends with 2 for %j', async (argv) => {
  const { exitCode, out, err } = await run(argv);
  expect(exitCode).toBe(2);
  expect(out).toBe('');
  expect(err).not.toBe('');
});

test('ends with 78 when a setting or a model name is wrong', async () => {
  const environment = { OUTSPOKEN_PORT: 'many' };
  expect(await run(['doctor'], { environment })).toMatchObject({
    exitCode: 78,
    err: expect.stringMatching(/^outspoken: OUTSPOKEN_PORT must be /),
  });
});

test('ends well when the reader of its output has gone', async () => {
  const stdout = new CapturedStream();
  stdout.failure = 'EPIPE';
  expect(await run(['models', 'list'], { stdout })).toEqual({ exitCode: 0, out: '', err: '' });
});

test('ends with 1 when its output cannot be written', async () => {
  const stdout = new CapturedStream();
  stdout.failure = 'ENOSPC';
  expect(await run(['models', 'list'], { stdout })).toMatchObject({ exitCode: 1, err: 'outspoken: cannot write the output (ENOSPC)\n' });
});
