import { expect, test } from 'vitest';
import { Bench } from './support/scheduler-bench.ts';

test('tenants have their turns one after the other, however much one of them has sent', async () => {
  const bench = new Bench();
  bench.submit('running');
  for (let i = 0; i < 5; i += 1) bench.submit(`hog${i}`, { tenant: 'hog' });
  for (let i = 0; i < 2; i += 1) bench.submit(`small${i}`, { tenant: 'small' });
  await bench.finishAll();
  expect(bench.dispatcher.begun.slice(1)).toEqual(['hog0', 'small0', 'hog1', 'small1', 'hog2', 'hog3', 'hog4']);
});

test('a tenant with nothing in the queue is let in while another one has to wait', () => {
  const bench = new Bench(1, { maximumPredictedWaitMs: 1000 });
  bench.submit('running', { audioMs: 10_000, tenant: 'hog' });
  bench.submit('a', { audioMs: 10_000, tenant: 'hog' });
  // 500 ms run, at most 3 s of the other's audio (150 ms) have their turn first, the clip itself needs 150 ms.
  expect(bench.scheduler.admit(3000, 'final', 'hog')).toMatchObject({ admitted: false });
  expect(bench.scheduler.admit(3000, 'final', 'small')).toMatchObject({ admitted: true, predictedWaitMs: expect.closeTo(800, 6) });
  expect(bench.scheduler.predictedWaitMs(3000, 'small')).toBeCloseTo(800, 6);
});
