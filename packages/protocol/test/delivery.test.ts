import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ClipEvent, type ClipState, isInFlight, isTerminal, nextClipState, placeFrame } from '../src/index.ts';
import { SEED } from './arbitrary-message.ts';

const EVENTS = ['send', 'accepted', 'retry', 'retry_due', 'disconnected', 'final', 'rejected', 'cancel', 'expire', 'evict'] as const;

test('a clip travels from the outbox to its final', () => {
  const road: readonly ClipEvent[] = ['send', 'retry', 'retry_due', 'send', 'accepted', 'disconnected', 'send', 'accepted', 'final'];
  const states: (ClipState | undefined)[] = [];
  for (const event of road) states.push(nextClipState(states.at(-1) ?? 'CAPTURED', event));
  expect(states).toEqual(['SENT', 'BACKOFF', 'CAPTURED', 'SENT', 'ACCEPTED', 'CAPTURED', 'SENT', 'ACCEPTED', 'FINAL']);
});

test('any history reaches at most one terminal state and never leaves it', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...EVENTS), { maxLength: 40 }), (events) => {
      let state: ClipState = 'CAPTURED';
      let terminals = 0;
      for (const event of events) {
        const next = nextClipState(state, event);
        if (isTerminal(state)) expect(next).toBeUndefined();
        if (next === undefined) continue;
        if (isTerminal(next)) terminals++;
        state = next;
      }
      expect(terminals).toBeLessThanOrEqual(1);
    }),
    { seed: SEED, numRuns: 2000 },
  );
});

test('from any state that is not terminal every terminal event ends the clip', () => {
  for (const state of ['CAPTURED', 'SENT', 'ACCEPTED', 'BACKOFF'] as const) {
    for (const event of ['final', 'rejected', 'cancel', 'expire', 'evict'] as const) {
      const next = nextClipState(state, event);
      expect(next && isTerminal(next)).toBe(true);
    }
  }
});

test('clips the server works on count against the window', () => {
  const states = ['CAPTURED', 'SENT', 'ACCEPTED', 'BACKOFF', 'FINAL'] as const;
  expect(states.filter(isInFlight)).toEqual(['SENT', 'ACCEPTED']);
});

test('a frame is placed by its offset', () => {
  expect(placeFrame(0, { offsetSamples: 0, sampleCount: 10 })).toBe(0);
  expect(placeFrame(4, { offsetSamples: 0, sampleCount: 10 })).toBe(4);
  expect(placeFrame(10, { offsetSamples: 10, sampleCount: 10 })).toBe(0);
  expect(placeFrame(99, { offsetSamples: 0, sampleCount: 10 })).toBe(10);
  expect(placeFrame(9, { offsetSamples: 10, sampleCount: 10 })).toBe('gap');
});
