import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Commit of the program, with `-dirty` when its files were changed; null when it does not run from a clone. */
export async function programCommit(folder = dirname(fileURLToPath(import.meta.url))): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)('git', ['describe', '--always', '--dirty', '--abbrev=40', '--exclude=*'], { cwd: folder });
    return stdout.trim() || null;
  } catch {
    // No git, or no clone: the report says that it is not known.
    return null;
  }
}
