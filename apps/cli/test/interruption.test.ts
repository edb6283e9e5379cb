import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { Interrupted, runInterruptibly } from '../src/interruption.ts';

function setUp(): { signals: EventEmitter; exits: number[]; options: Parameters<typeof runInterruptibly>[0] } {
  const signals = new EventEmitter();
  const exits: number[] = [];
  return { signals, exits, options: { signals, exitAtOnce: (code) => exits.push(code) } };
}

test('returns what the work returns, and listens to nothing afterwards', async () => {
  const { signals, options } = setUp();
  expect(await runInterruptibly(options, async () => 7)).toBe(7);
  expect(signals.eventNames()).toEqual([]);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('aborts the work at the first %s and ends at once at the second', async (name) => {
  const { signals, exits, options } = setUp();
  const running = runInterruptibly(
    options,
    (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  );
  signals.emit(name);
  expect(exits).toEqual([]);
  signals.emit(name);
  expect(exits).toEqual([130]);
  expect(await running).toBeUndefined();
  expect(signals.eventNames()).toEqual([]);
});

test('gives the work a reason that says what happened', async () => {
  const { signals, options } = setUp();
  let reason: unknown;
  await runInterruptibly(options, async (signal) => {
    signals.emit('SIGINT');
    reason = signal.reason;
  });
  expect(reason).toBeInstanceOf(Interrupted);
});

test('lets a failure rise that no signal caused', async () => {
  const { signals, options } = setUp();
  await expect(runInterruptibly(options, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(signals.eventNames()).toEqual([]);
});
