// One of several processes that race for locks; started by file-lock.test.ts. Holds what it gets until it is told to give it back.
import { tryLock } from '../src/file-lock.ts';

let held: AsyncDisposable | undefined;

process.on('message', async (path: string) => {
  if (path === '') await held?.[Symbol.asyncDispose]();
  else held = await tryLock(path);
  process.send?.(held !== undefined);
});
process.send?.('ready');
