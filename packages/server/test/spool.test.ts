import { mkdir, mkdtemp, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Spool, type SpoolOptions } from '../src/api/upload/spool.ts';
import { ManualClock } from './support/manual-clock.ts';

async function bench(limits: Partial<SpoolOptions> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'outspoken-spool-test-'));
  const clock = new ManualClock();
  const bounds = { maximumUploadBytes: 1_000, maximumSpoolBytes: 1_500, maximumUploads: 3, slowAfterMs: 30_000 };
  const spool = new Spool({ folder, ...bounds, now: () => clock.nowMs(), ...limits });
  onTestFinished(async () => {
    await spool.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { folder, spool, clock };
}

async function* pieces(...sizes: number[]): AsyncGenerator<Uint8Array> {
  for (const [index, size] of sizes.entries()) yield new Uint8Array(size).fill(index + 1);
}

test('makes nothing before the first upload', async () => {
  const { folder } = await bench();
  expect(await readdir(folder)).toEqual([]);
});

test('keeps an upload where only this user can read it, and removes it', async () => {
  const { folder, spool } = await bench();
  const file = spool.create();
  await file.receive(pieces(300, 200));
  expect(await readFile(file.path)).toEqual(Buffer.concat([Buffer.alloc(300, 1), Buffer.alloc(200, 2)]));
  expect((await stat(file.path)).mode & 0o777).toBe(0o600);
  expect((await stat(dirname(file.path))).mode & 0o777).toBe(0o700);
  expect(dirname(dirname(file.path))).toBe(folder);
  expect([spool.fileCount, spool.heldBytes, file.sizeBytes]).toEqual([1, 500, 500]);
  await file[Symbol.asyncDispose]();
  await file[Symbol.asyncDispose]();
  expect([spool.fileCount, spool.heldBytes]).toEqual([0, 0]);
  await expect(stat(file.path)).rejects.toThrow('ENOENT');
});

test('a file without its name can be read on, and counts until it is disposed of', async () => {
  const { spool } = await bench();
  const file = spool.create();
  await file.receive(pieces(400));
  const reader = await open(file.path);
  await file.unlink();
  await expect(stat(file.path)).rejects.toThrow('ENOENT');
  expect((await reader.readFile()).length).toBe(400);
  expect(spool.heldBytes).toBe(400);
  await reader.close();
  await file[Symbol.asyncDispose]();
  expect(spool.heldBytes).toBe(0);
});

test('a file that is too large is refused at the byte where it is, and its room comes back', async () => {
  const { spool } = await bench();
  const file = spool.create();
  await file.receive(pieces(600, 400));
  await file[Symbol.asyncDispose]();
  const larger = spool.create();
  await expect(larger.receive(pieces(600, 401))).rejects.toMatchObject({ code: 'upload_too_large', field: 'file' });
  await larger[Symbol.asyncDispose]();
  expect(spool.heldBytes).toBe(0);
});

test('all uploads together are bounded, and the next one finds the room that went free', async () => {
  const { spool } = await bench();
  const first = spool.create();
  await first.receive(pieces(1_000));
  const second = spool.create();
  await expect(second.receive(pieces(501))).rejects.toMatchObject({ code: 'spool_full' });
  await second[Symbol.asyncDispose]();
  expect(() => spool.checkRoom(501)).toThrow(expect.objectContaining({ code: 'spool_full' }));
  expect(() => spool.checkRoom(500)).not.toThrow();
  await first[Symbol.asyncDispose]();
  await spool.create().receive(pieces(501));
});

test('the number of uploads is bounded', async () => {
  const { spool } = await bench();
  const files = [spool.create(), spool.create(), spool.create()];
  expect(() => spool.create()).toThrow(expect.objectContaining({ code: 'too_many_uploads' }));
  expect(() => spool.checkRoom(undefined)).toThrow(expect.objectContaining({ code: 'too_many_uploads' }));
  await files[0]?.[Symbol.asyncDispose]();
  expect(spool.create().sizeBytes).toBe(0);
});

/** As many uploads as may be, all of which come in. */
async function fullBench() {
  const { spool, clock } = await bench({ maximumUploadBytes: 500_000, maximumSpoolBytes: 2_000_000 });
  const ousted: number[] = [];
  const files = [spool.create(), spool.create(), spool.create()];
  const ends = files.map((file, index) => file.startReceiving(() => ousted.push(index)));
  return { spool, clock, ousted, files, ends };
}

test('the slowest upload loses its place to a newcomer, once it has had its time', async () => {
  const { spool, clock, ousted, files } = await fullBench();
  for (const [index, size] of [245_760, 200, 300].entries()) await files[index]?.receive(pieces(size));
  clock.advance(30_000);
  expect(() => spool.create()).toThrow(expect.objectContaining({ code: 'too_many_uploads' }));
  clock.advance(1);
  expect(() => spool.checkRoom(undefined)).not.toThrow();
  expect(ousted).toEqual([]);
  spool.create();
  expect(ousted).toEqual([1]);
  // What it has on the disk counts until it is disposed of.
  expect([spool.fileCount, spool.heldBytes]).toEqual([4, 246_260]);
  await files[1]?.[Symbol.asyncDispose]();
  expect(spool.heldBytes).toBe(246_060);
  spool.create();
  expect(ousted).toEqual([1, 2]);
});

test('an upload that is as fast as speech, and one that has come, keep their places', async () => {
  const { spool, clock, ousted, files, ends } = await fullBench();
  for (const file of files) await file.receive(pieces(330_000));
  clock.advance(40_000);
  expect(() => spool.create()).toThrow(expect.objectContaining({ code: 'too_many_uploads' }));
  ends[0]?.();
  ends[1]?.();
  clock.advance(40_000);
  spool.create();
  expect(ousted).toEqual([2]);
  expect(() => spool.create()).toThrow(expect.objectContaining({ code: 'too_many_uploads' }));
});

test('an upload that is given up while it comes leaves nothing on the disk', async () => {
  const { spool, folder } = await bench();
  const file = spool.create();
  let proceed = (): void => undefined;
  async function* slow(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(10);
    await new Promise<void>((resolve) => {
      proceed = resolve;
    });
    yield new Uint8Array(10);
  }
  const receiving = file.receive(slow());
  await expect.poll(() => file.sizeBytes).toBe(10);
  await file[Symbol.asyncDispose]();
  proceed();
  await expect(receiving).rejects.toMatchObject({ code: 'upload_incomplete' });
  expect(spool.heldBytes).toBe(0);
  expect(await readdir(join(folder, (await readdir(folder))[0]!))).toEqual([]);
});

test('what breaks off passes its own reason on', async () => {
  const { spool } = await bench();
  const reason = new Error('the socket broke');
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(10);
    throw reason;
  }
  await expect(spool.create().receive(broken())).rejects.toBe(reason);
});

