import { expect, test } from 'vitest';
import { ConnectionSet } from '../src/api/connection-set.ts';
import type { StreamConnection } from '../src/api/stream-connection.ts';

function connection(set: ConnectionSet, hasSession: boolean) {
  const closes: number[] = [];
  const fake = { hasSession, close: (code: number) => closes.push(code) } as unknown as StreamConnection;
  set.add(fake);
  return { closes, gone: () => set.delete(fake) };
}

test('closing all waits until the last one is gone', async () => {
  const set = new ConnectionSet();
  const [first, second] = [connection(set, true), connection(set, true)];
  let isClosed = false;
  const closed = set.closeAll(1001, 'bye').then(() => {
    isClosed = true;
  });
  first.gone();
  await Promise.resolve();
  expect([first.closes, second.closes, isClosed, set.size]).toEqual([[1001], [1001], false, 1]);
  second.gone();
  await closed;
  await set.closeAll(1001, 'bye');
});

test('sockets without a session can be closed alone', () => {
  const set = new ConnectionSet();
  const [with_, without] = [connection(set, true), connection(set, false)];
  set.closeWithoutSession(1001, 'bye');
  expect([with_.closes, without.closes]).toEqual([[], [1001]]);
});
