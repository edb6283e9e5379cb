import { expect, test } from 'vitest';
import { abortable, createDeferred } from '../src/deferred.ts';

test('is settled from outside', async () => {
  const first = createDeferred<number>();
  first.resolve(3);
  expect(await first.promise).toBe(3);
  const second = createDeferred();
  second.reject(new Error('no'));
  await expect(second.promise).rejects.toThrow('no');
});

test('gives way to an abort, before and after', async () => {
  const reason = new Error('stopped');
  await expect(abortable(Promise.reject(new Error('lost')), AbortSignal.abort(reason))).rejects.toBe(reason);
  const abort = new AbortController();
  const waiting = abortable(new Promise(() => undefined), abort.signal);
  abort.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  expect(await abortable(Promise.resolve('value'), new AbortController().signal)).toBe('value');
});
