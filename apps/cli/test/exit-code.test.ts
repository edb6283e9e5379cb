import { expect, test } from 'vitest';
import { EXIT_CODE, EXIT_CODE_HELP } from '../src/exit-code.ts';

test('the help lists every exit code', () => {
  const listed = [...EXIT_CODE_HELP.matchAll(/^ {2}(\d+)/gm)].map(([, code]) => Number(code));
  expect(listed).toEqual(Object.values(EXIT_CODE));
});
