import { DEFAULT_TEXT_FORMAT, textFormat } from '@outspoken/text';
import { expect, test } from 'vitest';
import { DispatchError } from '../src/dispatch/dispatcher.ts';
import type { FileReading } from '../src/dispatch/file-reader.ts';
import { FileBudget } from '../src/session/file-budget.ts';
import { type FileEvent, FileTranscription } from '../src/session/file-transcription.ts';
import { clipReading, endReading, FakeFileReaders } from './support/fake-file-readers.ts';
import { sessionBench } from './support/session-bench.ts';

interface Limits {
  readonly slots?: number;
  readonly maximumQueuedAudioMs?: number;
  readonly maximumAudioBytes?: number;
  /** What live speech holds of it. */
  readonly liveAudioBytes?: number;
  readonly windowClips?: number;
}

/** Lets every promise that can settle settle. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** One file over the real scheduler; its events are collected as they come. */
async function fileBench(readings: readonly (FileReading | Error)[], limits: Limits = {}, format = DEFAULT_TEXT_FORMAT) {
  const { windowClips = 4, maximumAudioBytes = 100_000_000, liveAudioBytes = 0, ...scheduling } = limits;
  const bench = sessionBench({ maximumAudioBytes }, { slots: 2, ...scheduling });
  bench.services.budget.tryAcquire(liveAudioBytes);
  const readers = new FakeFileReaders(readings);
  const controller = new AbortController();
  const budget = new FileBudget(bench.services.budget, maximumAudioBytes);
  const file = await readers.open('x', { maximumDurationMs: 1000, signal: controller.signal });
  const transcription = new FileTranscription({
    services: bench.services,
    budget,
    file,
    key: 'file/1',
    protocol: 'openai',
    clipPolicyId: 'sha256:x',
    format,
    windowClips: () => windowClips,
    controller,
  });
  const events: FileEvent[] = [];
  const consume = async (): Promise<void> => {
    for await (const event of transcription.events()) events.push(event);
  };
  const texts = () => events.flatMap((event) => (event.type === 'segment' ? [event.segment.text] : []));
  /** Ends the running job with this number and a text of its own. */
  const answer = async (number: number, text: string): Promise<void> => {
    const running = bench.dispatcher.running[number];
    Object.assign(running?.job ?? {}, { jobId: text });
    running?.finish();
    await settle();
  };
  const isAtRest = () => ({
    running: bench.dispatcher.running.length,
    depth: bench.scheduler.snapshot().depth.file,
    heldBytes: bench.services.budget.usedBytes - liveAudioBytes,
    timers: bench.clock.pending,
  });
  return { ...bench, readers, controller, budget, transcription, events, consume, texts, answer, isAtRest };
}

const AT_REST = { running: 0, depth: 0, heldBytes: 0, timers: 0 };

test('puts clips that are answered out of order back into the order of the file', async () => {
  const bench = await fileBench([clipReading(0), clipReading(1), { type: 'progress', readMs: 3500 }, clipReading(2), endReading(6000)]);
  const consumed = bench.consume();
  await settle();
  await bench.answer(1, 'second');
  expect(bench.texts()).toEqual([]);
  await bench.answer(0, 'first');
  expect(bench.texts()).toEqual(['first', 'second']);
  await bench.answer(0, 'third');
  await consumed;
  expect(bench.texts()).toEqual(['first', 'second', 'third']);
  expect(bench.events[0]).toMatchObject({ type: 'opened', description: { container: 'wav' } });
  expect(bench.events.at(-1)).toMatchObject({
    type: 'end',
    transcript: {
      text: 'first second third',
      durationMs: 6000,
      speechMs: 3000,
      model: 'fake',
      clipPolicyId: 'sha256:x',
      isTruncated: false,
    },
  });
  expect(bench.transcription.readBusyMs).toBe(7);
  expect(bench.events.flatMap((event) => (event.type === 'segment' ? [event.segment.index, event.segment.startMs] : []))).toEqual([
    0, 0, 1, 2000, 2, 4000,
  ]);
  expect(bench.isAtRest()).toEqual(AT_REST);
});

