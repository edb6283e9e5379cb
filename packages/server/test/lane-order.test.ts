import { expect, test } from 'vitest';
import { LaneOrder } from '../src/scheduling/lane-order.ts';
import type { Lane } from '../src/scheduling/scheduled-job.ts';

function orderOf(items: Partial<Record<Lane, readonly string[]>>) {
  const order = new LaneOrder<{ readonly name: string; readonly audioMs: number }>();
  const put = (lane: Lane, name: string) => order.lanes[lane].put(name, { name, audioMs: 10 });
  for (const [lane, names] of Object.entries(items)) for (const name of names) put(lane as Lane, name);
  const takeAll = () => {
    const names: string[] = [];
    for (let item = order.take(); item; item = order.take()) names.push(item.name);
    return names;
  };
  return { order, put, takeAll };
}

test('finals first, then live guesses and files in turns', () => {
  const { takeAll } = orderOf({ file: ['f1', 'f2', 'f3'], speculative: ['s1'], interim: ['i1'], final: ['a', 'b'] });
  expect(takeAll()).toEqual(['a', 'b', 'i1', 'f1', 's1', 'f2', 'f3']);
});

test('a file that waits has its turn however many guesses keep coming', () => {
  const { order, put } = orderOf({ file: ['f1', 'f2'] });
  const taken: (string | undefined)[] = [];
  for (let i = 0; i < 5; i += 1) {
    put('interim', `i${i}`);
    taken.push(order.take()?.name);
  }
  expect(taken).toEqual(['i0', 'f1', 'i1', 'f2', 'i2']);
});

test('a final between them does not change whose turn it is', () => {
  const { order, put } = orderOf({ file: ['f1'], interim: ['i1', 'i2'] });
  expect(order.take()?.name).toBe('i1');
  put('final', 'a');
  expect([order.take()?.name, order.take()?.name]).toEqual(['a', 'f1']);
});

test('counts items and audio of all lanes', () => {
  const { order } = orderOf({ file: ['f1'], interim: ['i1'], speculative: ['s1'], final: ['a'] });
  expect([order.size, order.audioMs]).toEqual([4, 40]);
  order.take();
  expect([order.size, order.audioMs]).toEqual([3, 30]);
});
