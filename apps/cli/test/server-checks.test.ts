import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkMicrophone, checkPage, checkPort, checkSpool } from '../src/doctor/server-checks.ts';
import { temporaryFolder } from './support/context.ts';

test('finds a port free, taken, or not to be had', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  expect(await checkPort({ host: '127.0.0.1', port })).toMatchObject({
    state: 'warning',
    detail: `something listens on 127.0.0.1:${port} already`,
    advice: expect.stringContaining('--port'),
  });
  expect(await checkPort({ host: '127.0.0.1', port: 0 })).toMatchObject({ state: 'ok' });
  expect(await checkPort({ host: '192.0.2.1', port: 0 })).toMatchObject({
    state: 'warning',
    detail: expect.stringContaining('EADDRNOTAVAIL'),
  });
});

test('looks for the page', async () => {
  const webRoot = temporaryFolder();
  expect(await checkPage({ webRoot })).toMatchObject({ state: 'warning', advice: expect.stringContaining('build') });
  writeFileSync(join(webRoot, 'index.html'), '');
  expect(await checkPage({ webRoot })).toMatchObject({ state: 'ok' });
  expect(await checkPage({ webRoot: 'none' })).toMatchObject({ state: 'ok' });
});

test('knows where browsers give a microphone', async () => {
  expect(await checkMicrophone({ host: '127.0.0.1', port: 8080 })).toMatchObject({ state: 'ok' });
  expect(await checkMicrophone({ host: '0.0.0.0', port: 8080 })).toMatchObject({
    state: 'warning',
    advice: expect.stringContaining('TLS'),
  });
});

test('tries to write where uploads wait, and leaves nothing there', async () => {
  const spoolFolder = temporaryFolder();
  expect(await checkSpool({ spoolFolder })).toMatchObject({ id: 'spool', detail: expect.stringMatching(/ free$/) });
  expect(readdirSync(spoolFolder)).toEqual([]);
  const file = join(spoolFolder, 'file');
  writeFileSync(file, '');
  mkdirSync(join(spoolFolder, 'empty'));
  expect(await checkSpool({ spoolFolder: join(spoolFolder, 'none') })).toMatchObject({
    state: 'problem',
    detail: expect.stringContaining('(ENOENT)'),
  });
});
