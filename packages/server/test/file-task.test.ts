import { expect, test } from 'vitest';
import { FileReaderError, type FileReading } from '../src/dispatch/file-reader.ts';
import { FileTask } from '../src/dispatch/file-task.ts';
import { clipReading, DESCRIPTION } from './support/fake-file-readers.ts';

function taskBench(signal?: AbortSignal) {
  const said: (number | 'release' | 'settled')[] = [];
  const task = new FileTask('x', { maximumDurationMs: 1000, ...(signal ? { signal } : {}) }, () => said.push('settled'));
  const reader = { pull: (clips: number) => said.push(clips), release: () => said.push('release') };
  const opened = async () => {
    task.start(reader);
    task.receive({ type: 'begun', fileId: 1 });
    task.receive({ type: 'opened', fileId: 1, description: DESCRIPTION });
    return task.opened;
  };
  const clip = (index: number): void => task.receive({ type: 'clip', fileId: 1, clip: clipReading(index).clip });
  return { task, said, reader, opened, clip };
}

test('asks for a few clips ahead, and for one more with each that is taken', async () => {
  const { said, opened, clip, task } = taskBench();
  const file = await opened();
  expect([said, task.isAwaited]).toEqual([[], false]);
  const readings = file.readings()[Symbol.asyncIterator]();
  const first = readings.next();
  expect([said, task.isAwaited]).toEqual([[3], true]);
  for (const index of [0, 1, 2]) clip(index);
  expect((await first).value).toMatchObject({ clip: { index: 0 } });
  expect(said).toEqual([3, 1]);
  clip(3);
  // All that was asked for has come: the reader owes nothing.
  expect([task.isAwaited, task.readMs]).toEqual([false, 7000]);
});

test('gives what was read before a failure, then the failure', async () => {
  const { said, opened, clip, task } = taskBench();
  const file = await opened();
  const seen: FileReading[] = [];
  const reading = (async () => {
    for await (const value of file.readings()) seen.push(value);
  })();
  clip(0);
  task.fail(new FileReaderError('reader_failed', 'dead'));
  task.fail(new Error('later'));
  await expect(reading).rejects.toMatchObject({ code: 'reader_failed' });
  expect(seen).toHaveLength(1);
  expect(said).toEqual([3, 'release', 'settled']);
});

test('gives nothing more after the signal', async () => {
  const abort = new AbortController();
  const { opened, clip } = taskBench(abort.signal);
  const file = await opened();
  const readings = file.readings()[Symbol.asyncIterator]();
  const first = readings.next();
  clip(0);
  clip(1);
  await first;
  abort.abort(new Error('gone'));
  await expect(readings.next()).rejects.toThrow('gone');
});

test('passes over progress that nobody has looked at', async () => {
  const { opened, task } = taskBench();
  const file = await opened();
  const readings = file.readings()[Symbol.asyncIterator]();
  const first = readings.next();
  for (const readMs of [1000, 2000, 3000]) task.receive({ type: 'progress', fileId: 1, readMs });
  task.receive({ type: 'end', fileId: 1, durationMs: 4000, isTruncated: false, busyMs: 5 });
  expect([(await first).value, (await readings.next()).value]).toEqual([
    { type: 'progress', readMs: 3000 },
    { type: 'end', durationMs: 4000, isTruncated: false, busyMs: 5 },
  ]);
  expect((await readings.next()).done).toBe(true);
});

test('is given up as soon as its consumer lets go, and gone when the reader has', async () => {
  const { said, opened, task } = taskBench();
  const file = await opened();
  let isGone = false;
  const disposed = Promise.all([file[Symbol.asyncDispose](), file[Symbol.asyncDispose]()]).then(() => {
    isGone = true;
  });
  expect([said, task.isOver]).toEqual([['release', 'settled'], true]);
  await Promise.resolve();
  expect(isGone).toBe(false);
  task.leave();
  await disposed;
  for await (const reading of file.readings()) expect(reading).toBeUndefined();
});

test('can be given to another reader when the first was dead before it began', async () => {
  const { task, reader } = taskBench();
  task.start(reader);
  expect([task.hasBegun, task.isAwaited]).toEqual([false, true]);
  task.miss();
  expect([task.misses, task.isAwaited, task.isOver]).toEqual([1, false, false]);
  task.start(reader);
  task.receive({ type: 'begun', fileId: 2 });
  expect(task.hasBegun).toBe(true);
});
