import { expect, test } from 'vitest';
import { codeOf } from '../src/system-error.ts';

test('reads the code of a system error only', () => {
  expect(codeOf(Object.assign(new Error('no'), { code: 'EACCES' }))).toBe('EACCES');
  expect([codeOf(new DOMException('no', 'AbortError')), codeOf(new Error('no')), codeOf('no')]).toEqual([undefined, undefined, undefined]);
});
