import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isHubFile, isModelName, type ModelFileNames, type ModelName, modelNames, readModelManifest } from '../src/manifest.ts';

// Holds the manifest to the types: a role that is missing on either side fails here or in the type check.
const ROLES: { readonly [Name in ModelName]: readonly ModelFileNames[Name][] } = {
  'moonshine-tiny': ['encoder', 'decoder', 'vocabulary'],
  'moonshine-base': ['encoder', 'decoder', 'vocabulary'],
  'silero-vad-v6': ['model'],
  'silero-vad-v5': ['model'],
};
const PERMISSIVE_LICENSES = ['MIT', 'Apache-2.0', 'BSD-3-Clause', 'ISC'];

test('the manifest lists exactly the models and roles that the types name', () => {
  const manifest = JSON.parse(readFileSync(new URL('../manifest.json', import.meta.url), 'utf8'));
  const roles = Object.fromEntries(Object.entries<{ files: object }>(manifest).map(([name, { files }]) => [name, Object.keys(files)]));
  expect(roles).toEqual(ROLES);
});

test.each(Object.keys(ROLES) as ModelName[])('the entry of %s is complete', (name) => {
  const entry = readModelManifest(name);
  for (const text of [entry.version, entry.family, entry.quantization, entry.description]) {
    expect(text).toMatch(/\S/);
  }
  expect(PERMISSIVE_LICENSES).toContain(entry.license);
  expect(entry.languages.length).toBeGreaterThan(0);
  expect(new URL(entry.source).protocol).toBe('https:');
  expect(existsSync(new URL(`../${entry.card}`, import.meta.url))).toBe(true);
  expect(Object.values(entry.parameters).every(Number.isFinite)).toBe(true);
  for (const file of Object.values(entry.files)) {
    expect(file.sha256).toMatch(/^[0-9a-f]{64}$/);
    if (isHubFile(file)) {
      // A branch moves; a commit does not.
      expect(file.url).toMatch(/^https:\/\/\S+\/resolve\/[0-9a-f]{40}\/\S+$/);
    } else {
      expect(file).toMatchObject({ carrier: expect.any(String), path: expect.any(String) });
    }
    expect(Number.isInteger(file.sizeBytes)).toBe(true);
  }
});

test('every carrier is a dependency of this package', () => {
  const { dependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const carriers = (Object.keys(ROLES) as ModelName[]).flatMap((name) =>
    Object.values(readModelManifest(name).files).flatMap((file) => (isHubFile(file) ? [] : [file.carrier])),
  );
  expect(new Set(Object.keys(dependencies))).toEqual(new Set(carriers));
});

test('names the models there are when asked for another', () => {
  expect(() => readModelManifest('toString' as ModelName)).toThrow(/no model "toString" in the manifest, it has moonshine-tiny/);
});

test('lists the models and knows a name from another', () => {
  expect(modelNames()).toEqual(Object.keys(ROLES));
  expect([isModelName('moonshine-base'), isModelName('toString'), isModelName('')]).toEqual([true, false, false]);
});
