import { open, readFile, rm } from 'node:fs/promises';
import { ModelError } from './model-error.ts';

/**
 * Takes the lock of one download; disposing of it gives it back. A lock whose process has died is taken over.
 *
 * @throws {@link ModelError} `pull_in_progress` with the id of the process that holds it.
 */
export async function lockDownload(path: string, file: string): Promise<AsyncDisposable> {
  return (await tryLock(path)) ?? (await takeOver(path, file));
}

async function tryLock(path: string): Promise<AsyncDisposable | undefined> {
  try {
    const handle = await open(path, 'wx');
    await handle.writeFile(String(process.pid));
    await handle.close();
    return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
  } catch (error) {
    if (codeOf(error) === 'EEXIST') {
      return undefined;
    }
    throw error;
  }
}

async function takeOver(path: string, file: string): Promise<AsyncDisposable> {
  const holder = Number(await readFile(path, 'utf8').catch(() => ''));
  if (!isAlive(holder)) {
    await rm(path, { force: true });
    const lock = await tryLock(path);
    if (lock) {
      return lock;
    }
  }
  throw new ModelError(
    'pull_in_progress',
    `process ${holder} downloads ${file} already, wait for it, or delete ${path} if there is no such process`,
    { file },
  );
}

/** Whether a process runs. An id that was never written belongs to one that is just about to write it. */
function isAlive(processId: number): boolean {
  if (!Number.isInteger(processId) || processId <= 0) {
    return true;
  }
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
