import { fork, spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { watchExit } from '../src/dispatch/process-exit.ts';

function record() {
  const said: unknown[] = [];
  return {
    said,
    listener: {
      onExit: (exitCode: number | null, signal: string | null) => said.push(['exit', exitCode, signal]),
      onError: () => said.push('error'),
      onUnreachable: () => said.push('unreachable'),
    },
  };
}

test('tells how a process ended before it resolves', async () => {
  const { said, listener } = record();
  await watchExit(spawn(process.execPath, ['-e', 'process.exit(3)']), listener);
  expect(said).toEqual([['exit', 3, null]]);
});

test('a process that cannot be started is gone', async () => {
  const { said, listener } = record();
  await watchExit(fork('/nowhere.js', { execPath: '/no/such/program' }), listener);
  expect(said).toEqual(['error', ['exit', null, null]]);
});

test('a broken channel is told apart from the exit, which is told once', async () => {
  const { said, listener } = record();
  const child = Object.assign(new EventEmitter(), { pid: 1 });
  // The part of a process that is watched.
  const exited = watchExit(child as unknown as Parameters<typeof watchExit>[0], listener);
  child.emit('error', new Error('the channel is closed'));
  child.emit('exit', null, 'SIGKILL');
  child.emit('exit', null, 'SIGKILL');
  await exited;
  expect(said).toEqual(['error', 'unreachable', ['exit', null, 'SIGKILL']]);
});
