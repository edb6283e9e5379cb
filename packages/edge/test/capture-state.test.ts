import { expect, test } from 'vitest';
import { type CaptureSignal, type CaptureState, nextCaptureState } from '../src/capture-state.ts';

const SIGNALS: CaptureSignal[] = ['start', 'flowing', 'suspended', 'lost', 'failed', 'stop', 'close'];
const STATES: CaptureState[] = ['idle', 'starting', 'listening', 'suspended', 'recovering', 'closed'];

test('walks from idle to listening and back', () => {
  const path: CaptureSignal[] = ['start', 'flowing', 'lost', 'flowing', 'suspended', 'flowing', 'stop'];
  const states: CaptureState[] = ['idle'];
  for (const signal of path) states.push(nextCaptureState(states.at(-1)!, signal));
  expect(states).toEqual(['idle', 'starting', 'listening', 'recovering', 'listening', 'suspended', 'listening', 'idle']);
});

test('comes back to idle from every failure, so that start works again', () => {
  for (const state of STATES.filter((each) => each !== 'closed' && each !== 'idle')) {
    expect(nextCaptureState(nextCaptureState(state, 'failed'), 'start')).toBe('starting');
  }
});

test('leaves closed never', () => {
  for (const signal of SIGNALS) {
    expect(nextCaptureState('closed', signal)).toBe('closed');
  }
});

test('ignores late signals of a run that has ended', () => {
  for (const signal of ['flowing', 'suspended', 'lost', 'failed', 'stop'] as const) {
    expect(nextCaptureState('idle', signal)).toBe('idle');
  }
});
