import { expect, test, vi } from 'vitest';
import { fakeClip } from './support/fake-clip.ts';
import { WorkerBench } from './support/worker-bench.ts';

/** Resolves when the dispatcher says that it has room of this kind. */
function room(bench: WorkerBench, kind: 'idleSlots' | 'handSlots'): Promise<void> {
  return new Promise((resolve) => {
    bench.workers.onIdle = () => bench.workers[kind] > 0 && resolve();
  });
}

test('decodes a batch side by side, and each clip ends alone', async () => {
  const bench = new WorkerBench();
  await bench.workers.ready();
  const abort = new AbortController();
  const [echo, refused, held] = bench.batch([fakeClip('echo'), fakeClip('refuse'), fakeClip('hold')]);
  expect(await echo).toMatchObject({ batchSize: 3, attempt: 1, workerId: 1 });
  await expect(refused).rejects.toMatchObject({ code: 'audio_rejected' });
  bench.release(1);
  expect((await held)?.batchSize).toBe(3);
  const [first, second] = bench.batch([fakeClip('wait'), fakeClip('echo')], { signal: abort.signal });
  await second;
  abort.abort(new Error('enough'));
  await expect(first).rejects.toThrow('enough');
});

test('leaves out of a batch what nobody needs any more', async () => {
  const bench = new WorkerBench();
  await bench.workers.ready();
  const signal = AbortSignal.abort(new Error('too late'));
  const [gone, late, wanted] = bench.workers.run([
    { jobId: 'a', samples: fakeClip('echo'), signal },
    { jobId: 'b', samples: fakeClip('echo'), deadlineInMs: 0 },
    { jobId: 'c', samples: fakeClip('echo') },
  ]);
  await expect(gone).rejects.toThrow('too late');
  await expect(late).rejects.toMatchObject({ code: 'deadline_exceeded' });
  expect((await wanted)?.batchSize).toBe(1);
});

test('refuses a batch that is empty or larger than the model takes', async () => {
  const bench = new WorkerBench();
  await bench.workers.ready();
  expect(() => bench.batch([])).toThrow(RangeError);
  expect(() => bench.batch(Array.from({ length: 5 }, () => fakeClip('echo')))).toThrow(RangeError);
});

test('keeps one batch in the hand of a busy worker, which begins with it next', async () => {
  let nowMs = 0;
  const bench = new WorkerBench({ now: () => nowMs });
  await bench.workers.ready();
  const running = bench.run(fakeClip('hold'));
  expect([bench.workers.idleSlots, bench.workers.handSlots]).toEqual([0, 1]);
  const inHand = bench.batch([fakeClip('echo'), fakeClip('echo')]);
  expect([bench.workers.idleSlots, bench.workers.handSlots]).toEqual([0, 0]);
  await expect(bench.run(fakeClip('echo'))).rejects.toMatchObject({ code: 'no_idle_slot' });
  await bench.started(1);
  nowMs = 50;
  const free = room(bench, 'handSlots');
  bench.release(1);
  expect(await running).toMatchObject({ handMs: 0 });
  await free;
  for (const outcome of await Promise.all(inHand)) expect(outcome).toMatchObject({ handMs: 50, batchSize: 2, attempt: 1, workerId: 1 });
});

test('never begins with a clip that is cancelled in a hand', async () => {
  const bench = new WorkerBench();
  await bench.workers.ready();
  const running = bench.run(fakeClip('hold'));
  const abort = new AbortController();
  const inHand = bench.run(fakeClip('echo'), abort.signal);
  await bench.started(1);
  const free = room(bench, 'handSlots');
  abort.abort();
  await expect(inHand).rejects.toMatchObject({ name: 'AbortError' });
  await free;
  bench.release(1);
  await running;
  await bench.run(fakeClip('echo'));
  expect(bench.startedClips).toBe(2);
});

test('gives a clip up at its deadline, whether it runs or waits, and keeps the worker', async () => {
  const bench = new WorkerBench();
  await bench.workers.ready();
  const [running] = bench.batch([fakeClip('wait')], { deadlineInMs: 300 });
  const [inHand] = bench.batch([fakeClip('wait')], { deadlineInMs: 200 });
  const idle = room(bench, 'idleSlots');
  expect(await Promise.allSettled([running, inHand])).toMatchObject([
    { reason: { code: 'deadline_exceeded' } },
    { reason: { code: 'deadline_exceeded' } },
  ]);
  await idle;
  expect((await bench.run(fakeClip('echo'))).workerId).toBe(1);
  expect(bench.startedClips).toBe(2);
});

test('runs what died with its worker again clip by clip, and what was in its hand as it was', async () => {
  const bench = new WorkerBench();
  await bench.workers.ready();
  const running = bench.batch([fakeClip('hold', { upToWorker: 1 }), fakeClip('exit', { upToWorker: 1 })]);
  const inHand = bench.batch([fakeClip('echo'), fakeClip('echo')]);
  for (const outcome of await Promise.all(running)) expect(outcome).toMatchObject({ batchSize: 1, attempt: 2, workerId: 2 });
  for (const outcome of await Promise.all(inHand)) expect(outcome).toMatchObject({ batchSize: 2, attempt: 2, workerId: 2 });
});

test('a clip that kills its workers takes no mate with it', async () => {
  const bench = new WorkerBench();
  await bench.workers.ready();
  const [first, killer, last] = bench.batch([fakeClip('hold', { upToWorker: 1 }), fakeClip('crash'), fakeClip('hold', { upToWorker: 1 })]);
  expect(await Promise.allSettled([first, killer, last])).toMatchObject([
    { value: { batchSize: 1 } },
    { reason: { code: 'decode_failed' } },
    { value: { batchSize: 1 } },
  ]);
  await bench.seen('ready', 3);
  expect((await bench.run(fakeClip('echo'))).workerId).toBe(3);
});

test('moves a batch out of a hand when another worker has nothing to do', async () => {
  const bench = new WorkerBench({ workers: 2 });
  await bench.seen('ready', 2);
  const first = bench.run(fakeClip('hold'));
  const second = bench.run(fakeClip('hold'));
  const hands = [bench.batch([fakeClip('echo'), fakeClip('echo')]), bench.batch([fakeClip('echo')])];
  expect(bench.workers.handSlots).toBe(0);
  await bench.started(2);
  bench.release(2);
  await second;
  const outcomes = await Promise.all(hands.flat());
  expect(outcomes.map(({ workerId, batchSize, attempt }) => ({ workerId, batchSize, attempt }))).toEqual([
    { workerId: 2, batchSize: 2, attempt: 1 },
    { workerId: 2, batchSize: 2, attempt: 1 },
    { workerId: 2, batchSize: 1, attempt: 1 },
  ]);
  bench.release(1);
  await first;
  expect(bench.startedClips).toBe(5);
});

test('chooses the hand that will be free first', async () => {
  const bench = new WorkerBench({ workers: 2, now: () => 0 });
  await bench.seen('ready', 2);
  // From this one it learns what a sample costs.
  await bench.run(fakeClip('echo'));
  const long = bench.run(fakeClip('hold', { lengthSamples: 100_000 }));
  const short = bench.run(fakeClip('hold', { lengthSamples: 1000 }));
  const sent = bench.children.map((child) => vi.spyOn(child, 'send'));
  const inHand = bench.run(fakeClip('echo'));
  expect(sent.map(({ mock }) => mock.calls.length)).toEqual([0, 1]);
  bench.release(1);
  bench.release(2);
  await Promise.all([long, short, inHand]);
});
