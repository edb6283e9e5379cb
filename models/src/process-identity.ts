import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { codeOf } from './system-error.ts';

/** What tells us from a process that had our id before: in a container each start may have the same one. */
const TOKEN = randomUUID();

/** Who we are, for a file: id, token and, where the system tells it, the time of the start. */
export async function ownIdentity(): Promise<string> {
  return [process.pid, TOKEN, await startOf(process.pid)].join(' ').trimEnd();
}

/** The id in an identity; not a number when there is none. */
export function processIdOf(identity: string): number {
  const processId = Number(identity.split(' ')[0]);
  return Number.isInteger(processId) && processId > 0 ? processId : Number.NaN;
}

/** Whether that very process runs, not only one with its id. Older programs wrote nothing but the id: then that has to do. */
export async function isRunning(identity: string): Promise<boolean> {
  const processId = processIdOf(identity);
  const [, token, startedAt] = identity.split(' ');
  if (processId === process.pid) return token === TOKEN;
  if (!isAlive(processId)) return false;
  const startedAtNow = await startOf(processId);
  return startedAt === undefined || startedAtNow === undefined || startedAt === startedAtNow;
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // Not allowed to signal it: it is there, and somebody else's.
    return codeOf(error) === 'EPERM';
  }
}

/** When a process started, in ticks, on Linux: field 22 of proc(5), counted behind the name, which may hold anything. */
async function startOf(processId: number): Promise<string | undefined> {
  const status = await readFile(`/proc/${processId}/stat`, 'utf8').catch(() => '');
  return status.slice(status.lastIndexOf(')') + 2).split(' ')[19];
}
