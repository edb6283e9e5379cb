import { lockHolder, tryLock } from './file-lock.ts';
import { ModelError } from './model-error.ts';

/**
 * Takes the lock of one download; disposing of it gives it back. A lock whose process has died is taken over.
 *
 * @throws {@link ModelError} `pull_in_progress` with the id of the process that holds it.
 */
export async function lockDownload(path: string, file: string): Promise<AsyncDisposable> {
  const lock = await tryLock(path);
  if (lock) return lock;
  const holder = await lockHolder(path);
  const who = Number.isNaN(holder) ? 'another process' : `process ${holder}`;
  throw new ModelError('pull_in_progress', `${who} downloads ${file} already, wait for it, or delete ${path} if there is no such process`, {
    file,
  });
}
