import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { startServer } from './support/test-server.ts';

async function webRoot(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'outspoken-web-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const files: Record<string, string | Uint8Array> = {
    'index.html': '<!doctype html><title>demo</title>',
    'assets/index-DiwrgTda.js': 'export {};',
    'assets/index-DiwrgTda.js.br': brotliCompressSync('export {};'),
    'edge/outspoken.js': 'export {};',
    'edge/ort.wasm': 'x',
    '.env': 'SECRET=1',
  };
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return root;
}

test('serves the page under a strict policy and lets nobody cache it', async () => {
  const { base } = await startServer({ webRoot: await webRoot(), basePath: '/speech' });
  const response = await fetch(`${base}/`);
  expect(await response.text()).toContain('demo');
  expect(response.headers.get('cache-control')).toBe('no-cache');
  const policy = response.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval';");
  expect(policy).toContain("connect-src 'self';");
  expect(policy).not.toContain("'unsafe-inline'");
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(response.headers.get('permissions-policy')).toBe('microphone=(self)');
  expect(response.headers.get('referrer-policy')).toBe('no-referrer');
  expect(response.headers.get('access-control-allow-origin')).toBeNull();
});

test('hashed files are cached for good and sent compressed if they were built so', async () => {
  const { base } = await startServer({ webRoot: await webRoot() });
  const response = await fetch(`${base}/assets/index-DiwrgTda.js`, { headers: { 'accept-encoding': 'br' } });
  expect(await response.text()).toBe('export {};');
  expect(response.headers.get('content-encoding')).toBe('br');
  expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(response.headers.get('content-type')).toContain('javascript');
});

test('the SDK is there for other pages, under a name that does not change', async () => {
  const { base } = await startServer({ webRoot: await webRoot() });
  const response = await fetch(`${base}/edge/outspoken.js`);
  expect(response.headers.get('cache-control')).toBe('no-cache');
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(response.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
  expect((await fetch(`${base}/edge/ort.wasm`)).headers.get('content-type')).toBe('application/wasm');
});

test.each(['/.env', '/%2e%2e/etc/passwd', '/..%2f..%2fetc/passwd', '/assets/', '/nothing.js'])('%s is not there', async (path) => {
  const { base } = await startServer({ webRoot: await webRoot() });
  const response = await fetch(`${base}${path}`);
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ error: { code: 'not_found' } });
});

test('the API stays reachable beside the page', async () => {
  const { base } = await startServer({ webRoot: await webRoot() });
  expect((await fetch(`${base}/healthz`)).status).toBe(200);
  expect((await fetch(`${base}/v1/sessions`, { method: 'POST' })).status).toBe(201);
});
