import { expect, test } from 'vitest';

test('can be imported and set up where there is no browser, and says so only when it is started', async () => {
  expect(globalThis).not.toHaveProperty('document');
  const { SpeechCapture } = await import('../src/index.ts');
  await import('../src/worker.ts');
  const capture = new SpeechCapture({ serverUrl: 'https://app.example/', assetBaseUrl: 'https://app.example/edge/' });
  await expect(capture.start()).rejects.toMatchObject({ code: 'insecure_context' });
  await capture.close();
});
