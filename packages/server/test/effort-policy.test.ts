import { expect, test } from 'vitest';
import { effortOf } from '../src/scheduling/effort-policy.ts';

test.each(['fast', 'balanced', 'best'] as const)('spends %s on everything but interims where it is told to', (setting) => {
  for (const lane of ['final', 'speculative', 'file'] as const) expect(effortOf(setting, lane)).toBe(setting);
  expect(effortOf(setting, 'interim')).toBe('fast');
});

test('spends no more than it must by itself on what somebody waits for', () => {
  for (const lane of ['final', 'speculative', 'interim', 'file'] as const) expect(effortOf('auto', lane)).toBe('fast');
});
