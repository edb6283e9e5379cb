import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockDownload } from '../src/download-lock.ts';
import { lockHolder } from '../src/file-lock.ts';
import { temporaryFolder } from './local-hub.ts';

test('holds the lock until it is disposed of', async () => {
  const path = join(temporaryFolder(), 'model.lock');
  const lock = await lockDownload(path, 'model.onnx');
  expect(await lockHolder(path)).toBe(process.pid);
  await expect(lockDownload(path, 'model.onnx')).rejects.toMatchObject({ code: 'pull_in_progress', file: 'model.onnx' });
  await lock[Symbol.asyncDispose]();
  expect(existsSync(path)).toBe(false);
});

test('takes over the lock of a process that died', async () => {
  const path = join(temporaryFolder(), 'model.lock');
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(path, String(pid));
  await using _lock = await lockDownload(path, 'model.onnx');
  expect(await lockHolder(path)).toBe(process.pid);
});

test('leaves a lock alone that is just being written', async () => {
  const path = join(temporaryFolder(), 'model.lock');
  writeFileSync(path, '');
  await expect(lockDownload(path, 'model.onnx')).rejects.toMatchObject({
    code: 'pull_in_progress',
    message: expect.stringContaining('another process downloads model.onnx'),
  });
});

test('lets other failures rise', async () => {
  await expect(lockDownload(join(temporaryFolder(), 'no', 'folder', 'model.lock'), 'model.onnx')).rejects.toMatchObject({ code: 'ENOENT' });
});
