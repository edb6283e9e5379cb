import { expect, test } from 'vitest';
import { LaneOrder } from '../src/scheduling/lane-order.ts';
import type { Lane } from '../src/scheduling/scheduled-job.ts';

function orderOf(items: Partial<Record<Lane, readonly string[]>>) {
  const order = new LaneOrder<{ readonly name: string; readonly tenant: string; readonly audioMs: number }>();
  const put = (lane: Lane, name: string) => order.lanes[lane].put(name, { name, tenant: 'one', audioMs: 10 });
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

test('a file that may not begin is passed over and keeps its turn', () => {
  const { order } = orderOf({ file: ['f1'], interim: ['i1'], final: ['a'] });
  expect([order.take(false)?.name, order.take(false)?.name, order.take(false)?.name, order.take()?.name]).toEqual([
    'a',
    'i1',
    undefined,
    'f1',
  ]);
});

test('files leave one slot of several to live speech for ten seconds after its last job', () => {
  const { order } = orderOf({});
  const may = (nowMs: number, slots: number, runningFiles: number) => order.mayTakeFile({ nowMs, slots, runningFiles });
  expect(may(0, 2, 1)).toBe(true);
  order.noteLive(0);
  expect([may(9_999, 3, 1), may(9_999, 3, 2), may(9_999, 2, 0), may(9_999, 2, 1)]).toEqual([true, false, true, false]);
  expect([may(10_000, 3, 2), may(10_000, 2, 1)]).toEqual([true, true]);
});

test('with one slot, or none, files wait for nothing but their turn', () => {
  const { order } = orderOf({});
  order.noteLive(0);
  expect([order.mayTakeFile({ nowMs: 0, slots: 1, runningFiles: 0 }), order.mayTakeFile({ nowMs: 0, slots: 0, runningFiles: 1 })]).toEqual([
    true,
    true,
  ]);
});

test('counts items and audio of all lanes', () => {
  const { order } = orderOf({ file: ['f1'], interim: ['i1'], speculative: ['s1'], final: ['a'] });
  expect([order.size, order.audioMs, order.startable(true), order.startable(false)]).toEqual([4, 40, 4, 3]);
  order.take();
  expect([order.size, order.audioMs]).toEqual([3, 30]);
});

test('a hand gets finals, and files in their turn, never a live guess', () => {
  const { order } = orderOf({ file: ['f1', 'f2'], interim: ['i1'], final: ['a'] });
  expect(order.takeForHand()?.name).toBe('a');
  expect(order.takeForHand(), 'it is the turn of the interim').toBeUndefined();
  expect(order.take()?.name).toBe('i1');
  expect(order.takeForHand(false), 'no file may begin').toBeUndefined();
  expect([order.takeForHand()?.name, order.takeForHand()?.name, order.takeForHand()]).toEqual(['f1', 'f2', undefined]);
});

test('knows whether somebody speaks', () => {
  const { order } = orderOf({});
  expect(order.isLive(0)).toBe(false);
  order.noteLive(0);
  expect([order.isLive(9_999), order.isLive(10_000)]).toEqual([true, false]);
});
