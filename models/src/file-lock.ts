import { open, readFile, rm } from 'node:fs/promises';

/**
 * Takes a lock between processes: a file that holds the id of the process; disposing of it gives it back. A lock whose process has died is
 * taken over.
 *
 * @returns Undefined when another process holds it.
 */
export async function tryLock(path: string): Promise<AsyncDisposable | undefined> {
  const lock = await create(path);
  if (lock) return lock;
  const holder = await lockHolder(path);
  if (isAlive(holder)) return undefined;
  await rm(path, { force: true });
  return create(path);
}

/** The id of the process that holds a lock; not a number while it is only just taking it, or when nobody does. */
export async function lockHolder(path: string): Promise<number> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text === '' ? Number.NaN : Number(text);
}

async function create(path: string): Promise<AsyncDisposable | undefined> {
  try {
    const handle = await open(path, 'wx');
    await handle.writeFile(String(process.pid));
    await handle.close();
    return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return undefined;
    throw error;
  }
}

/** Whether a process runs. An id that was never written belongs to one that is just about to write it. */
function isAlive(processId: number): boolean {
  if (!Number.isInteger(processId) || processId <= 0) return true;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // Not allowed to signal it: it is there, and somebody else's.
    return codeOf(error) === 'EPERM';
  }
}

/** The code of a system error. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
