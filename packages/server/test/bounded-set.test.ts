import { expect, test } from 'vitest';
import { BoundedSet } from '../src/session/bounded-set.ts';

test('remembers the last few', () => {
  const set = new BoundedSet(2);
  for (const id of ['a', 'b', 'a', 'c']) set.add(id);
  expect(['a', 'b', 'c'].map((id) => set.has(id))).toEqual([true, false, true]);
  set.delete('a');
  expect(set.has('a')).toBe(false);
});
