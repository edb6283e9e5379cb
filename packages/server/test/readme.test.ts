import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import * as monitoring from '@outspoken/monitoring';
import { expect, test } from 'vitest';
import * as server from '../src/index.ts';
import { end, frameBytes, start, tone } from './support/speech.ts';
import { RawClient } from './support/test-server.ts';

const WORKER = fileURLToPath(new URL('support/fake-worker.ts', import.meta.url));
const READER = fileURLToPath(new URL('support/fake-file-reader.ts', import.meta.url));
const forkFake = (name: string) =>
  fork(name === 'worker.js' ? WORKER : READER, {
    serialization: 'advanced',
    execArgv: ['--conditions=@outspoken/source', '--import', 'tsx'],
  });

interface Example {
  readonly server: server.OutspokenServer;
  readonly shutDown: () => Promise<void>;
}

test('the example serves clips and shuts down', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const body = example
    .replace(/import (\{[^}]*\}) from 'node:child_process';/, '')
    .replace(/import (\{[^}]*\}) from '@outspoken\/monitoring';/, 'const $1 = monitoring;')
    .replace(/import (\{[^}]*\}) from '@outspoken\/server';/, 'const $1 = library;')
    .replace('port: 8080', 'port: 0');
  const AsyncFunction = (async () => undefined).constructor as new (...args: string[]) => (...args: unknown[]) => Promise<Example>;
  const run = new AsyncFunction('monitoring', 'library', 'fork', `${body}\nreturn { server, shutDown };`);
  const running = await run(monitoring, server, forkFake);
  const { port } = running.server.app.server.address() as AddressInfo;
  const client = await RawClient.open(`http://127.0.0.1:${port}`);
  client.send(start(0));
  client.send(frameBytes(0, tone(4_800, 0).fill(0, 0, 2)));
  client.send(end(0, 4_800));
  expect(await client.next('final')).toMatchObject({
    text: expect.stringContaining('4800 samples by worker 1'),
    receivedSamples: 4_800,
  });
  const form = new FormData();
  form.set('file', new Blob(['a sound, as far as the fake reader knows']), 'speech.wav');
  form.set('model', 'fake');
  const response = await fetch(`http://127.0.0.1:${port}/v1/audio/transcriptions`, { method: 'POST', body: form });
  expect([response.status, await response.json()]).toMatchObject([200, { text: expect.stringContaining('samples by worker 1') }]);
  await running.shutDown();
  expect((await client.closed).code).toBe(1001);
});
