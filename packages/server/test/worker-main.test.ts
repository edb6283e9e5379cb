import type { Recognizer, Transcript } from '@outspoken/asr';
import { expect, test } from 'vitest';
import { serveRecognizer } from '../src/dispatch/worker-main.ts';
import { FakePort } from './support/fake-port.ts';

const TRANSCRIPT: Transcript = {
  text: 'hello',
  tokens: [],
  words: [],
  confidence: 1,
  noSpeechProbability: 0,
  guards: [],
  timings: { encoderMs: 1, decoderMs: 1 },
  audioMs: 100,
};

function recognizerThat(transcribe: Recognizer['transcribe']): Recognizer {
  const model = { id: 'fake', version: '1', family: 'fake', sampleRateHz: 16_000, minimumSamples: 1, maximumSamples: 480_000 };
  return { model, transcribe, close: async () => {}, [Symbol.asyncDispose]: async () => {} };
}

/** Lets every promise that can settle settle. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const job = (jobId: string) => ({ type: 'job', jobId, samples: new Float32Array(1600) });

test('tells its model once loaded, answers jobs with the time they took, and ends at close', async () => {
  const port = new FakePort();
  let nowMs = 0;
  const recognizer = recognizerThat(async () => {
    nowMs += 40;
    return [TRANSCRIPT];
  });
  const served = serveRecognizer(port, { load: async () => recognizer, now: () => nowMs });
  await settled();
  port.emit('message', job('a'));
  await settled();
  expect(port.sent).toEqual([
    { type: 'ready', model: recognizer.model },
    { type: 'heartbeat' },
    { type: 'result', jobId: 'a', transcript: TRANSCRIPT, busyMs: 40 },
  ]);
  port.emit('message', { type: 'close' });
  expect(await served).toBe('closed');
});

test('answers with the code of the recognizer, or model_failed', async () => {
  const port = new FakePort();
  const errors = [Object.assign(new Error('too short'), { code: 'clip_too_short' }), new Error('boom'), 'not even an error'];
  const recognizer = recognizerThat(async () => {
    throw errors.shift();
  });
  void serveRecognizer(port, { load: async () => recognizer });
  await settled();
  for (const id of ['a', 'b', 'c']) {
    port.emit('message', job(id));
    await settled();
  }
  expect(port.sent.filter(({ type }) => type === 'failed')).toEqual([
    { type: 'failed', jobId: 'a', code: 'clip_too_short', message: 'too short' },
    { type: 'failed', jobId: 'b', code: 'model_failed', message: 'boom' },
    { type: 'failed', jobId: 'c', code: 'model_failed', message: 'not even an error' },
  ]);
});

test('refuses a second job while one runs, and cancels only the one that is meant', async () => {
  const port = new FakePort();
  const recognizer = recognizerThat(
    (_, options) => new Promise((_resolve, reject) => options?.signal?.addEventListener('abort', () => reject(options.signal?.reason))),
  );
  void serveRecognizer(port, { load: async () => recognizer });
  await settled();
  port.emit('message', job('a'));
  port.emit('message', job('b'));
  port.emit('message', { type: 'cancel', jobId: 'b' });
  await settled();
  expect(port.sent.slice(1)).toEqual([{ type: 'heartbeat' }, expect.objectContaining({ type: 'failed', jobId: 'b' })]);
  port.emit('message', { type: 'cancel', jobId: 'a' });
  await settled();
  expect(port.sent.at(-1)).toEqual({ type: 'cancelled', jobId: 'a' });
});

test('gives up a model that is still loading when its parent is gone', async () => {
  const port = new FakePort();
  const served = serveRecognizer(port, { load: () => new Promise(() => {}) });
  port.emit('disconnect');
  expect(await served).toBe('disconnected');
});

test('tells why the model could not be loaded and waits to be ended', async () => {
  const port = new FakePort();
  const served = serveRecognizer(port, { load: () => Promise.reject(new Error('file is corrupt')) });
  await settled();
  expect(port.sent).toEqual([{ type: 'load_failed', message: 'file is corrupt' }]);
  port.emit('disconnect');
  expect(await served).toBe('load_failed');
});

test('passes over messages it does not know', async () => {
  const port = new FakePort();
  void serveRecognizer(port, { load: async () => recognizerThat(async () => [TRANSCRIPT]) });
  await settled();
  for (const message of [undefined, null, 7, 'text', {}, { type: 'dance' }]) {
    port.emit('message', message);
  }
  await settled();
  expect(port.sent).toHaveLength(1);
});
