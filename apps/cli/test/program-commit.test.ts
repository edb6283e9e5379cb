import { expect, test } from 'vitest';
import { programCommit } from '../src/evaluation/program-commit.ts';
import { temporaryFolder } from './support/context.ts';

test('is a commit, or null where there is none', async () => {
  expect((await programCommit()) ?? '0'.repeat(40)).toMatch(/^[0-9a-f]{40}(-dirty)?$/);
  expect(await programCommit(temporaryFolder())).toBeNull();
});