test('a folder that is not there is a failure of its own, and is looked for again', async () => {
  const { spool, folder } = await bench();
  await rm(folder, { recursive: true });
  const file = spool.create();
  await expect(file.receive(pieces(1))).rejects.toMatchObject({ code: 'spool_failed', cause: { code: 'ENOENT' } });
  await file[Symbol.asyncDispose]();
  await mkdir(folder);
  await spool.create().receive(pieces(1));
});

test('a folder that was tidied away is made anew, once for all uploads', async () => {
  const { spool, folder } = await bench();
  const first = spool.create();
  await first.receive(pieces(1));
  await first[Symbol.asyncDispose]();
  await rm(dirname(first.path), { recursive: true });
  await Promise.all([spool.create().receive(pieces(10)), spool.create().receive(pieces(10))]);
  expect(await readdir(folder)).toHaveLength(1);
  await spool.close();
  expect(await readdir(folder)).toEqual([]);
});

test('an upload that begins to be received after the closing leaves no folder behind', async () => {
  const { spool, folder } = await bench();
  const file = spool.create();
  await spool.close();
  await expect(file.receive(pieces(10))).rejects.toMatchObject({ code: 'spool_failed' });
  expect(await readdir(folder)).toEqual([]);
});

test('closing removes everything and takes nothing more', async () => {
  const { spool, folder } = await bench();
  await spool.create().receive(pieces(10));
  await spool.close();
  await spool.close();
  expect(await readdir(folder)).toEqual([]);
  expect(() => spool.create()).toThrow(expect.objectContaining({ code: 'spool_failed' }));
});
