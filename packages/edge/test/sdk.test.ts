import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SDK } from '../src/sdk.ts';

test('names the version of the package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  expect(SDK.version).toBe(version);
});
