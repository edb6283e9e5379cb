import { expect, test } from 'vitest';
import { CliError, codeOf } from '../src/cli-error.ts';

test('carries its code, its line and its cause', () => {
  const cause = new Error('why');
  expect(new CliError('usage', 'say it so', { cause })).toMatchObject({ name: 'CliError', code: 'usage', message: 'say it so', cause });
});

test('finds the code of errors of ours and of the system', () => {
  expect(codeOf(new CliError('usage', 'no'))).toBe('usage');
  expect(codeOf(Object.assign(new Error('no'), { code: 'EACCES' }))).toBe('EACCES');
  expect([codeOf(new DOMException('no', 'AbortError')), codeOf('no'), codeOf(undefined)]).toEqual([undefined, undefined, undefined]);
});
