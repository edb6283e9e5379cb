import { expect, test } from 'vitest';
import { withoutConsole } from '../src/console-guard.ts';

test('what a call reports to the console is thrown, and the console is as before', () => {
  const { error } = console;
  let isReached = false;
  const call = (): void => {
    console.error('decoder', 7, new Error('failed'));
    isReached = true;
  };
  expect(() => withoutConsole(call)).toThrow('decoder 7 Error: failed');
  expect(isReached).toBe(false);
  expect(console.error).toBe(error);
});

test('an error and a result of the call itself go through', () => {
  const { error } = console;
  const broken = new RangeError('broken');
  expect(() =>
    withoutConsole(() => {
      throw broken;
    }),
  ).toThrow(broken);
  expect(withoutConsole(() => 42)).toBe(42);
  expect(console.error).toBe(error);
});
