import { expect, test } from 'vitest';
import type { ApiContext } from '../src/api/api-context.ts';
import { checkCapacity } from '../src/api/capacity.ts';
import { Bench } from './support/scheduler-bench.ts';

function context(bench: Bench, options: { readonly isDraining?: boolean; readonly hasWorker?: boolean } = {}): ApiContext {
  const { isDraining = false, hasWorker = true } = options;
  // What the check looks at.
  return {
    registry: { isDraining },
    hasWorker: () => hasWorker,
    scheduler: bench.scheduler,
    sessionOptions: { typicalClipMs: 3000 },
  } as unknown as ApiContext;
}

/** One slot with a clip that runs, and clips of 10 s that wait. */
function busyBench(lane: 'final' | 'file', tenants: readonly string[]): Bench {
  const bench = new Bench(1, { maximumPredictedWaitMs: 1000, maximumFileWaitMs: 1000 });
  bench.submit('running', { lane, audioMs: 10_000, tenant: 'first' });
  tenants.forEach((tenant, index) => {
    bench.submit(`waiting${index}`, { lane, audioMs: 10_000, tenant });
  });
  return bench;
}

test.each(['final', 'file'] as const)('%s: one who has sent much does not keep out a newcomer, many do', (lane) => {
  expect(() => checkCapacity(context(busyBench(lane, ['hog', 'hog', 'hog'])), lane)).not.toThrow();
  const many = context(busyBench(lane, ['a', 'b', 'c']));
  expect(() => checkCapacity(many, lane)).toThrow(expect.objectContaining({ code: 'overloaded', retryAfterMs: expect.any(Number) }));
});

test('refuses while the server drains or has no worker', () => {
  expect(() => checkCapacity(context(new Bench(), { isDraining: true }), 'final')).toThrow(expect.objectContaining({ code: 'draining' }));
  expect(() => checkCapacity(context(new Bench(), { hasWorker: false }), 'final')).toThrow(expect.objectContaining({ code: 'overloaded' }));
});
