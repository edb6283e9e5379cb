import { expect, test } from 'vitest';
import { completion, SHELLS } from '../src/commands/completion.ts';
import { createProgram } from '../src/program.ts';
import { createContext } from './support/context.ts';

test.each(SHELLS)('writes a script for %s', async (shell) => {
  const context = createContext();
  expect(
    await completion(
      shell,
      createProgram(context, '0.0.0', () => {}),
      context,
    ),
  ).toBe(0);
  expect(context.stdout.text).toContain(`completion for ${shell}`);
  expect(context.stdout.text.endsWith('\n')).toBe(true);
});
