import type { MediaAudio } from '@outspoken/media';
import { expect, onTestFinished, test } from 'vitest';
import { type ServeFileReaderOptions, serveFileReader } from '../src/dispatch/file-reader-main.ts';
import type { FileReaderReply, FileReaderRequest } from '../src/dispatch/file-reader-protocol.ts';
import { DESCRIPTION } from './support/fake-file-readers.ts';
import { loudnessDetector } from './support/fake-media.ts';
import { FakePort } from './support/fake-port.ts';

const SECOND_SAMPLES = 16_000;

/** A service in this process over a file of bursts of a second with a second of silence between them. */
async function readerBench(bursts: number, options: Partial<ServeFileReaderOptions> = {}) {
  const port = new FakePort();
  let nowMs = 0;
  let readBursts = 0;
  let closed = 0;
  const media: MediaAudio = {
    description: DESCRIPTION,
    isTruncated: true,
    async *samples() {
      for (; readBursts < bursts; readBursts += 1) {
        nowMs += 100;
        yield new Float32Array(SECOND_SAMPLES).fill(0.5);
        yield new Float32Array(SECOND_SAMPLES);
      }
    },
    [Symbol.asyncDispose]: async () => {
      closed += 1;
    },
  };
  const served = serveFileReader(port, {
    open: async () => media,
    loadDetector: async () => loudnessDetector(),
    residentBytes: () => 1000,
    now: () => nowMs,
    heartbeatMs: 1_000_000,
    ...options,
  });
  onTestFinished(() => port.emit('disconnect'));
  const replies = () => port.sent as unknown as FileReaderReply[];
  const of = (type: FileReaderReply['type']) => replies().filter((reply) => reply.type === type);
  const say = async (request: FileReaderRequest): Promise<void> => {
    port.emit('message', request);
    await settled();
  };
  await settled();
  const open = (fileId = 1) => say({ type: 'open', fileId, path: 'x', maximumDurationMs: 1000 });
  return {
    port,
    served,
    media,
    replies,
    of,
    say,
    open,
    advance: (ms: number) => (nowMs += ms),
    closed: () => closed,
    read: () => readBursts,
  };
}

/** Lets every promise that can settle settle; the detector takes a few turns for each step. */
async function settled(): Promise<void> {
  for (let i = 0; i < 50; i += 1) await new Promise((resolve) => setImmediate(resolve));
}

test('opens a file, and reads it only as far as clips are wanted', async () => {
  const bench = await readerBench(4);
  await bench.open();
  expect(bench.replies().map(({ type }) => type)).toEqual(['ready', 'begun', 'opened']);
  expect(bench.read()).toBe(0);
  await bench.say({ type: 'pull', fileId: 1, clips: 2 });
  expect(bench.of('clip')).toHaveLength(2);
  // The third was found, and waits to be asked for.
  expect(bench.read()).toBe(2);
  await bench.say({ type: 'pull', fileId: 1, clips: 5 });
  expect(bench.of('clip')).toHaveLength(4);
  expect(bench.of('end')).toEqual([{ type: 'end', fileId: 1, durationMs: 8000, isTruncated: true, busyMs: 400 }]);
  expect(bench.closed()).toBe(1);
  expect(bench.of('released')).toEqual([]);
  await bench.say({ type: 'release', fileId: 1 });
  expect(bench.of('released')).toEqual([{ type: 'released', fileId: 1 }]);
});

test('time in which no clip was wanted is no work', async () => {
  const bench = await readerBench(2);
  await bench.open();
  bench.advance(10_000);
  await bench.say({ type: 'pull', fileId: 1, clips: 1 });
  bench.advance(10_000);
  await bench.say({ type: 'pull', fileId: 1, clips: 1 });
  expect(bench.of('end')).toMatchObject([{ busyMs: 200 }]);
});

test('tells how far it has read a few times a second', async () => {
  // 10 s of audio in 500 ms: at the start, at 300 ms.
  const bench = await readerBench(5);
  await bench.open();
  await bench.say({ type: 'pull', fileId: 1, clips: 9 });
  const progress = bench.of('progress').map((reply) => (reply.type === 'progress' ? reply.readMs : 0));
  expect(progress.length).toBeGreaterThan(1);
  expect(progress.length).toBeLessThan(6);
  expect(progress).toEqual([...progress].sort((a, b) => a - b));
});

test('lets go of a file in the middle, and is free for the next one', async () => {
  const bench = await readerBench(4);
  await bench.open();
  await bench.say({ type: 'pull', fileId: 1, clips: 1 });
  await bench.say({ type: 'release', fileId: 1 });
  expect([bench.closed(), bench.of('failed'), bench.of('released')]).toEqual([1, [], [{ type: 'released', fileId: 1 }]]);
  await bench.open(2);
  await bench.say({ type: 'pull', fileId: 1, clips: 9 });
  expect(bench.of('opened')).toHaveLength(2);
  expect(bench.of('clip')).not.toContainEqual(expect.objectContaining({ fileId: 2 }));
});

test('stops the opening of a file that is not needed any more', async () => {
  let reason: unknown;
  const bench = await readerBench(1, {
    open: (_path, { signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          reason = signal.reason;
          reject(signal.reason);
        });
      }),
  });
  await bench.open();
  await bench.say({ type: 'release', fileId: 1 });
  expect(reason).toMatchObject({ name: 'AbortError' });
  expect([bench.of('failed'), bench.of('released')]).toEqual([[], [{ type: 'released', fileId: 1 }]]);
});

test.each([
  [Object.assign(new Error('too long'), { code: 'media_too_long' }), 'media_too_long', 'too long'],
  [Object.assign(new Error('NaN'), { code: 'audio_not_finite' }), 'media_damaged', 'the file decodes to samples that are not finite'],
  [Object.assign(new Error('gone'), { code: 'ENOENT' }), 'reader_failed', 'gone'],
  [new Error('outer', { cause: new Error('inner') }), 'reader_failed', 'outer: inner'],
])('says why a file fails: %s', async (error, code, message) => {
  const bench = await readerBench(1, { open: () => Promise.reject(error) });
  await bench.open();
  expect(bench.of('failed')).toEqual([{ type: 'failed', fileId: 1, code, message }]);
  await bench.say({ type: 'release', fileId: 1 });
  expect(bench.of('released')).toHaveLength(1);
});

test('refuses a second file while one is open', async () => {
  const bench = await readerBench(1);
  await bench.open(1);
  await bench.open(2);
  expect(bench.of('failed')).toMatchObject([{ fileId: 2, code: 'reader_failed' }]);
  await bench.say({ type: 'pull', fileId: 1, clips: 1 });
  expect(bench.of('end')).toHaveLength(1);
});

test('closes the file when its parent is gone', async () => {
  const bench = await readerBench(9);
  await bench.open();
  await bench.say({ type: 'pull', fileId: 1, clips: 1 });
  bench.port.emit('disconnect');
  expect(await bench.served).toBe('disconnected');
  await settled();
  expect(bench.closed()).toBe(1);
});
