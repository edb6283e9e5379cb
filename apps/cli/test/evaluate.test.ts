import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type EvaluateOptions, evaluate } from '../src/commands/evaluate.ts';
import { createContext, temporaryFolder } from './support/context.ts';
import { startServer, VERBOSE_ANSWER } from './support/speech-server.ts';

const LINES = [
  { audio_filepath: 'a.wav', text: 'Hello there, good bye', speaker: 'x', room: 'hall' },
  { audio_filepath: 'b.wav', text: 'hello their goodbye', speaker: 'y', room: 'bath' },
];

/** A folder with a manifest and its files, and a server that hears "Hello there. Good bye." in all that are not broken. */
async function setUp(lines: readonly object[] = LINES, files: Readonly<Record<string, string>> = { 'a.wav': 'sound', 'b.wav': 'sound' }) {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'm.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const context = createContext({ folder });
  const { url: server } = await startServer(({ body }, response) => {
    if (body.includes('stop')) {
      context.signals.emit('SIGINT');
      return;
    }
    const isBroken = body.includes('broken');
    response.writeHead(isBroken ? 415 : 200);
    response.end(JSON.stringify(isBroken ? { error: { message: 'this is no sound file' } } : VERBOSE_ANSWER));
  });
  const run = (options: Partial<EvaluateOptions> = {}) =>
    evaluate('m.jsonl', { normaliser: 'whisper-english/1', worst: 5, jobs: 1, model: 'm', server, quiet: true, ...options }, context);
  return { folder, context, run };
}

test('counts the words that a server hears, by slice', async () => {
  const { context, run } = await setUp();
  expect(await run({ slice: 'room' })).toBe(0);
  expect(context.stdout.lines.slice(0, 4)).toEqual([
    'room  clips  speakers  empty  words  S  D  I       WER   95 % interval      CER',
    'hall      1         1      0      4  0  0  0    0.00 %               -   0.00 %',
    'bath      1         1      0      3  2  0  1  100.00 %               -  15.79 %',
    'all       2         2      0      7  2  0  1   42.86 %  0.00 to 100.00   7.69 %',
  ]);
  expect(context.stdout.text).toContain('hello [their>there] [goodbye>good] [+bye]');
  expect(context.stdout.text).toContain('road         by a server');
  expect(context.stdout.text).toContain('normaliser   whisper-english/1');
});

test('writes the report as data and as a page', async () => {
  const { folder, run } = await setUp();
  expect(await run({ json: 'r.json', html: 'r.html', normaliser: 'plain/1' })).toBe(0);
  const report = JSON.parse(readFileSync(join(folder, 'r.json'), 'utf8'));
  expect(report).toMatchObject({
    format: 'outspoken-evaluation/1',
    normaliser: { id: 'plain/1' },
    system: { model: 'm', graph: null, road: 'server' },
    isStopped: false,
    clips: [{ audioPath: 'a.wav', hypothesis: 'Hello there. Good bye.' }, { audioPath: 'b.wav' }],
  });
  expect(readFileSync(join(folder, 'r.html'), 'utf8')).toMatch(/^<!doctype html>/);
});

test('slices by the field that manifests usually have', async () => {
  const { context, run } = await setUp([{ ...LINES[0], category: 'order' }]);
  await run();
  expect(context.stdout.lines[0]).toMatch(/^category {2}clips/);
});

test('goes on after what cannot be heard, lists it and ends with 1', async () => {
  const { context, run } = await setUp([...LINES, { audio_filepath: 'nope.wav', text: 'x' }], { 'a.wav': 'broken', 'b.wav': 'sound' });
  expect(await run()).toBe(1);
  expect(context.stdout.text).toMatch(
    /not heard:\n {2}nope\.wav: it cannot be read \(ENOENT\), check the path\n {2}a\.wav: .*this is no sound file\n/,
  );
  expect(context.stdout.text).toContain('clips heard  1 of 3');
  expect(context.stderr.lines).toHaveLength(2);
});

test('shows what was measured when it is stopped', async () => {
  const { context, run } = await setUp(LINES, { 'a.wav': 'sound', 'b.wav': 'stop' });
  expect(await run()).toBe(130);
  expect(context.stdout.text).toContain('clips heard  1 of 2, the run was stopped');
  expect(context.stderr.lines.at(-1)).toBe('outspoken: stopped after 1 of 2 clips');
});

test('begins nothing when the report cannot be written or the command line is wrong', async () => {
  const { context, run } = await setUp();
  await expect(run({ json: 'no/such/folder.json' })).rejects.toMatchObject({ code: 'output_failed' });
  await expect(run({ whole: true })).rejects.toMatchObject({ code: 'usage' });
  await expect(evaluate('nope.jsonl', { normaliser: 'plain/1', worst: 1, jobs: 1 }, context)).rejects.toMatchObject({
    code: 'input_missing',
  });
  expect(context.stdout.text).toBe('');
});

test('says once that the server cannot be reached', async () => {
  const { run } = await setUp();
  await expect(run({ server: new URL('http://127.0.0.1:9') })).rejects.toMatchObject({ code: 'server_unreachable' });
});
