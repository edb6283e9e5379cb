import { randomUUID } from 'node:crypto';
import { constants, copyFile, link, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { isRunning, ownIdentity, processIdOf } from './process-identity.ts';
import { codeOf } from './system-error.ts';

/** By then a lock with nothing to read is not being written any more: whoever began has died, or its disk was full. */
const UNREADABLE_AFTER_MS = 5000;

/**
 * Takes a lock between processes: a file that says which process holds it; disposing of it gives it back. A lock whose process has died is
 * taken over.
 *
 * @returns Undefined when another process holds it.
 */
export async function tryLock(path: string): Promise<AsyncDisposable | undefined> {
  const state = await stateOf(path);
  if (state === 'held') return undefined;
  if (state === 'free') return create(path);
  // One at a time, or two that saw the same stale lock remove each other's new one. Who dies in here has left a stale lock as well.
  await using takeover = await tryLock(`${path}.takeover`);
  if (!takeover) return undefined;
  const stateNow = await stateOf(path);
  if (stateNow === 'held') return undefined;
  if (stateNow === 'stale') await rm(path, { force: true });
  return create(path);
}

/** The id of the process that holds a lock; not a number while it is only just taking it, or when nobody does. */
export async function lockHolder(path: string): Promise<number> {
  return processIdOf((await readLock(path)) ?? '');
}

/** Gives the lock its name only when its content is written: a disk that is full keeps nothing of it. */
async function create(path: string): Promise<AsyncDisposable | undefined> {
  const content = await ownIdentity();
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, content);
    await link(temporary, path).catch((error: unknown) => {
      if (codeOf(error) === 'EEXIST') throw error;
      // Where there are no links, a copy: it is there before its content is, and is removed again when that fails.
      return copyFile(temporary, path, constants.COPYFILE_EXCL);
    });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return undefined;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  return {
    [Symbol.asyncDispose]: async () => {
      if ((await readLock(path)) === content) await rm(path, { force: true });
    },
  };
}

async function stateOf(path: string): Promise<'free' | 'held' | 'stale'> {
  const content = await readLock(path);
  if (content === undefined) return 'free';
  if (!Number.isNaN(processIdOf(content))) return (await isRunning(content)) ? 'held' : 'stale';
  const written = await stat(path).catch(() => undefined);
  return written && Date.now() - written.mtimeMs > UNREADABLE_AFTER_MS ? 'stale' : 'held';
}

async function readLock(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
