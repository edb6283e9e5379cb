import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PLAIN } from '@outspoken/evaluation';
import { validate } from 'dockerfile-utils';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { DEPLOY } from './support/deployment.ts';
import { DOCKERFILE, IMAGE_ENVIRONMENT, instructions, wordsOf } from './support/dockerfile.ts';
import { fixturePath } from './support/fixtures.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const BUILD_LIMIT_MS = 600_000;
const run = promisify(execFile);

test('passes the linter', () => {
  expect(validate(DOCKERFILE)).toEqual([]);
});

test('runs as nobody special, from pinned bases, with the package manager of the repository', () => {
  expect(instructions('FROM').every((base) => /^node:\d+-bookworm-slim/.test(base))).toBe(true);
  expect(instructions('USER')).toEqual(['node']);
  expect(wordsOf('ENTRYPOINT').slice(0, 3)).toEqual(['tini', '--', 'node']);
  const { packageManager } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { packageManager: string };
  expect(instructions('RUN', 0)[0]).toBe(`npm install --global ${packageManager}`);
});

test('sets only what the server can be told', async () => {
  const flags = ['--conditions=@outspoken/source', '--import', 'tsx', 'src/main.ts', '--help'];
  const { stdout } = await run(process.execPath, flags, { cwd: join(ROOT, 'apps/server') });
  const { services } = parse(readFileSync(join(DEPLOY, 'compose.yaml'), 'utf8'));
  const ours = [...Object.keys(IMAGE_ENVIRONMENT), ...Object.keys(services.server.environment)].filter((name) =>
    name.startsWith('OUTSPOKEN_'),
  );
  expect(ours.length).toBeGreaterThan(3);
  expect(ours.filter((name) => !stdout.includes(name))).toEqual([]);
});

/** Whether the build sees a path of the repository, after `.dockerignore`. */
function createContextFilter(): (path: string) => boolean {
  const patterns = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
  const names = patterns.filter((pattern) => pattern.startsWith('**/')).map((pattern) => pattern.slice(3));
  const paths = patterns.filter((pattern) => /^[^*#]/.test(pattern));
  return (path) =>
    !names.some((name) => (name.startsWith('*') ? path.endsWith(name.slice(1)) : basename(path) === name)) &&
    !paths.includes(relative(ROOT, path));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/** Does in a folder what the image's own instructions do, as far as that goes without Docker: no base image, no system packages, no user. */
async function build(folder: string): Promise<string> {
  const [context, tools, image] = ['context', 'tools', 'image'].map((name) => join(folder, name)) as [string, string, string];
  cpSync(ROOT, context, { recursive: true, filter: createContextFilter() });
  mkdirSync(tools);
  writeFileSync(join(tools, 'pnpm'), '#!/bin/sh\nexec npx -y pnpm@10 "$@"\n', { mode: 0o755 });
  const env = { ...process.env, PATH: `${tools}${delimiter}${process.env['PATH']}` };
  for (const command of instructions('RUN', 0).slice(1)) {
    await run('sh', ['-ec', command], { cwd: context, env, maxBuffer: 2 ** 26 });
  }
  mkdirSync(image);
  for (const line of instructions('COPY', 1)) {
    const [, source = ''] = /^--from=build \/app\/(\S+) \.\/\S*$/.exec(line) ?? [];
    renameSync(join(context, source), join(image, source));
  }
  return image;
}

test('its own steps build a server that is well, hears a file, and ends when it is told to', { timeout: BUILD_LIMIT_MS }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'outspoken-image-'));
  try {
    const image = await build(folder);
    mkdirSync(join(folder, 'spool'));
    const port = await freePort();
    const env = {
      PATH: process.env['PATH'],
      ...IMAGE_ENVIRONMENT,
      OUTSPOKEN_HOST: '127.0.0.1',
      OUTSPOKEN_PORT: String(port),
      OUTSPOKEN_SPOOL_FOLDER: join(folder, 'spool'),
    };
    const [, , , ...program] = wordsOf('ENTRYPOINT');
    const server = spawn(process.execPath, program, { cwd: image, env, stdio: ['ignore', 'pipe', 'inherit'] });
    const [, ...health] = wordsOf('HEALTHCHECK');
    const isWell = () =>
      run(process.execPath, health, { env }).then(
        () => true,
        () => false,
      );
    try {
      await once(createInterface({ input: server.stdout }), 'line');
      expect(await isWell()).toBe(true);
      const form = new FormData();
      form.append('file', new Blob([readFileSync(fixturePath('demo-recording.wav'))]), 'demo.wav');
      form.append('model', 'moonshine-tiny');
      const answer = await fetch(`http://127.0.0.1:${port}/v1/audio/transcriptions`, { method: 'POST', body: form });
      expect(PLAIN.words(((await answer.json()) as { text: string }).text)).toContain('weasels');
      expect((await fetch(`http://127.0.0.1:${port}/`)).headers.get('content-type')).toContain('text/html');
      server.kill('SIGTERM');
      expect(await once(server, 'exit')).toEqual([0, null]);
      expect(await isWell()).toBe(false);
    } finally {
      server.kill('SIGKILL');
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
