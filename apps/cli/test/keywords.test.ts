import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readKeywords } from '../src/input/keywords.ts';

const folder = await mkdtemp(join(tmpdir(), 'outspoken-keywords-'));
afterAll(() => rm(folder, { recursive: true }));

test('reads a list with commas', async () => {
  expect(await readKeywords('Thornton, Margaret Hale,', folder)).toEqual(['Thornton', 'Margaret Hale']);
});

test('reads a file with a phrase on each line', async () => {
  await writeFile(join(folder, 'names.txt'), 'Thornton\r\n\nMargaret Hale\nrigor mortis, emetic\n');
  expect(await readKeywords('names.txt', folder)).toEqual(['Thornton', 'Margaret Hale', 'rigor mortis', 'emetic']);
});

test('refuses more than there may be', async () => {
  await expect(readKeywords(new Array(1001).fill('x').join(), folder)).rejects.toMatchObject({ code: 'usage' });
  await expect(readKeywords('x'.repeat(101), folder)).rejects.toThrow('at most 1000 phrases of at most 100 characters');
});
