import { expect, onTestFinished, test } from 'vitest';
import { openTranscriber } from '../src/transcriber/open-transcriber.ts';
import { RemoteTranscriber } from '../src/transcriber/remote-transcriber.ts';
import { fixture } from './support/tone.ts';

const surroundings = { environment: {}, folder: '/', log: () => {}, onWait: () => {} };

test('talks to a server when there is one', async () => {
  const server = new URL('http://127.0.0.1:1');
  expect(await openTranscriber({ server, jobs: 1 }, surroundings)).toBeInstanceOf(RemoteTranscriber);
  await expect(openTranscriber({ server, jobs: 1, workers: 2 }, surroundings)).rejects.toMatchObject({ code: 'usage' });
  await expect(openTranscriber({ server, jobs: 1, effort: 'best' }, surroundings)).rejects.toMatchObject({ code: 'usage' });
  await expect(openTranscriber({ server, jobs: 1, whole: true }, surroundings)).rejects.toMatchObject({ code: 'usage' });
});

test('says that a setting is wrong before anything starts', async () => {
  await expect(openTranscriber({ jobs: 1, model: 'no-such' }, surroundings)).rejects.toMatchObject({
    name: 'ConfigError',
    message: expect.stringContaining('--model must be one of'),
  });
  const environment = { OUTSPOKEN_WORKERS: 'many' };
  await expect(openTranscriber({ jobs: 1 }, { ...surroundings, environment })).rejects.toMatchObject({ name: 'ConfigError' });
});

test('starts the engine of this machine, which writes its log when asked', async () => {
  // The processes of the engine start as this one was started, which here was by vitest.
  const { execArgv } = process;
  process.execArgv = ['--conditions=@outspoken/source', '--import', 'tsx'];
  onTestFinished(() => {
    process.execArgv = execArgv;
  });
  const lines: string[] = [];
  await using transcriber = await openTranscriber(
    { jobs: 1, workers: 1, verbose: true },
    { ...surroundings, log: (line) => lines.push(line) },
  );
  const path = fixture('speech/tt-weasels.wav');
  const { transcript } = await transcriber.transcribe({ path, name: 'a', signal: new AbortController().signal, onProgress: () => {} });
  expect(transcript.text).toMatch(/weasels have eaten our phone system/i);
  expect(lines.map((line) => JSON.parse(line).msg)).toContain('worker ready');
  expect(lines.join('')).not.toMatch(/weasels have/i);
});