test('says a word once that both parts of split speech heard, and only there', async () => {
  const split = clipReading(0);
  const readings = [{ ...split, clip: { ...split.clip, continues: true } }, clipReading(1), clipReading(2), endReading(6000)];
  const bench = await fileBench(readings);
  const consumed = bench.consume();
  await settle();
  await bench.answer(1, 'The river.');
  await bench.answer(0, 'across the');
  await bench.answer(0, 'River the');
  await consumed;
  expect(bench.texts()).toEqual(['across the', 'river.', 'River the']);
});

test('has each clip recognized with what the detector saw of it', async () => {
  const clips = [clipReading(0), clipReading(1)];
  const bench = await fileBench([...clips, endReading(4000)]);
  const consumed = bench.consume();
  await settle();
  expect(bench.dispatcher.jobs.map(({ speech }) => speech)).toEqual(clips.map(({ clip }) => clip.evidence));
  for (const job of [...bench.dispatcher.running]) job.finish();
  await consumed;
});

test('progress only grows and reaches the end of the file', async () => {
  const readings = [
    { type: 'progress', readMs: 1000 },
    clipReading(0),
    { type: 'progress', readMs: 3000 },
    clipReading(1),
    endReading(4000),
  ];
  const bench = await fileBench(readings as FileReading[]);
  const consumed = bench.consume();
  await settle();
  await bench.answer(0, 'a');
  await bench.answer(0, 'b');
  await consumed;
  const progress = bench.events.flatMap((event) => (event.type === 'progress' ? [[event.readMs, event.recognizedMs]] : []));
  for (const column of [0, 1]) {
    const values = progress.map((row) => row[column] ?? 0);
    expect(values).toEqual([...values].sort((a, b) => a - b));
  }
  expect(progress.at(-1)).toEqual([4000, 4000]);
});

test('reads no further than the window', async () => {
  const clips = Array.from({ length: 20 }, (_, index) => clipReading(index));
  const bench = await fileBench([...clips, endReading(40_000)], { windowClips: 4 });
  const consumed = bench.consume();
  await settle();
  expect(bench.readers.taken).toBe(4);
  expect(bench.dispatcher.running).toHaveLength(2);
  await bench.answer(0, 'a');
  expect(bench.readers.taken).toBe(5);
  while (bench.dispatcher.running.length > 0) await bench.answer(0, 'x');
  await consumed;
  expect(bench.dispatcher.mostAtOnce).toBe(2);
  expect(bench.texts()).toHaveLength(20);
});

test('a consumer that is away stops the reading', async () => {
  const bench = await fileBench([clipReading(0), clipReading(1), clipReading(2), endReading(6000)], { windowClips: 1 });
  const events = bench.transcription.events();
  await events.next();
  expect(bench.readers.taken).toBe(0);
  const next = events.next();
  await settle();
  await bench.answer(0, 'a');
  expect((await next).value).toMatchObject({ type: 'segment' });
  await settle();
  expect(bench.readers.taken).toBe(1);
  await events.return();
  expect(bench.isAtRest()).toEqual(AT_REST);
});

test('a clip without text makes no segment', async () => {
  const bench = await fileBench([clipReading(0), clipReading(1), endReading(4000)]);
  const consumed = bench.consume();
  await settle();
  await bench.answer(0, '');
  await bench.answer(0, 'x');
  await consumed;
  expect(bench.events.at(-1)).toMatchObject({ transcript: { text: 'x', speechMs: 2000, segments: [{ index: 0, startMs: 2000 }] } });
  expect(bench.metrics.calls.filter(([name]) => name === 'clipFinished').map(([, clip]) => clip)).toMatchObject([
    { protocol: 'openai', outcome: 'empty', audioMs: 1000 },
    { protocol: 'openai', outcome: 'ok' },
  ]);
  expect(bench.metrics.count('audioReceived', 'openai', 1000)).toBe(2);
});

test('waits for room in the queue and tries again', async () => {
  const bench = await fileBench([clipReading(0), clipReading(1), clipReading(2), endReading(6000)], {
    slots: 1,
    maximumQueuedAudioMs: 1500,
  });
  const consumed = bench.consume();
  await settle();
  expect(bench.scheduler.snapshot().depth.file).toBe(1);
  while (bench.texts().length < 3) {
    await bench.answer(0, `text ${bench.texts().length}`);
    bench.clock.advance(100);
    await settle();
  }
  await consumed;
  expect(bench.texts()).toEqual(['text 0', 'text 1', 'text 2']);
  expect(bench.isAtRest()).toEqual(AT_REST);
});

