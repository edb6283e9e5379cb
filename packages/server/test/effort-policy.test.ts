import { expect, test } from 'vitest';
import { type EffortQuestion, effortOf } from '../src/scheduling/effort-policy.ts';

const QUESTION: EffortQuestion = { setting: 'auto', lane: 'final', fastMs: 50, isIdle: true };

test.each(['fast', 'balanced', 'best'] as const)('spends %s on everything but interims where it is told to', (setting) => {
  for (const lane of ['final', 'speculative', 'file'] as const) {
    expect(effortOf({ ...QUESTION, setting, lane, isIdle: false, fastMs: 1000 })).toBe(setting);
  }
  expect(effortOf({ ...QUESTION, setting, lane: 'interim' })).toBe('fast');
});

test('spends as much by itself as the time allows', () => {
  expect(effortOf({ ...QUESTION, fastMs: 50 })).toBe('best');
  expect(effortOf({ ...QUESTION, fastMs: 200 })).toBe('balanced');
  expect(effortOf({ ...QUESTION, fastMs: 300 })).toBe('fast');
});

test('spends nothing by itself while others wait, on interims, or on files', () => {
  expect(effortOf({ ...QUESTION, isIdle: false })).toBe('fast');
  expect(effortOf({ ...QUESTION, lane: 'interim' })).toBe('fast');
  expect(effortOf({ ...QUESTION, lane: 'file' })).toBe('fast');
});
