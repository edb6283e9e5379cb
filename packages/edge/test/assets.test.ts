import { expect, test } from 'vitest';
import { assetUrl, explainAssetFailure } from '../src/assets.ts';

const URL_BASE = new URL('https://app.example/talk/edge');

test('puts every asset under the base, with or without a closing slash', () => {
  expect(assetUrl(URL_BASE, 'worker').href).toBe('https://app.example/talk/edge/speech.worker.js');
  expect(assetUrl(new URL(`${URL_BASE}/`), 'vadModel').href).toBe('https://app.example/talk/edge/silero_vad_v6.onnx');
});

async function explain(answer: Response | Error): Promise<string> {
  const fetch = async (): Promise<Response> => (answer instanceof Error ? Promise.reject(answer) : answer);
  const error = await explainAssetFailure(assetUrl(URL_BASE, 'wasm'), fetch as typeof globalThis.fetch, new Error('cause'));
  expect(error.code).toBe('asset_failed');
  expect(error.message).toContain('https://app.example/talk/edge/ort-wasm-simd-threaded.wasm');
  return error.message;
}

test('names status and content type of a file that is missing', async () => {
  const headers = { 'content-type': 'text/plain' };
  expect(await explain(new Response('gone', { status: 404, headers }))).toMatch(/answered 404 with text\/plain$/);
});

test('hints at a page that is served in place of the file', async () => {
  const headers = { 'content-type': 'text/html; charset=utf-8' };
  expect(await explain(new Response('<!doctype html>', { headers }))).toMatch(/200 .*a page in place of the file/);
});

test('hints at the content security policy when the file is there, or cannot be fetched', async () => {
  expect(await explain(new Response('x', { headers: { 'content-type': 'text/javascript' } }))).toMatch(/script-src/);
  expect(await explain(new TypeError('failed to fetch'))).toMatch(/connect-src/);
});
