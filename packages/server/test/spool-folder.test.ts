import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createSpoolFolder, removeLeftovers } from '../src/api/upload/spool-folder.ts';

async function parentFolder(): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'outspoken-leftovers-'));
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
  return parent;
}

/** Makes a spool that looks as if another process had made it. */
async function spoolOf(parent: string, pid: number): Promise<string> {
  const own = await createSpoolFolder(parent);
  const name = basename(own).replace(`-${process.pid}-`, `-${pid}-`);
  await rename(own, join(parent, name));
  await writeFile(join(parent, name, 'upload-1'), 'speech');
  return name;
}

test('what a dead process left is removed; what a living one holds stays', async () => {
  const parent = await parentFolder();
  const { pid: deadPid } = spawnSync(process.execPath, ['--version']);
  await spoolOf(parent, deadPid);
  const living = await spoolOf(parent, process.ppid);
  const own = basename(await createSpoolFolder(parent));
  await removeLeftovers(parent);
  expect((await readdir(parent)).sort()).toEqual([living, own].sort());
});

test('what is no spool of this machine stays, and no link is followed', async () => {
  const parent = await parentFolder();
  const { pid: deadPid } = spawnSync(process.execPath, ['--version']);
  const name = await spoolOf(parent, deadPid);
  const elsewhere = await parentFolder();
  await writeFile(join(elsewhere, 'precious'), '');
  await rm(join(parent, name), { recursive: true });
  await symlink(elsewhere, join(parent, name));
  const others = ['outspoken-spool-0000dead-1-x', `${name.replace(/-\d+-/, '-x-')}`, 'unrelated'];
  for (const other of others) await mkdir(join(parent, other));
  await removeLeftovers(parent);
  expect((await readdir(parent)).sort()).toEqual([name, ...others].sort());
  expect(await readdir(elsewhere)).toEqual(['precious']);
});

test('a folder that is not there has no leftovers', async () => {
  await removeLeftovers('/nowhere/at/all');
});
