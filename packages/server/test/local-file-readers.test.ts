import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import type { FileReading, OpenFile } from '../src/dispatch/file-reader.ts';
import { type FileReaderEvent, LocalFileReaders, type LocalFileReadersOptions } from '../src/dispatch/local-file-readers.ts';

const READER = fileURLToPath(new URL('support/fake-file-reader.ts', import.meta.url));
const execArgv = ['--conditions=@outspoken/source', '--import', 'tsx'];
const LIMIT = { maximumDurationMs: 1_000_000 };

/** Real processes over files that exist by name alone, and promises for what happens: no test waits for a time. */
class Bench {
  readonly children: ChildProcess[] = [];
  readonly events: FileReaderEvent[] = [];
  readonly messages: string[] = [];
  readonly readers: LocalFileReaders;
  load: 'fail' | 'good' = 'good';
  readonly #waiting: { readonly isDone: () => boolean; readonly resolve: () => void }[] = [];

  constructor(options: Partial<LocalFileReadersOptions> = {}) {
    this.readers = new LocalFileReaders({
      maximumReaders: 1,
      restartBackoffMs: 1,
      // Long enough for a loaded machine; the tests of the limits set their own.
      silenceTimeoutMs: 30_000,
      releaseTimeoutMs: 30_000,
      ...options,
      spawn: () => {
        const env = { ...process.env, FAKE_READER_LOAD: this.load };
        const child = fork(READER, { serialization: 'advanced', execArgv, env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
        child.on('message', (message: { readonly type: string }) => {
          this.messages.push(message.type);
          this.#check();
        });
        child.on('exit', () => this.#check());
        this.children.push(child);
        return child;
      },
      onEvent: (event) => {
        this.events.push(event);
        this.#check();
      },
    });
    benches.push(this);
  }

  get alive(): number {
    return this.children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null).length;
  }

  said(type: string): Promise<void> {
    return this.until(() => this.messages.includes(type));
  }

  until(isDone: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ isDone, resolve });
      this.#check();
    });
  }

  open(name: string, signal?: AbortSignal): Promise<OpenFile> {
    return this.readers.open(`/fake/${name}`, { ...LIMIT, ...(signal ? { signal } : {}) });
  }

  /** Reads a file to its end. */
  async read(name: string, signal?: AbortSignal): Promise<FileReading[]> {
    const file = await this.open(name, signal);
    const readings: FileReading[] = [];
    try {
      for await (const reading of file.readings()) readings.push(reading);
    } finally {
      await file[Symbol.asyncDispose]();
    }
    return readings;
  }

  #check(): void {
    for (const { isDone, resolve } of this.#waiting) if (isDone()) resolve();
  }
}

const benches: Bench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) {
    await bench.readers.close();
    expect(bench.alive).toBe(0);
  }
});

test('cuts a file into clips in another process, with every sample', async () => {
  const bench = new Bench();
  const readings = await bench.read('bursts-2');
  const clips = readings.flatMap((reading) => (reading.type === 'clip' ? [reading.clip] : []));
  expect(clips.map(({ index }) => index)).toEqual([0, 1]);
  for (const clip of clips) {
    expect(clip.samples).toHaveLength(clip.endSample - clip.startSample);
    expect(clip.samples.filter((sample) => sample === 0.5)).toHaveLength(16_000);
  }
  expect(readings.at(-1)).toEqual({ type: 'end', durationMs: 4000, isTruncated: false, busyMs: expect.any(Number) });
  expect(bench.messages).toContain('test_disposed');
});

test('starts nothing before it is asked, and keeps one reader ready', async () => {
  const bench = new Bench({ maximumReaders: 2, idleTimeoutMs: 1 });
  expect(bench.children).toHaveLength(0);
  bench.readers.warmUp();
  expect(bench.children).toHaveLength(1);
  // Two at once need a second reader, which ends when both are done.
  const [first, second] = await Promise.all([bench.open('bursts-1'), bench.open('truncated-1')]);
  expect(bench.children).toHaveLength(2);
  await Promise.all([first[Symbol.asyncDispose](), second[Symbol.asyncDispose]()]);
  await bench.until(() => bench.alive === 1);
  expect((await bench.read('truncated-1')).at(-1)).toMatchObject({ type: 'end', isTruncated: true });
  expect(bench.children).toHaveLength(2);
  expect(bench.events.map(({ type }) => type)).toEqual(['ready', 'ready']);
});

