import { spawn, spawnSync } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { isRunning, ownIdentity, processIdOf } from '../src/process-identity.ts';

function startChild(): number {
  const child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  onTestFinished(() => void child.kill());
  return child.pid!;
}

test('we run, whoever had our id before does not', async () => {
  const own = await ownIdentity();
  expect(processIdOf(own)).toBe(process.pid);
  expect(await isRunning(own)).toBe(true);
  expect(await isRunning(`${process.pid}`)).toBe(false);
  expect(await isRunning(own.replace(/ [^ ]+/, ' another'))).toBe(false);
});

test('another process runs by its id where nothing else is known', async () => {
  expect(await isRunning(String(startChild()))).toBe(true);
  expect(await isRunning(`${startChild()} token`)).toBe(true);
  const { pid } = spawnSync(process.execPath, ['--version']);
  expect(await isRunning(`${pid} token 1`)).toBe(false);
});

test.runIf(process.platform === 'linux')('one that started at another time has only its id', async () => {
  expect(await isRunning(`${startChild()} token 1`)).toBe(false);
});

test.each(['', 'half', '-1', '0', '1.5', '\0\0'])('%j says nothing of a process', (text) => {
  expect(processIdOf(text)).toBeNaN();
});
