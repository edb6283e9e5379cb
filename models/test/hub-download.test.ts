import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { type DownloadOptions, describeDiskError, downloadHubFile } from '../src/hub-download.ts';
import { LocalHub, pin, temporaryFolder } from './local-hub.ts';

const CONTENT = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * 31) % 251));
const FILE = pin(CONTENT);

/** A hub with the content, a place for the file, and a download from one to the other. */
async function setUp(): Promise<{ hub: LocalHub; path: string; download: (options?: Partial<DownloadOptions>) => Promise<boolean> }> {
  const hub = await LocalHub.start(CONTENT);
  const path = join(temporaryFolder(), 'models', 'model.onnx');
  const download = (options: Partial<DownloadOptions> = {}) =>
    downloadHubFile(FILE, path, { url: `${hub.url}/model.onnx`, retryDelayMs: 0, maximumRetries: 0, ...options });
  return { hub, path, download };
}

test('downloads a file, tells how far it is, and leaves nothing else behind', async () => {
  const { path, download } = await setUp();
  const received: number[] = [];
  expect(await download({ onProgress: (bytes) => received.push(bytes) })).toBe(true);
  expect(readFileSync(path)).toEqual(CONTENT);
  expect(received.at(-1)).toBe(CONTENT.length);
  expect(received).toEqual([...received].sort((first, second) => first - second));
  expect(readdirSync(dirname(path))).toEqual(['model.onnx']);
});

test('asks nobody when the right file is there', async () => {
  const { hub, download } = await setUp();
  await download();
  expect(await download()).toBe(false);
  expect(hub.ranges).toHaveLength(1);
});

test('replaces a damaged file', async () => {
  const { path, download } = await setUp();
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, 'damaged');
  expect(await download()).toBe(true);
  expect(readFileSync(path)).toEqual(CONTENT);
});

test('goes on from where the connection broke', async () => {
  const { hub, path, download } = await setUp();
  hub.faults.push({ type: 'cut', afterBytes: 70_000 });
  await expect(download()).rejects.toMatchObject({ code: 'network_unavailable', message: expect.stringContaining('go on from there') });
  expect(existsSync(path)).toBe(false);
  const kept = readFileSync(`${path}.part`).length;
  expect(kept).toBeGreaterThan(0);
  await download();
  expect(hub.ranges).toEqual([undefined, `bytes=${kept}-`]);
  expect(readFileSync(path)).toEqual(CONTENT);
});

test('takes a broken connection up again by itself', async () => {
  const { hub, path, download } = await setUp();
  hub.faults.push({ type: 'cut', afterBytes: 70_000 }, { type: 'cut', afterBytes: 50_000 });
  await download({ maximumRetries: 2 });
  expect(readFileSync(path)).toEqual(CONTENT);
  expect(hub.ranges).toHaveLength(3);
});

test('starts again when the hub has another file than the one that was begun', async () => {
  const { hub, path, download } = await setUp();
  hub.content = Buffer.from(CONTENT).fill(1);
  hub.faults.push({ type: 'cut', afterBytes: 70_000 });
  await expect(download()).rejects.toMatchObject({ code: 'network_unavailable' });
  hub.content = CONTENT;
  await download();
  expect(readFileSync(path)).toEqual(CONTENT);
});

test('starts again when the hub refuses the rest', async () => {
  const { hub, path, download } = await setUp();
  hub.faults.push({ type: 'cut', afterBytes: 70_000 }, { type: 'status', statusCode: 416 });
  await expect(download()).rejects.toMatchObject({ code: 'network_unavailable' });
  await download({ maximumRetries: 1 });
  expect(hub.ranges.at(-1)).toBeUndefined();
  expect(readFileSync(path)).toEqual(CONTENT);
});

