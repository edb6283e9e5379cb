import { expect, test } from 'vitest';
import { FileReaderError } from '../src/dispatch/file-reader.ts';
import { type FileEvent, FileTranscriber } from '../src/session/file-transcriber.ts';
import { clipReading, endReading, FakeFileReaders } from './support/fake-file-readers.ts';
import { sessionBench } from './support/session-bench.ts';

/** Lets every promise that can settle settle. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function transcriberBench(readings: ConstructorParameters<typeof FakeFileReaders>[0], limits: Parameters<typeof sessionBench>[1] = {}) {
  const bench = sessionBench({}, { slots: 2, ...limits });
  const readers = new FakeFileReaders(readings);
  const transcriber = new FileTranscriber({
    services: bench.services,
    readers,
    clipPolicyId: 'sha256:x',
    slots: () => bench.dispatcher.slots,
    maximumFileMs: 60_000,
  });
  const transcribe = async (signal = new AbortController().signal): Promise<FileEvent[]> => {
    const events: FileEvent[] = [];
    for await (const event of transcriber.transcribe('x', { signal, protocol: 'openai' })) events.push(event);
    return events;
  };
  const finished = () => bench.metrics.calls.filter(([name]) => name === 'fileFinished').map(([, file]) => file);
  const finishAll = async (): Promise<void> => {
    while (bench.dispatcher.running.length > 0) {
      bench.dispatcher.running[0]?.finish();
      await settle();
    }
  };
  const expectRest = (): void => {
    expect([transcriber.activeCount, readers.openFiles, bench.services.budget.usedBytes, bench.clock.pending]).toEqual([0, 0, 0, 0]);
    expect([bench.scheduler.snapshot().depth.file, bench.dispatcher.running.length]).toEqual([0, 0]);
    expect(bench.metrics.count('fileStarted')).toBe(finished().length);
  };
  return { ...bench, readers, transcriber, transcribe, finished, finishAll, expectRest };
}

test('recognizes a file, counts it once and holds nothing afterwards', async () => {
  const bench = transcriberBench([clipReading(0), clipReading(1), endReading(5000)]);
  const transcribed = bench.transcribe();
  await settle();
  expect(bench.transcriber.activeCount).toBe(1);
  bench.clock.advance(250);
  await bench.finishAll();
  const events = await transcribed;
  expect(events.at(-1)).toMatchObject({ type: 'end', transcript: { durationMs: 5000 } });
  expect(bench.finished()).toEqual([
    {
      protocol: 'openai',
      outcome: 'ok',
      container: 'wav',
      audioMs: 5000,
      speechMs: 2000,
      requestMs: 250,
      firstSegmentMs: 250,
      readMs: 7,
    },
  ]);
  expect(bench.metrics.count('rejected')).toBe(0);
  bench.expectRest();
});

test('nothing begins before the first event is asked for', async () => {
  const bench = transcriberBench([endReading(0)]);
  bench.transcriber.transcribe('x', { signal: new AbortController().signal, protocol: 'other' });
  await settle();
  bench.expectRest();
  expect(bench.metrics.count('fileStarted')).toBe(0);
});

test.each([
  [new FileReaderError('media_damaged', 'no'), 'media_damaged', 'rejected'],
  [new FileReaderError('readers_busy', 'no'), 'readers_busy', 'rejected'],
  [new FileReaderError('reader_failed', 'no'), 'reader_failed', 'failed'],
  [new FileReaderError('closed', 'no'), 'draining', 'rejected'],
  [new Error('a fault of ours'), 'internal', 'failed'],
])('counts %s as %s, %s', async (error, code, outcome) => {
  const bench = transcriberBench([]);
  bench.readers.openError = error;
  await expect(bench.transcribe()).rejects.toMatchObject({ code });
  expect(bench.finished()).toMatchObject([{ outcome, container: 'other' }]);
  expect(bench.metrics.count('rejected', code)).toBe(1);
  bench.expectRest();
});

test('refuses a file at its start when too much waits, and says when to come back', async () => {
  const bench = transcriberBench([clipReading(0)], { maximumFileWaitMs: 1000, slots: 1 });
  for (let i = 0; i < 9; i += 1)
    bench.scheduler.submit({ lane: 'file', key: `f${i}`, tenant: `file/${i}`, samples: new Float32Array(160_000) });
  await expect(bench.transcribe()).rejects.toMatchObject({ name: 'SessionError', code: 'overloaded', retryAfterMs: expect.any(Number) });
  expect(bench.readers.taken).toBe(0);
  expect(bench.finished()).toMatchObject([{ outcome: 'rejected' }]);
});

test('takes a file while another one has much that waits: they have turns', async () => {
  const bench = transcriberBench([clipReading(0), endReading(1000)], { maximumFileWaitMs: 1000, slots: 1 });
  const jobs = Array.from({ length: 9 }, (_, i) =>
    bench.scheduler.submit({ lane: 'file', key: `f${i}`, tenant: 'other', samples: new Float32Array(160_000) }),
  );
  const transcribed = bench.transcribe();
  await settle();
  expect(bench.transcriber.activeCount).toBe(1);
  expect(bench.readers.taken).toBeGreaterThan(0);
  await bench.finishAll();
  expect((await transcribed).at(-1)).toMatchObject({ type: 'end' });
  await Promise.all(jobs.map(({ promise }) => promise));
});

test.each(['is being read', 'waits for a reader', 'has not begun'])('the signal gives up a file that %s', async (when) => {
  const bench = transcriberBench([clipReading(0), clipReading(1)]);
  const abort = new AbortController();
  bench.readers.isStuck = when === 'waits for a reader';
  if (when === 'has not begun') abort.abort(new Error('gone'));
  const failed = expect(bench.transcribe(abort.signal)).rejects.toThrow('gone');
  await settle();
  abort.abort(new Error('gone'));
  await bench.finishAll();
  await failed;
  expect(bench.finished()).toMatchObject([{ outcome: 'cancelled' }]);
  expect(bench.metrics.count('rejected')).toBe(0);
  bench.expectRest();
});

test('a consumer that leaves gives the file up', async () => {
  const bench = transcriberBench([clipReading(0), { type: 'progress', readMs: 1000 }, clipReading(1)]);
  for await (const event of bench.transcriber.transcribe('x', { signal: new AbortController().signal, protocol: 'other' })) {
    if (event.type === 'progress') break;
  }
  await bench.finishAll();
  expect(bench.finished()).toMatchObject([{ outcome: 'cancelled', protocol: 'other', container: 'wav' }]);
  bench.expectRest();
});

test('a consumer that leaves with the last event has a finished file', async () => {
  const bench = transcriberBench([endReading(1000)]);
  for await (const event of bench.transcriber.transcribe('x', { signal: new AbortController().signal, protocol: 'other' })) {
    if (event.type === 'end') break;
  }
  expect(bench.finished()).toMatchObject([{ outcome: 'ok', audioMs: 1000 }]);
  bench.expectRest();
});

test('draining takes no new file and waits for those under way', async () => {
  const bench = transcriberBench([clipReading(0), endReading(2000)]);
  const transcribed = bench.transcribe();
  await settle();
  bench.transcriber.startDraining();
  const settled = bench.transcriber.settled(5000);
  await expect(bench.transcribe()).rejects.toMatchObject({ code: 'draining', retryAfterMs: expect.any(Number) });
  await bench.finishAll();
  expect((await transcribed).at(-1)).toMatchObject({ type: 'end' });
  expect(await settled).toBe(true);
  expect(await bench.transcriber.settled(5000)).toBe(true);
  bench.expectRest();
});

test('draining gives up what is under way when its time is over', async () => {
  const bench = transcriberBench([clipReading(0)]);
  const failed = expect(bench.transcribe()).rejects.toMatchObject({ name: 'SessionError', code: 'draining' });
  await settle();
  bench.transcriber.startDraining();
  const settled = bench.transcriber.settled(5000);
  bench.clock.advance(5000);
  expect(await settled).toBe(false);
  await bench.finishAll();
  await failed;
  bench.expectRest();
});

test('several files share the workers, and each has its own order', async () => {
  const bench = transcriberBench([clipReading(0), clipReading(1), clipReading(2), endReading(6000)]);
  const files = [bench.transcribe(), bench.transcribe(), bench.transcribe()];
  await settle();
  expect(bench.transcriber.activeCount).toBe(3);
  await bench.finishAll();
  for (const events of await Promise.all(files)) {
    const starts = events.flatMap((event) => (event.type === 'segment' ? [event.segment.startMs] : []));
    expect(starts).toEqual([0, 2000, 4000]);
  }
  expect(bench.dispatcher.mostAtOnce).toBe(2);
  bench.expectRest();
});

test('expects what its caller expects, and writes the text as he asks', async () => {
  const bench = transcriberBench([clipReading(0), endReading(5000)]);
  const events: FileEvent[] = [];
  const transcribed = (async () => {
    const options = {
      signal: new AbortController().signal,
      protocol: 'openai',
      format: { numerals: 'digits' },
      keywords: ['Hale'],
    } as const;
    for await (const event of bench.transcriber.transcribe('x', options)) events.push(event);
  })();
  await settle();
  expect(bench.dispatcher.running[0]!.job.keywords).toEqual(['Hale']);
  Object.assign(bench.dispatcher.running[0]!.job, { jobId: 'twenty five dollars' });
  await bench.finishAll();
  await transcribed;
  expect(events.at(-1)).toMatchObject({ transcript: { text: '25 dollars' } });
});
