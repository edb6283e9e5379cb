import { expect, test } from 'vitest';
import { VAD_MODEL_SHA256 } from '../src/assets.ts';
import { loadVad, testVad } from '../src/vad-asset.ts';
import { loadVadModel, readVadModel, runtime } from './support/silero.ts';

const BASE = new URL('https://app.example/edge/');

/** Answers by file name. */
function serve(answers: Record<string, () => Response | Promise<Response>>): typeof globalThis.fetch {
  return async (input) => {
    const name = String(input).split('/').at(-1)!;
    return answers[name]?.() ?? new Response('not found', { status: 404, headers: { 'content-type': 'text/plain' } });
  };
}

test('loads the shipped model and passes its self test', async () => {
  const bytes = await readVadModel();
  const model = await loadVad(runtime, BASE, serve({ 'silero_vad_v6.onnx': () => new Response(bytes) }));
  expect(await model.process(new Float32Array(512))).toBeLessThan(0.1);
  await model.close();
});

test('refuses any other bytes', async () => {
  const bytes = await readVadModel();
  bytes[1_000_000]! ^= 1;
  const loading = loadVad(runtime, BASE, serve({ 'silero_vad_v6.onnx': () => new Response(bytes) }));
  await expect(loading).rejects.toMatchObject({ code: 'model_failed', message: expect.stringContaining(VAD_MODEL_SHA256) });
});

test('names the file that is missing, or a page in its place', async () => {
  await expect(loadVad(runtime, BASE, serve({}))).rejects.toMatchObject({ code: 'asset_failed', message: expect.stringMatching(/404/) });
  const page = (): Response => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } });
  await expect(loadVad(runtime, BASE, serve({ 'silero_vad_v6.onnx': page }))).rejects.toMatchObject({
    code: 'asset_failed',
    message: expect.stringMatching(/a page in place of the file/),
  });
});

test('says that a file broke off, whatever it was that the network said', async () => {
  const cause = new TypeError('network error');
  const body = (): ReadableStream => new ReadableStream({ pull: (controller) => controller.error(cause) });
  const loading = loadVad(runtime, BASE, serve({ 'silero_vad_v6.onnx': () => new Response(body()) }));
  await expect(loading).rejects.toMatchObject({ code: 'asset_failed', message: expect.stringMatching(/silero_vad_v6\.onnx/), cause });
});

test('blames the .wasm file when the runtime cannot start and the file is a page', async () => {
  const bytes = await readVadModel();
  const broken = { ...runtime, InferenceSession: { create: () => Promise.reject(new Error('no available backend found')) } };
  const answers = {
    'silero_vad_v6.onnx': () => new Response(bytes),
    'ort-wasm-simd-threaded.wasm': () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }),
  };
  await expect(loadVad(broken as never, BASE, serve(answers))).rejects.toMatchObject({
    code: 'asset_failed',
    message: expect.stringMatching(/ort-wasm-simd-threaded\.wasm answered 200 with text\/html/),
  });
  const wasm = (): Response => new Response(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  await expect(loadVad(broken as never, BASE, serve({ ...answers, 'ort-wasm-simd-threaded.wasm': wasm }))).rejects.toMatchObject({
    code: 'model_failed',
    message: expect.stringMatching(/no available backend/),
  });
});

test('says what the content security policy lacks', async () => {
  const bytes = await readVadModel();
  const cause = new Error('no available backend found. ERR: [wasm] violates the following Content Security policy directive');
  const blocked = { ...runtime, InferenceSession: { create: () => Promise.reject(cause) } };
  const wasm = (): Response => new Response(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  const fetch = serve({ 'silero_vad_v6.onnx': () => new Response(bytes), 'ort-wasm-simd-threaded.wasm': wasm });
  await expect(loadVad(blocked as never, BASE, fetch)).rejects.toMatchObject({
    code: 'asset_failed',
    message: expect.stringMatching(/wasm-unsafe-eval/),
  });
});

test('finds out a model that has gone deaf, and one that hears speech in silence', async () => {
  const model = await loadVadModel();
  await expect(testVad(model)).resolves.toBeUndefined();
  // What a missing context does to Silero v6: no error, and no speech ever again.
  const deaf = { ...model, frameSamples: 512 as const, sampleRateHz: 16_000 as const, process: async () => 0, reset: () => undefined };
  await expect(testVad(deaf)).rejects.toMatchObject({
    code: 'model_failed',
    message: expect.stringMatching(/0\.00 for a synthetic voice/),
  });
  await expect(testVad({ ...deaf, process: async () => 1 })).rejects.toMatchObject({ code: 'model_failed' });
  await model.close();
});
