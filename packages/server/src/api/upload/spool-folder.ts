import { createHash } from 'node:crypto';
import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/**
 * Names begin with the machine, so that a folder shared by machines is not swept by the wrong one: a process id means nothing
 * elsewhere. Containers have machine names of their own.
 */
function namePrefix(): string {
  return `outspoken-spool-${createHash('sha256').update(hostname()).digest('hex').slice(0, 8)}-`;
}

/** Makes a folder that only this user can look into. */
export function createSpoolFolder(parent: string): Promise<string> {
  return mkdtemp(join(parent, `${namePrefix()}${process.pid}-`));
}

/** Removes what processes of this user and machine left behind that died without closing their spool. */
export async function removeLeftovers(parent: string): Promise<void> {
  const prefix = namePrefix();
  let names: string[];
  try {
    names = await readdir(parent);
  } catch {
    // Nothing there to sweep. Whether it can be used is found out by the first upload.
    return;
  }
  for (const name of names) {
    const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : Number.NaN;
    if (Number.isNaN(pid)) continue;
    const path = join(parent, name);
    if (await isLeftover(path, pid)) await rm(path, { recursive: true, force: true });
  }
}

async function isLeftover(path: string, pid: number): Promise<boolean> {
  const info = await lstat(path).catch(() => undefined);
  if (info === undefined || !info.isDirectory() || info.uid !== (process.getuid?.() ?? info.uid)) return false;
  // A container that starts again has the same process ids as before.
  if (pid === process.pid) return info.birthtimeMs < Date.now() - process.uptime() * 1000;
  return !isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process may not be signalled, but it is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