test('reads one file at a time, first come, first served, and refuses what is too much', async () => {
  const bench = new Bench({ maximumWaiting: 2 });
  const first = await bench.open('bursts-1');
  const order: string[] = [];
  const waiting = ['second', 'third'].map(async (name) => {
    const file = await bench.open('bursts-1');
    order.push(name);
    await file[Symbol.asyncDispose]();
  });
  await expect(bench.open('bursts-1')).rejects.toMatchObject({ name: 'FileReaderError', code: 'readers_busy' });
  expect(order).toEqual([]);
  await first[Symbol.asyncDispose]();
  await Promise.all(waiting);
  expect(order).toEqual(['second', 'third']);
  expect(bench.children).toHaveLength(1);
});

test('reads no further ahead than a few clips', async () => {
  const bench = new Bench();
  const file = await bench.open('bursts-50');
  const readings = file.readings()[Symbol.asyncIterator]();
  await readings.next();
  const clips = () => bench.messages.filter((type) => type === 'clip').length;
  await bench.until(() => clips() >= 3);
  // Whatever it had sent beyond them comes before its answer to this.
  await file[Symbol.asyncDispose]();
  expect(clips()).toBeLessThanOrEqual(4);
});

test.each([
  ['damaged', 'media_damaged', 'the header is broken'],
  ['infinite', 'media_damaged', 'samples that are not finite'],
  ['fault', 'reader_failed', 'a fault of ours'],
])('passes on why %s cannot be opened or read, and keeps the reader', async (name, code, message) => {
  const bench = new Bench();
  await expect(bench.open(name)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  await expect(bench.read(`late-${name}`)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  expect(await bench.read('bursts-1')).toContainEqual(expect.objectContaining({ type: 'clip' }));
  expect(bench.children).toHaveLength(1);
});

test.each([
  ['crash', {}, 'crashed'],
  ['exit', {}, 'crashed'],
  ['hang', { silenceTimeoutMs: 500 }, 'hung'],
  ['spin', { silenceTimeoutMs: 500 }, 'hung'],
])('a file on which the reader does %s fails once, early or late, and the next file has a new reader', async (name, options, death) => {
  const bench = new Bench(options);
  bench.readers.warmUp();
  await bench.until(() => bench.events.length === 1);
  await expect(bench.open(name)).rejects.toMatchObject({ code: 'reader_failed' });
  await bench.until(() => bench.events.length === 3);
  const file = await bench.open(`late-${name}`);
  const seen: string[] = [];
  const reading = (async () => {
    for await (const { type } of file.readings()) seen.push(type);
  })();
  await expect(reading).rejects.toMatchObject({ code: 'reader_failed' });
  // What was read before it is not lost.
  expect(seen).toContain('clip');
  await file[Symbol.asyncDispose]();
  expect(bench.events.filter((event) => event.type === 'died').map((event) => event.death)).toEqual([death, death]);
  await bench.until(() => bench.events.length === 5);
  expect((await bench.read('bursts-1')).at(-1)?.type).toBe('end');
});

test.skipIf(!existsSync('/proc/self/status')).each(['bomb', 'glutton'])('a %s is stopped at the memory limit', async (name) => {
  const bench = new Bench({ maximumMemoryBytes: 512 * 1024 ** 2, memoryCheckMs: 20 });
  await expect(bench.open(name)).rejects.toMatchObject({ code: 'reader_failed', message: 'reading the file took too much memory' });
  expect(bench.events).toContainEqual(expect.objectContaining({ type: 'died', death: 'memory' }));
  expect((await bench.read('bursts-1')).at(-1)?.type).toBe('end');
});

test('reading must not be slower than listening in the long run, however often the reader gives a sign of life', async () => {
  let nowMs = 0;
  // Each look at the clock comes half a minute after the last: far slower than the two seconds of audio that a burst brings.
  const bench = new Bench({ now: () => (nowMs += 30_000), silenceTimeoutMs: 60_000 });
  await expect(bench.read('bursts-20')).rejects.toMatchObject({ code: 'reader_failed', message: 'reading the file took too long' });
});

test('the signal gives up a file that waits, is opened, or is read', async () => {
  const bench = new Bench();
  const abort = new AbortController();
  const read = expect(bench.read('late-hang', abort.signal)).rejects.toThrow('gone');
  const waiting = expect(bench.open('bursts-1', abort.signal)).rejects.toThrow('gone');
  await bench.until(() => bench.messages.includes('clip'));
  abort.abort(new Error('gone'));
  await Promise.all([read, waiting]);
  await expect(bench.open('bursts-1', abort.signal)).rejects.toThrow('gone');
  const again = new AbortController();
  const opening = expect(bench.open('hang', again.signal)).rejects.toThrow('enough');
  await bench.until(() => bench.messages.filter((type) => type === 'begun').length === 2);
  again.abort(new Error('enough'));
  await opening;
  expect((await bench.read('bursts-1')).at(-1)?.type).toBe('end');
  expect(bench.children).toHaveLength(1);
});

test('a reader that does not let go of its file is killed', async () => {
  const bench = new Bench({ releaseTimeoutMs: 100 });
  const abort = new AbortController();
  const opening = expect(bench.open('spin', abort.signal)).rejects.toThrow('gone');
  await bench.said('test_spinning');
  abort.abort(new Error('gone'));
  await opening;
  await bench.until(() => bench.events.some((event) => event.type === 'died'));
  expect(bench.events).toContainEqual(expect.objectContaining({ type: 'died', death: 'hung' }));
  expect((await bench.read('bursts-1')).at(-1)?.type).toBe('end');
});

test('a file that is given to a reader whose death is not yet known is read by another', async () => {
  const bench = new Bench();
  bench.readers.warmUp();
  await bench.until(() => bench.events.length === 1);
  bench.children[0]?.kill('SIGKILL');
  expect((await bench.read('bursts-1')).at(-1)?.type).toBe('end');
  expect(bench.children).toHaveLength(2);
});

test('says why no reader can start, and tries again later', async () => {
  const bench = new Bench();
  bench.load = 'fail';
  await expect(bench.open('bursts-1')).rejects.toMatchObject({
    code: 'reader_failed',
    message: 'no file reader could start: the detector is gone',
  });
  bench.load = 'good';
  await bench.until(() => bench.events.some((event) => event.type === 'ready'));
  expect((await bench.read('bursts-1')).at(-1)?.type).toBe('end');
});

test('a process that cannot be started is no crash of ours', async () => {
  const readers = new LocalFileReaders({
    restartBackoffMs: 1,
    spawn: () => {
      throw new Error('no memory');
    },
  });
  await expect(readers.open('x', LIMIT)).rejects.toMatchObject({ message: 'no file reader could start: no memory' });
  await readers.close();
});

test('close ends every file and process and can be called twice', async () => {
  const bench = new Bench({ maximumReaders: 1 });
  const reading = expect(bench.read('late-hang')).rejects.toMatchObject({ code: 'closed' });
  const waiting = expect(bench.open('bursts-1')).rejects.toMatchObject({ code: 'closed' });
  await bench.until(() => bench.messages.includes('clip'));
  await Promise.all([bench.readers.close(), bench.readers.close(), reading, waiting]);
  await expect(bench.open('bursts-1')).rejects.toMatchObject({ code: 'closed' });
});

test('refuses senseless settings', () => {
  const spawn = () => fork(READER);
  expect(() => new LocalFileReaders({ spawn, maximumReaders: 0 })).toThrow(RangeError);
  expect(() => new LocalFileReaders({ spawn, silenceTimeoutMs: Number.NaN })).toThrow(RangeError);
});
