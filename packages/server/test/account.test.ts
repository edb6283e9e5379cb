import { expect, test } from 'vitest';
import { Account } from '../src/scheduling/account.ts';

test('keeps items in their order and the place of one that is renewed', () => {
  const account = new Account<{ audioMs: number }>(1000);
  expect([account.firstMs, account.audioMs, account.creditMs]).toEqual([0, 0, 1000]);
  account.put('a', { audioMs: 100 });
  account.put('b', { audioMs: 200 });
  account.put('a', { audioMs: 300 });
  expect([...account.items.keys()]).toEqual(['a', 'b']);
  expect([account.firstMs, account.audioMs]).toEqual([300, 500]);
});

test('has exactly no audio when it is empty', () => {
  const account = new Account<{ audioMs: number }>(1000);
  for (const [index, audioMs] of [0.1, 0.2, 0.3].entries()) account.put(`${index}`, { audioMs });
  for (const key of ['0', '1', '2', 'unknown']) account.delete(key);
  expect(account.audioMs).toBe(0);
});
