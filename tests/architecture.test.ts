import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

/** The table of ARCHITECTURE.md: what each room of the house may import of ours, and of others. */
const ROOMS: Record<string, { ours: readonly string[]; others: readonly string[]; isPure: boolean }> = {
  'packages/audio': { ours: [], others: [], isPure: true },
  'packages/onnx': { ours: [], others: ['onnxruntime-common'], isPure: true },
  'packages/vad': { ours: ['audio', 'onnx'], others: [], isPure: true },
  'packages/protocol': { ours: [], others: [], isPure: true },
  'packages/asr': { ours: ['audio', 'onnx'], others: ['@bufbuild/protobuf'], isPure: true },
  'packages/client': { ours: ['protocol'], others: [], isPure: true },
  'packages/edge': { ours: ['audio', 'onnx', 'vad', 'client', 'protocol'], others: [], isPure: false },
  'packages/monitoring': { ours: [], others: ['prom-client'], isPure: false },
  'packages/media': { ours: ['audio'], others: ['mediabunny', 'opus-decoder', 'node-web-audio-api'], isPure: false },
  'packages/text': { ours: [], others: ['@2toad/profanity', 'n2words'], isPure: true },
  'packages/recording': { ours: ['vad', 'asr'], others: [], isPure: true },
  'packages/evaluation': { ours: ['audio'], others: [], isPure: true },
  'packages/server': {
    ours: ['protocol', 'audio', 'recording', 'text', 'monitoring', 'vad', 'media', 'asr'],
    others: ['fastify', '@fastify/websocket', '@fastify/static', '@fastify/multipart', '@fastify/swagger', '@fastify/swagger-ui'],
    isPure: false,
  },
  models: { ours: [], others: ['@moonshine-ai/moonshine-js', '@ricky0123/vad-web', 'llama-tokenizer-js'], isPure: false },
  'apps/server': {
    ours: ['asr', 'audio', 'media', 'models', 'monitoring', 'recording', 'server', 'text', 'vad'],
    others: ['onnxruntime-node', 'pino', 'tsx'],
    isPure: false,
  },
  'apps/cli': {
    ours: ['evaluation', 'media', 'models', 'recording', 'server', 'server-app', 'text'],
    others: ['cli-progress', 'commander', 'tinyglobby', 'tsx'],
    isPure: false,
  },
  'apps/web': { ours: ['edge'], others: ['onnxruntime-web'], isPure: false },
};

interface Import {
  readonly file: string;
  readonly specifier: string;
  readonly isTypeOnly: boolean;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => join(folder, name).split(sep).join('/'));
}

