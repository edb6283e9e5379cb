import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { cachedFilePath, isHubFile, readModelManifest } from '@outspoken/models';
import { beforeEach, expect, test, vi } from 'vitest';
import { verifyModels } from '../src/commands/models-verify.ts';
import { createContext, temporaryFolder } from './support/context.ts';

beforeEach(() => {
  vi.stubEnv('OUTSPOKEN_CACHE', temporaryFolder());
  return () => vi.unstubAllEnvs();
});

/** Puts a damaged copy where a download would lie. */
function damage(role: string): string {
  const file = readModelManifest('moonshine-base').files[role]!;
  const path = isHubFile(file) ? cachedFilePath(file) : '';
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, 'damaged');
  return file.sha256;
}

test('finds what comes by npm as it is pinned, and does not mind what was never downloaded', async () => {
  const { stdout } = createContext();
  expect(await verifyModels([], {}, { stdout })).toBe(0);
  expect(stdout.lines).toContain('moonshine-tiny encoder: present');
  expect(stdout.text).toContain('moonshine-base encoder: absent\n  fetch it with: outspoken models pull moonshine-base\n');
});

test('minds it when the model was named', async () => {
  const { stdout } = createContext();
  expect(await verifyModels(['moonshine-base'], {}, { stdout })).toBe(1);
  expect(await verifyModels(['moonshine-tiny', 'silero-vad-v6'], {}, { stdout })).toBe(0);
});

test('says what a damaged file should be and what it is', async () => {
  const expected = damage('encoder');
  const { stdout } = createContext();
  expect(await verifyModels([], {}, { stdout })).toBe(1);
  expect(stdout.text).toContain(
    `moonshine-base encoder: changed\n  expected ${expected}\n  got      41f0c27c00e8018f7715b5f50f67b5b54c229c1b843a014152785d9005f58fde\n  fetch it again with: outspoken models pull moonshine-base\n`,
  );
});

test('says the same as JSON', async () => {
  const expected = damage('decoder');
  const { stdout } = createContext();
  expect(await verifyModels(['moonshine-base'], { json: true }, { stdout })).toBe(1);
  const [model] = JSON.parse(stdout.text) as { name: string; files: { role: string }[] }[];
  expect(model!.files.find(({ role }) => role === 'decoder')).toMatchObject({ state: 'changed', expected });
});