test('goes on with a part that is complete but was not accepted yet', async () => {
  const { hub, path, download } = await setUp();
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.part`, CONTENT);
  await download();
  expect(hub.ranges).toEqual([]);
  expect(readFileSync(path)).toEqual(CONTENT);
});

test('refuses a file with another hash, says both, and keeps nothing of it', async () => {
  const { hub, path, download } = await setUp();
  hub.content = Buffer.from(CONTENT).fill(7, 100, 101);
  const got = pin(hub.content).sha256;
  await expect(download()).rejects.toMatchObject({ code: 'file_changed', expected: FILE.sha256, got });
  expect(readdirSync(dirname(path))).toEqual([]);
});

test('stops reading where the file should have ended', async () => {
  const { hub, download } = await setUp();
  hub.faults.push({ type: 'body', body: Buffer.concat([CONTENT, CONTENT]) });
  await expect(download()).rejects.toMatchObject({ code: 'file_changed', got: `more than ${CONTENT.length} bytes` });
});

test.each([404, 401, 403, 429, 503])('says that the hub answered %d', async (statusCode) => {
  const { hub, download } = await setUp();
  hub.faults.push({ type: 'status', statusCode });
  await expect(download({ maximumRetries: 3 })).rejects.toMatchObject({
    name: 'ModelError',
    code: 'hub_refused',
    got: String(statusCode),
    message: expect.stringContaining(`answered ${statusCode}`),
  });
});

test('says that the hub cannot be reached', async () => {
  const { download } = await setUp();
  // A port that was free a moment ago.
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  await expect(download({ url: `http://127.0.0.1:${port}/model.onnx` })).rejects.toMatchObject({
    code: 'network_unavailable',
    message: expect.stringMatching(/cannot reach 127\.0\.0\.1:\d+ \(ECONNREFUSED\), check the network connection/),
  });
});

test('stops when told to, and keeps what it has', async () => {
  const { hub, path, download } = await setUp();
  hub.content = CONTENT.subarray(0, 80_000);
  hub.faults.push({ type: 'endless' });
  const stopping = new AbortController();
  const reason = new Error('stopped by hand');
  const onProgress = (bytes: number) => bytes === 80_000 && stopping.abort(reason);
  await expect(download({ signal: stopping.signal, onProgress, maximumRetries: 3 })).rejects.toBe(reason);
  expect(readFileSync(`${path}.part`)).toHaveLength(80_000);
  expect(existsSync(`${path}.lock`)).toBe(false);
});

test('lets one of two downloads of a file work and tells the other who does', async () => {
  const { path, download } = await setUp();
  const results = await Promise.allSettled([download(), download()]);
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const refused = results.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
  expect(refused.reason).toMatchObject({ code: 'pull_in_progress', message: expect.stringContaining(`process ${process.pid} downloads`) });
  expect(readFileSync(path)).toEqual(CONTENT);
});

test('says that there is no room before it begins', async () => {
  const { hub, download } = await setUp();
  await expect(download({ freeBytes: async () => 1000 })).rejects.toMatchObject({
    code: 'disk_full',
    message: expect.stringContaining(`has 1000 bytes free and needs ${CONTENT.length}`),
  });
  expect(hub.ranges).toEqual([]);
});

test('says what to do when the cache folder cannot be one', async () => {
  const { hub } = await setUp();
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  await expect(downloadHubFile(FILE, join(file, 'model.onnx'), { url: hub.url })).rejects.toMatchObject({
    code: 'cache_unwritable',
    message: expect.stringContaining('set OUTSPOKEN_CACHE'),
  });
});

test.each(['ENOSPC', 'EDQUOT', 'EFBIG'])('calls %s a full disk', (code) => {
  const error = describeDiskError(Object.assign(new Error('write'), { code }), FILE, '/cache/model.onnx');
  expect(error).toMatchObject({
    code: 'disk_full',
    message: `no room left in /cache (${code}), make room or set OUTSPOKEN_CACHE and try again`,
  });
});

test('leaves an error that is not of the file system as it is', () => {
  const error = new Error('something else');
  expect(describeDiskError(error, FILE, '/cache/model.onnx')).toBe(error);
});