function importsOf(file: string): Import[] {
  const code = readFileSync(join(ROOT, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const pattern = /^\s*(?:import|export)\s(type\s)?[^;'"]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;
  return [...code.matchAll(pattern)].map((match) => ({
    file,
    specifier: match[2] ?? match[3] ?? match[4] ?? '',
    isTypeOnly: match[1] !== undefined,
  }));
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function importsOfRoom(room: string): Import[] {
  return sourceFiles(`${room}/src`).flatMap(importsOf);
}

/** What the table in ARCHITECTURE.md allows a room; undefined where it says more than names. */
function documentedImports(room: string): string[] | undefined {
  const row = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`| \`${room}\``));
  const cell = row?.split('|')[3]?.trim();
  return cell === 'packages' ? undefined : [...(cell ?? '?').matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
}

test('every package and app is a room of the table, in the document as here', () => {
  const folders = ['packages', 'apps'].flatMap((folder) => readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`));
  expect([...folders, 'models'].sort()).toEqual(Object.keys(ROOMS).sort());
  for (const [room, { ours }] of Object.entries(ROOMS)) {
    expect(documentedImports(room) ?? ours, room).toEqual(ours);
  }
});

describe.each(Object.entries(ROOMS))('%s', (room, rule) => {
  test('imports only what the house allows', () => {
    const allowed = new Set([...rule.ours.map((name) => `@outspoken/${name}`), ...rule.others]);
    const strangers = importsOfRoom(room)
      .filter(({ specifier }) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
      .filter(({ specifier }) => !allowed.has(packageOf(specifier)));
    expect(strangers).toEqual([]);
  });

  test('never reaches into a neighbour by a relative path', () => {
    const strays = importsOfRoom(room)
      .filter(({ specifier }) => specifier.startsWith('.'))
      .filter(({ file, specifier }) => relative(join(ROOT, room), join(ROOT, dirname(file), specifier)).startsWith('..'));
    expect(strays).toEqual([]);
  });

  test('declares exactly the packages of ours that it imports', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, room, 'package.json'), 'utf8')) as Record<
      string,
      Record<string, string> | undefined
    >;
    const declared = Object.keys(manifest['dependencies'] ?? {}).filter((name) => name.startsWith('@outspoken/'));
    const imported = new Set(importsOfRoom(room).map(({ specifier }) => packageOf(specifier)));
    expect(declared.filter((name) => !imported.has(name))).toEqual([]);
    expect(declared.filter((name) => !rule.ours.includes(name.slice('@outspoken/'.length)))).toEqual([]);
  });

  test('keeps platform and environment at the rim', () => {
    const imports = importsOfRoom(room);
    if (rule.isPure) {
      expect(imports.filter(({ specifier }) => specifier.startsWith('node:'))).toEqual([]);
    }
    if (room.startsWith('packages/')) {
      const concreteRuntimes = imports.filter(({ specifier }) => /^onnxruntime-(node|web)/.test(specifier));
      expect(concreteRuntimes).toEqual([]);
      const environmentReaders = sourceFiles(`${room}/src`).filter((file) =>
        /process\.(env|exit)/.test(readFileSync(join(ROOT, file), 'utf8')),
      );
      expect(environmentReaders).toEqual([]);
    }
  });
});

test('no floor of the server imports a floor above it', () => {
  const floors = ['api', 'session', 'scheduling', 'dispatch'];
  const climbing = importsOfRoom('packages/server').filter(({ file, specifier }) => {
    const here = floors.indexOf(file.split('/')[3] ?? '');
    const there = floors.indexOf(join(dirname(file), specifier).split(sep)[3] ?? '');
    return here >= 0 && there >= 0 && specifier.startsWith('.') && there < here;
  });
  expect(climbing).toEqual([]);
});

test('the server knows the recognizer, the detector and the decoders by their types only', () => {
  const injected = ['@outspoken/asr', '@outspoken/vad', '@outspoken/media'];
  expect(importsOfRoom('packages/server').filter(({ specifier, isTypeOnly }) => injected.includes(specifier) && !isTypeOnly)).toEqual([]);
});

test('the recording knows the recognizer and the detector by their types only', () => {
  const injected = ['@outspoken/asr', '@outspoken/vad'];
  expect(importsOfRoom('packages/recording').filter(({ specifier, isTypeOnly }) => injected.includes(specifier) && !isTypeOnly)).toEqual(
    [],
  );
});

test('prom-client lives in one file', () => {
  const files = new Set(
    importsOfRoom('packages/monitoring')
      .filter(({ specifier }) => specifier === 'prom-client')
      .map(({ file }) => file),
  );
  expect([...files]).toEqual(['packages/monitoring/src/exporter.ts']);
});

test('the worklet imports nothing', () => {
  expect(importsOf('packages/edge/src/capture.worklet.ts')).toEqual([]);
});

test('the installed ws is one that is safe from tiny fragments', () => {
  const requireHere = createRequire(import.meta.url);
  const { version } = JSON.parse(readFileSync(requireHere.resolve('ws/package.json'), 'utf8')) as { version: string };
  const [major = 0, minor = 0] = version.split('.').map(Number);
  expect(major > 8 || (major === 8 && minor >= 21)).toBe(true);
});
