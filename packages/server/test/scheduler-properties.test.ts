import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DispatchError } from '../src/dispatch/dispatcher.ts';
import type { Lane, ScheduledJob } from '../src/scheduling/scheduler.ts';
import { Bench, settled } from './support/scheduler-bench.ts';

const lane = fc.constantFrom<Lane>('final', 'interim', 'speculative', 'file');
const command = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('submit' as const),
      lane,
      key: fc.nat(5),
      tenant: fc.constantFrom('one', 'two', 'three'),
      audioMs: fc.integer({ min: 1, max: 30_000 }),
      deadlineMs: fc.option(fc.integer({ min: 0, max: 2000 }), { nil: undefined }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('finish' as const), index: fc.nat(3), busyMs: fc.integer({ min: 0, max: 3000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('fail' as const), index: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('cancel' as const), index: fc.nat(30) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('promote' as const), index: fc.nat(30) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('wait' as const), durationMs: fc.integer({ min: 0, max: 1500 }) }) },
);

const dispatching = fc.record({
  slots: fc.integer({ min: 1, max: 3 }),
  maximumBatch: fc.integer({ min: 1, max: 4 }),
  hasHands: fc.boolean(),
});

test('whatever happens, every clip settles exactly once, no slot is idle while one waits that may run, and no more run than there are slots', async () => {
  await fc.assert(
    fc.asyncProperty(dispatching, fc.array(command, { maxLength: 80 }), async ({ slots, ...abilities }, commands) => {
      const bench = new Bench(slots, { maximumQueuedAudioMs: 120_000, ...abilities });
      const jobs: ScheduledJob[] = [];
      const settlements: number[] = [];
      for (const step of commands) {
        if (step.type === 'submit') {
          const { lane, key, tenant, audioMs, deadlineMs } = step;
          const index = jobs.length;
          const job = bench.submit(`${tenant}/clip${key}`, { lane, tenant, audioMs, ...(deadlineMs === undefined ? {} : { deadlineMs }) });
          settlements.push(0);
          const count = () => {
            settlements[index] = (settlements[index] ?? 0) + 1;
          };
          job.promise.then(count, count);
          jobs.push(job);
        } else if (step.type === 'finish') {
          bench.dispatcher.running[step.index]?.finish(step.busyMs);
        } else if (step.type === 'fail') {
          bench.dispatcher.running[step.index]?.fail(new DispatchError('decode_failed', 'no'));
        } else if (step.type === 'wait') {
          bench.wait(step.durationMs);
        } else {
          jobs[step.index]?.[step.type]();
        }
        const { depth, predictedWaitMs, audioMs } = bench.scheduler.snapshot();
        const running = bench.dispatcher.batches.length - bench.dispatcher.endedBatches;
        const live = depth.final + depth.interim + depth.speculative;
        const waiting = depth.final + depth.interim + depth.speculative + depth.file;
        expect(bench.dispatcher.mostAtOnce).toBeLessThanOrEqual(slots);
        expect(live > 0 && bench.dispatcher.idleSlots > 0, 'a live clip waits while a slot is idle').toBe(false);
        // All slots but one are enough for files; with one slot they have it.
        expect(waiting > 0 && running < Math.max(1, slots - 1), 'a clip waits while a slot is idle that it may have').toBe(false);
        expect(depth.final > 0 && bench.dispatcher.handSlots > 0, 'a final waits while a hand is free').toBe(false);
        expect(predictedWaitMs).toBeGreaterThanOrEqual(0);
        expect(waiting === 0).toBe(audioMs === 0);
      }
      const closed = bench.scheduler.close();
      await bench.finishAll();
      await closed;
      await settled();
      expect(settlements).toEqual(jobs.map(() => 1));
      expect(bench.scheduler.predictedWaitMs()).toBe(0);
    }),
    { seed: 20_261_124, numRuns: 300 },
  );
});

test('finals begin before all else, live clips and files in turns, each lane in the order in which its clips came', async () => {
  const clips = fc.array(fc.record({ lane, audioMs: fc.integer({ min: 1, max: 500 }) }), { minLength: 1, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(clips, fc.integer({ min: 1, max: 3 }), async (list, slots) => {
      const bench = new Bench(slots);
      for (let i = 0; i < slots; i += 1) {
        bench.submit('running', { audioMs: 1 });
      }
      list.forEach(({ lane, audioMs }, index) => {
        bench.submit(`${lane}-${index}`, { lane, audioMs });
      });
      // So long that nobody speaks any more, to whom the files would leave a slot.
      bench.wait(10_000);
      await bench.finishAll();
      const of = (name: Lane) => list.flatMap((clip, index) => (clip.lane === name ? [`${name}-${index}`] : []));
      const live = [...of('interim'), ...of('speculative')];
      const files = of('file');
      const turns = Array.from({ length: Math.max(live.length, files.length) }, (_, index) => [live[index], files[index]]);
      const expected = [...of('final'), ...turns.flat().filter((name) => name !== undefined)];
      expect(bench.dispatcher.begun.slice(slots)).toEqual(expected);
    }),
    { seed: 20_261_124, numRuns: 100 },
  );
});