test('holds no more audio than files may, and reads on when there is room', async () => {
  // Room for two clips of 64 000 bytes is left.
  const clips = [0, 1, 2].map((index) => clipReading(index));
  const bench = await fileBench([...clips, endReading(6000)], {
    maximumAudioBytes: 1_000_000,
    liveAudioBytes: 1_000_000 - 130_000,
  });
  const consumed = bench.consume();
  await settle();
  expect(bench.budget.usedBytes).toBe(128_000);
  await bench.answer(0, 'a');
  expect(bench.budget.usedBytes).toBe(64_000);
  bench.clock.advance(50);
  await settle();
  expect(bench.budget.usedBytes).toBe(128_000);
  await bench.answer(0, 'b');
  await bench.answer(0, 'c');
  await consumed;
  expect(bench.texts()).toEqual(['a', 'b', 'c']);
  expect(bench.budget.usedBytes).toBe(0);
});

test('a clip that fails ends the file with a typed error, after the segments before it, and leaves nothing behind', async () => {
  const bench = await fileBench([clipReading(0), clipReading(1), clipReading(2), clipReading(3)]);
  const failed = expect(bench.consume()).rejects.toMatchObject({ name: 'SessionError', code: 'decode_failed', isRetryable: false });
  await settle();
  bench.dispatcher.running[1]?.fail(new DispatchError('decode_failed', '2 workers died on this clip'));
  await settle();
  await bench.answer(0, 'a');
  // What was cancelled keeps its slot until the worker has stopped.
  for (const job of [...bench.dispatcher.running]) job.finish();
  await failed;
  expect(bench.texts()).toEqual(['a']);
  expect(bench.isAtRest()).toEqual(AT_REST);
});

test('passes on why the file cannot be read any further, and stops what is under way', async () => {
  const bench = await fileBench([clipReading(0), clipReading(1), new Error('broken')]);
  const failed = expect(bench.consume()).rejects.toThrow('broken');
  await settle();
  for (const job of [...bench.dispatcher.running]) job.finish();
  await failed;
  expect(bench.isAtRest()).toEqual(AT_REST);
  expect(bench.metrics.calls.filter(([name]) => name === 'clipFinished').map(([, clip]) => clip)).toMatchObject([
    { outcome: 'cancelled' },
    { outcome: 'cancelled' },
  ]);
});

test.each([
  ['reads', { windowClips: 4 }],
  ['waits for room in the queue', { slots: 1, maximumQueuedAudioMs: 500 }],
  ['waits for room for its audio', { maximumAudioBytes: 1_000_000, liveAudioBytes: 900_000 }],
])('the signal stops a file that %s', async (_name, limits) => {
  const bench = await fileBench(
    [0, 1, 2].map((index) => clipReading(index)),
    limits,
  );
  const failed = expect(bench.consume()).rejects.toThrow('enough');
  await settle();
  bench.controller.abort(new Error('enough'));
  for (const job of [...bench.dispatcher.running]) job.finish();
  await failed;
  expect(bench.isAtRest()).toEqual(AT_REST);
});

test('a consumer that leaves stops everything', async () => {
  const bench = await fileBench([clipReading(0), { type: 'progress', readMs: 1000 }, clipReading(1), clipReading(2)]);
  for await (const event of bench.transcription.events()) {
    if (event.type === 'progress') break;
  }
  expect(bench.isAtRest()).toEqual({ ...AT_REST, running: 1 });
  for (const job of [...bench.dispatcher.running]) job.finish();
  expect(bench.isAtRest()).toEqual(AT_REST);
});

test('writes each clip as asked before anybody sees it; digits that go on behind a pause are redacted as well', async () => {
  const bench = await fileBench([clipReading(0), clipReading(1), endReading(4000)], {}, textFormat({ redact: ['digits'] }));
  const consumed = bench.consume();
  await settle();
  await bench.answer(1, 'eight two, thanks');
  await bench.answer(0, 'my number is four three one nine');
  await consumed;
  expect(bench.texts()).toEqual(['my number is [digits]', '[digits], thanks']);
  expect(JSON.stringify(bench.events)).not.toMatch(/four|eight/);
});
