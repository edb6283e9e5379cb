import { expect, test, vi } from 'vitest';
import { handleSignals } from '../src/shutdown.ts';

function bench(close: () => Promise<void>, isTerminal = false) {
  const listeners = new Map<string, () => void>();
  const exits: number[] = [];
  const errors: unknown[] = [];
  handleSignals({
    signals: { on: (signal, listener) => listeners.set(signal, listener) },
    isTerminal,
    close,
    limitMs: 1000,
    exit: (code) => exits.push(code),
    onSignal: () => {},
    onError: (error) => errors.push(error),
  });
  return { exits, errors, send: (signal: 'SIGTERM' | 'SIGINT' | 'SIGHUP') => listeners.get(signal)?.() };
}

const never = () => new Promise<void>(() => {});
const settled = () => new Promise((resolve) => setImmediate(resolve));

test.each(['SIGTERM', 'SIGINT'] as const)('%s closes in good order and exits with 0', async (signal) => {
  let finish = () => {};
  const { exits, send } = bench(() => new Promise((resolve) => (finish = resolve)));
  send(signal);
  await settled();
  expect(exits).toEqual([]);
  finish();
  await settled();
  expect(exits).toEqual([0]);
});

test('a second signal exits at once with 1', async () => {
  const { exits, send } = bench(never);
  send('SIGTERM');
  send('SIGINT');
  expect(exits).toEqual([1]);
});

test('a terminal that goes away closes in good order, however often it says so', async () => {
  let finish = () => {};
  const { exits, send } = bench(() => new Promise((resolve) => (finish = resolve)), true);
  send('SIGHUP');
  send('SIGHUP');
  finish();
  await settled();
  expect(exits).toEqual([0]);
});

test('SIGHUP is left to others where there is no terminal', () => {
  const { exits, send } = bench(never);
  send('SIGHUP');
  send('SIGTERM');
  expect(exits).toEqual([]);
});

test('a close that fails is told and exits with 1', async () => {
  const { exits, errors, send } = bench(() => Promise.reject(new Error('no')));
  send('SIGTERM');
  await settled();
  expect(exits).toEqual([1]);
  expect(errors).toHaveLength(1);
});

test('a close that never ends is cut off', () => {
  vi.useFakeTimers();
  try {
    const { exits, send } = bench(never);
    send('SIGTERM');
    vi.advanceTimersByTime(1000);
    expect(exits).toEqual([1]);
  } finally {
    vi.useRealTimers();
  }
});
