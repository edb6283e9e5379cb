import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { hasCompiledCode, installedGraph } from './support/installed-package.ts';
import { isLicenseAllowed, statedLicense } from './support/license.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Licences that ask for no more than Apache-2.0 does: to keep a notice. */
const ALLOWED = [
  'MIT',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  '0BSD',
  'Unlicense',
  'CC0-1.0',
  'BlueOak-1.0.0',
  'Zlib',
  'BSL-1.0',
];

/** What one package may have beyond that, and why. The Mozilla licence covers files, not the works that use them. */
const EXCEPTIONS: Readonly<Record<string, { readonly license: string; readonly reason: string }>> = {
  mediabunny: { license: 'MPL-2.0', reason: 'used as it is published, its sources are public' },
  'node-web-audio-api': { license: 'MPL-2.0', reason: 'symphonia, its decoders, as published, its sources are public' },
  'onnxruntime-node': { license: 'MPL-2.0', reason: 'Eigen, its matrices, as published, its sources are public' },
  'onnxruntime-web': { license: 'MPL-2.0', reason: 'Eigen, its matrices, as published, its sources are public' },
};

/** Compiled code carries the licences of what it was made from, whatever `package.json` says. */
const COMPILED: Readonly<Record<string, string>> = {
  // web-audio-api, cpal and rubato; symphonia is MPL-2.0.
  'node-web-audio-api': 'BSD-3-Clause AND MIT AND Apache-2.0 AND MPL-2.0',
  // ONNX, protobuf, FlatBuffers, Abseil, mp11 and others; Eigen is MPL-2.0.
  'onnxruntime-node': 'MIT AND Apache-2.0 AND BSD-3-Clause AND BSD-2-Clause AND BSL-1.0 AND MPL-2.0',
  'onnxruntime-web': 'MIT AND Apache-2.0 AND BSD-3-Clause AND BSD-2-Clause AND BSL-1.0 AND MPL-2.0',
  // Their bundles hold the ONNX runtime's scripts, and transformers.js; only their weights are used.
  '@moonshine-ai/moonshine-js': 'MIT AND Apache-2.0',
  '@ricky0123/vad-web': 'ISC AND MIT',
  // libopus.
  'opus-decoder': 'MIT AND BSD-3-Clause',
  // puff, of zlib.
  '@wasm-audio-decoders/common': 'MIT AND Zlib',
  // es-module-lexer.
  tsx: 'MIT',
  // The Go runtime.
  esbuild: 'MIT AND BSD-3-Clause',
};

const removed = new Set(
  Object.entries((parse(readFileSync(join(ROOT, 'pnpm-workspace.yaml'), 'utf8')) as { overrides: Record<string, string> }).overrides)
    .filter(([, version]) => version === '-')
    .map(([edge]) => edge),
);
const shipped = [...['packages', 'apps'].flatMap((folder) => readdirSync(join(ROOT, folder)).map((name) => join(folder, name))), 'models'];
const { packages, missing } = installedGraph(
  shipped.map((folder) => join(ROOT, folder)),
  removed,
);

function isAllowedIn(name: string, expression: string | undefined): boolean {
  const exception = EXCEPTIONS[name]?.license;
  return expression !== undefined && isLicenseAllowed(expression, new Set(exception ? [...ALLOWED, exception] : ALLOWED));
}

describe('what is shipped', () => {
  test('is found on the disk, but for what the workspace takes away', () => {
    expect(missing).toEqual([]);
    expect(packages.filter(({ manifest }) => manifest.name.startsWith('@outspoken/'))).toHaveLength(shipped.length);
    expect(packages.length).toBeGreaterThan(shipped.length + 90);
    const names = packages.map(({ manifest }) => manifest.name);
    expect(names).toEqual(expect.arrayContaining(['fastify', 'onnxruntime-node', 'abstract-logging']));
    expect(names).not.toContain('vitest');
  });

  test('is under a licence that suits Apache-2.0', () => {
    const refused = packages.filter(({ manifest }) => !isAllowedIn(manifest.name, statedLicense(manifest)));
    expect(refused.map(({ manifest }) => `${manifest.name}@${manifest.version}: ${statedLicense(manifest)}`)).toEqual([]);
  });

  test('holds no compiled code of a licence that nobody has looked at, or that does not suit', () => {
    const compiled = packages.filter(({ manifest }) => !manifest.name.startsWith('@outspoken/')).filter(hasCompiledCode);
    expect(compiled.map(({ manifest }) => manifest.name).sort()).toEqual(Object.keys(COMPILED).sort());
    expect(Object.entries(COMPILED).filter(([name, expression]) => !isAllowedIn(name, expression))).toEqual([]);
  });

  test('needs every exception', () => {
    for (const [name, { license }] of Object.entries(EXCEPTIONS)) {
      const { manifest } = packages.find((each) => each.manifest.name === name) ?? {};
      expect([manifest && statedLicense(manifest), COMPILED[name]].join(), name).toContain(license);
    }
  });
});

describe('an expression', () => {
  const allowed = new Set(ALLOWED);

  test.each(['MIT', '(MIT)', 'MIT OR GPL-3.0', 'GPL-3.0-only OR ISC', 'MIT AND ISC', '(GPL-3.0 OR MIT) AND Apache-2.0'])(
    '%s is allowed',
    (expression) => expect(isLicenseAllowed(expression, allowed)).toBe(true),
  );

  test.each([
    'GPL-3.0',
    'MIT AND LGPL-3.0',
    'MIT OR ISC AND GPL-3.0 AND',
    'GPL-2.0 OR MIT AND LGPL-3.0',
    '(MIT OR ISC) AND GPL-3.0',
    'GPL-2.0 WITH Classpath-exception-2.0',
    'Apache-2.0 WITH Commons-Clause',
    'SEE LICENSE IN LICENSE.txt',
    'UNLICENSED',
    'MIT OR',
    'OR MIT',
    '(MIT',
    'MIT)',
    'MIT ISC',
    'MIT/X11',
    '',
  ])('%s is refused', (expression) => expect(isLicenseAllowed(expression, allowed)).toBe(false));

  test('allows an exception that is listed word by word', () => {
    const expression = 'GPL-2.0 WITH Classpath-exception-2.0';
    expect(isLicenseAllowed(`${expression} AND MIT`, new Set(['MIT', expression]))).toBe(true);
  });
});

test('a package states its licence in today’s form or in one of the old ones', () => {
  expect(statedLicense({ license: ' MIT ' })).toBe('MIT');
  expect(statedLicense({ license: { type: 'ISC', url: 'LICENSE' } })).toBe('ISC');
  expect(statedLicense({ licenses: [{ type: 'MIT' }, 'GPL-2.0'] })).toBe('(MIT) OR (GPL-2.0)');
  expect(statedLicense({ licenses: { type: 'MIT' } })).toBe('MIT');
  for (const silent of [{}, { license: '' }, { license: {} }, { licenses: [] }, { licenses: [{ type: 'MIT' }, {}] }]) {
    expect(statedLicense(silent)).toBeUndefined();
  }
  expect(isAllowedIn('any', statedLicense({}))).toBe(false);
});
