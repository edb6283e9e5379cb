import { join } from 'node:path';
import { expect, test } from 'vitest';
import { codeOf, lockHolder, tryLock } from '../src/file-lock.ts';
import { temporaryFolder } from './local-hub.ts';

test('one holds it, the next gets nothing until it is given back', async () => {
  const path = join(temporaryFolder(), 'some.lock');
  {
    await using lock = await tryLock(path);
    expect(lock).toBeDefined();
    expect(await tryLock(path)).toBeUndefined();
    expect(await lockHolder(path)).toBe(process.pid);
  }
  expect(await lockHolder(path)).toBeNaN();
  await using again = await tryLock(path);
  expect(again).toBeDefined();
});

test('reads the code of a system error only', () => {
  expect(codeOf(Object.assign(new Error('no'), { code: 'EACCES' }))).toBe('EACCES');
  expect([codeOf(new DOMException('no', 'AbortError')), codeOf(new Error('no')), codeOf('no')]).toEqual([undefined, undefined, undefined]);
});
