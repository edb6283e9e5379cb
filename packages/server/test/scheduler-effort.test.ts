import { expect, test } from 'vitest';
import { Bench } from './support/scheduler-bench.ts';

const effortsOf = (bench: Bench) => bench.dispatcher.jobs.map(({ effort }) => effort);

test('spends what it is told on every clip but interims', () => {
  const bench = new Bench(4, { effort: 'best' });
  bench.submit('final');
  bench.submit('guess', { lane: 'speculative' });
  bench.submit('part', { lane: 'interim' });
  expect(effortsOf(bench)).toEqual(['best', 'best', 'fast']);
});

test('spends no more than it must unless it is told to', () => {
  const bench = new Bench(4);
  bench.submit('final');
  expect(effortsOf(bench)).toEqual(['fast']);
});

test('spends more by itself while a worker stays free, and less as soon as none does', () => {
  const bench = new Bench(2, { effort: 'auto' });
  bench.submit('first');
  bench.submit('second');
  expect(effortsOf(bench)).toEqual(['best', 'fast']);
});

test('spends nothing by itself on what comes out of a queue', async () => {
  const bench = new Bench(1, { effort: 'auto' });
  bench.submit('first');
  bench.submit('second');
  bench.submit('third');
  await bench.finishOne();
  await bench.finishOne();
  // The last one leaves nobody waiting behind it, and a single worker has no other to leave free.
  expect(effortsOf(bench)).toEqual(['best', 'fast', 'best']);
});

test('spends less on long clips, whose answer would be late', () => {
  const bench = new Bench(2, { effort: 'auto' });
  bench.submit('long', { audioMs: 15_000 });
  expect(effortsOf(bench)).toEqual(['fast']);
});
