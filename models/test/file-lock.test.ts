import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { lockHolder, tryLock } from '../src/file-lock.ts';
import { temporaryFolder } from './local-hub.ts';

// The real file system, unless a test puts a fault into it.
vi.mock('node:fs/promises', { spy: true });
afterEach(() => {
  vi.mocked(fs.link).mockReset();
  vi.mocked(fs.writeFile).mockReset();
});

const EXEC_ARGV = ['--conditions=@outspoken/source', '--import', 'tsx'];

function lockPath(content?: string, { ageMs = 0 }: { ageMs?: number } = {}): string {
  const path = join(temporaryFolder(), 'some.lock');
  if (content !== undefined) {
    writeFileSync(path, content);
    const writtenAt = new Date(Date.now() - ageMs);
    utimesSync(path, writtenAt, writtenAt);
  }
  return path;
}

function fault(code: string): Error {
  return Object.assign(new Error(code), { code, syscall: 'write' });
}

function deadProcessId(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}

test('one holds it, the next gets nothing until it is given back', async () => {
  const path = lockPath();
  {
    await using lock = await tryLock(path);
    expect(lock).toBeDefined();
    expect(await tryLock(path)).toBeUndefined();
    expect(await lockHolder(path)).toBe(process.pid);
  }
  expect(await lockHolder(path)).toBeNaN();
  await using again = await tryLock(path);
  expect(again).toBeDefined();
  expect(readdirSync(join(path, '..'))).toEqual(['some.lock']);
});

test('a disk that is full leaves nothing behind', async () => {
  const path = lockPath();
  vi.mocked(fs.writeFile).mockImplementationOnce(async (file) => {
    writeFileSync(String(file), '');
    throw fault('ENOSPC');
  });
  await expect(tryLock(path)).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(readdirSync(join(path, '..'))).toEqual([]);
});

test('locks as well where the file system has no links', async () => {
  const path = lockPath();
  vi.mocked(fs.link).mockRejectedValue(fault('EPERM'));
  {
    await using lock = await tryLock(path);
    expect(lock).toBeDefined();
    expect(await tryLock(path)).toBeUndefined();
    expect(await lockHolder(path)).toBe(process.pid);
  }
  expect(readdirSync(join(path, '..'))).toEqual([]);
});

test.each(['', 'half of a', '\0\0\0\0'])(
  'takes over a lock that says nothing (%j) once nobody can be writing it any more',
  async (content) => {
    expect(await tryLock(lockPath(content, { ageMs: 1000 }))).toBeUndefined();
    await using lock = await tryLock(lockPath(content, { ageMs: 10_000 }));
    expect(lock).toBeDefined();
  },
);

test('takes over a lock with our own id that is not ours', async () => {
  const path = lockPath(`${process.pid} of-another-start 1`);
  await using lock = await tryLock(path);
  expect(lock).toBeDefined();
  expect(await tryLock(path)).toBeUndefined();
});

test('takes over the lock of a process that died, whoever wrote it', async () => {
  await using older = await tryLock(lockPath(String(deadProcessId())));
  await using newer = await tryLock(lockPath(`${deadProcessId()} token 1`));
  expect([older, newer]).not.toContain(undefined);
});

test.runIf(process.platform === 'linux')('takes over a lock whose id another process has by now', async () => {
  const child = await startRacer();
  const path = lockPath();
  expect(await ask(child, path)).toBe(true);
  expect(await tryLock(path)).toBeUndefined();
  const [id, token, startedAt] = readFileSync(path, 'utf8').split(' ');
  writeFileSync(path, `${id} ${token} ${Number(startedAt) - 1}`);
  await using lock = await tryLock(path);
  expect(lock).toBeDefined();
  // Whoever has lost its lock does not give back ours.
  await ask(child, '');
  expect(existsSync(path)).toBe(true);
});

test('several that take over the lock of a dead process at once: one gets it', async () => {
  const children = await Promise.all(Array.from({ length: 4 }, startRacer));
  const holders: number[] = [];
  for (let round = 0; round < 60; round += 1) {
    const path = lockPath(String(deadProcessId()));
    // Every other time one has died in the middle of taking over.
    if (round % 2 === 1) writeFileSync(`${path}.takeover`, `${deadProcessId()} token 1`);
    const answers = await Promise.all(children.map((child) => ask(child, path)));
    holders.push(answers.filter(Boolean).length);
    await Promise.all(children.map((child) => ask(child, '')));
    expect(readdirSync(join(path, '..'))).toEqual([]);
  }
  expect(holders).toEqual(holders.map(() => 1));
}, 60_000);

async function startRacer(): Promise<ChildProcess> {
  const child = fork(new URL('file-lock-process.ts', import.meta.url), { execArgv: EXEC_ARGV });
  onTestFinished(() => void child.kill());
  await once(child, 'message');
  return child;
}

/** Has a process try a lock, or give back the one that it holds. */
async function ask(child: ChildProcess, path: string): Promise<boolean> {
  const answer = once(child, 'message');
  child.send(path);
  return (await answer)[0] as boolean;
}
