import type { ClipResult, Recognizer, RecognizerClip, Transcript } from '@outspoken/asr';
import { expect, test } from 'vitest';
import { serveRecognizer } from '../src/dispatch/worker-main.ts';
import { FAKE_MODEL } from './support/fake-model.ts';
import { FakePort } from './support/fake-port.ts';

const TRANSCRIPT: Transcript = {
  text: 'hello',
  tokens: [],
  words: [],
  confidence: 1,
  meanLogProbability: 0,
  noSpeechProbability: 0,
  guards: [],
  timings: { encoderMs: 1, decoderMs: 1 },
  effort: 'fast' as const,
  audioMs: 100,
};

function recognizerThat(transcribeEach: Recognizer['transcribeEach']): Recognizer {
  return { model: FAKE_MODEL, transcribe: async () => [], transcribeEach, close: async () => {}, [Symbol.asyncDispose]: async () => {} };
}

/** Ends no clip but in the way and at the moment that the test says. */
class ManualRecognizer {
  readonly #calls: { readonly clips: readonly RecognizerClip[]; readonly onResult: Tell; readonly resolve: () => void; left: number }[] =
    [];

  readonly recognizer = recognizerThat(
    (clips, onResult) =>
      new Promise((resolve) => {
        this.#calls.push({ clips, onResult, resolve, left: clips.length });
        clips.forEach(({ signal }, index) => {
          signal?.addEventListener('abort', () => this.end(index, { type: 'error', error: signal.reason }));
        });
      }),
  );

  /** Lengths of the clips of each call so far. */
  get calls(): number[][] {
    return this.#calls.map(({ clips }) => clips.map(({ samples }) => samples.length));
  }

  /** Ends a clip of the last call. */
  end(index: number, result: ClipResult): void {
    const call = this.#calls.at(-1);
    if (!call) throw new Error('nothing runs');
    call.onResult(index, result);
    call.left -= 1;
    if (call.left === 0) call.resolve();
  }
}

type Tell = Parameters<Recognizer['transcribeEach']>[1];
const SUCCESS: ClipResult = { type: 'transcript', transcript: TRANSCRIPT };

/** Lets every promise that can settle settle. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const batch = (batchId: number, ...clips: readonly { readonly jobId: string; readonly length?: number }[]) => ({
  type: 'batch',
  batchId,
  clips: clips.map(({ jobId, length = 1600 }) => ({ jobId, samples: new Float32Array(length) })),
});

async function serve(recognizer: Recognizer, now?: () => number) {
  const port = new FakePort();
  const served = serveRecognizer(port, { load: async () => recognizer, ...(now ? { now } : {}) });
  await settled();
  return { port, served };
}

test('tells its model once loaded, answers each clip as it ends with its part of the time, and ends at close', async () => {
  let nowMs = 0;
  const manual = new ManualRecognizer();
  const { port, served } = await serve(manual.recognizer, () => nowMs);
  port.emit('message', batch(7, { jobId: 'long', length: 3000 }, { jobId: 'short', length: 1000 }));
  nowMs = 40;
  manual.end(1, SUCCESS);
  expect(port.sent).toEqual([
    { type: 'ready', model: FAKE_MODEL },
    { type: 'begun', batchId: 7 },
    { type: 'result', jobId: 'short', transcript: TRANSCRIPT, busyMs: 10, batchSize: 2 },
  ]);
  nowMs = 50;
  manual.end(0, SUCCESS);
  expect(port.sent.at(-1)).toEqual({ type: 'result', jobId: 'long', transcript: TRANSCRIPT, busyMs: 40, batchSize: 2 });
  port.emit('message', { type: 'close' });
  expect(await served).toBe('closed');
});

test('gives the recognizer each clip with what was seen of it', async () => {
  const given: RecognizerClip[] = [];
  const { port } = await serve(
    recognizerThat(async (clips) => {
      given.push(...clips);
    }),
  );
  const speech = { voicedMs: 96, peakProbability: 0.9, meanProbability: 0.7 };
  const samples = new Float32Array(1600);
  const clips = [
    { jobId: 'a', samples, speech },
    { jobId: 'b', samples },
  ];
  port.emit('message', { type: 'batch', batchId: 1, clips });
  await settled();
  const signal = expect.any(AbortSignal);
  expect(given).toStrictEqual([
    { samples, speech, signal },
    { samples, signal },
  ]);
});

test('begins with the next batch when all clips of the one before have ended', async () => {
  const manual = new ManualRecognizer();
  const { port } = await serve(manual.recognizer);
  port.emit('message', batch(1, { jobId: 'a', length: 10 }));
  port.emit('message', batch(2, { jobId: 'b', length: 20 }, { jobId: 'c', length: 21 }));
  port.emit('message', batch(3, { jobId: 'd', length: 30 }));
  await settled();
  expect(manual.calls).toEqual([[10]]);
  manual.end(0, SUCCESS);
  await settled();
  manual.end(0, SUCCESS);
  await settled();
  expect(manual.calls).toEqual([[10], [20, 21]]);
  manual.end(1, SUCCESS);
  await settled();
  expect(manual.calls).toEqual([[10], [20, 21], [30]]);
  expect(port.sent.flatMap((message) => ('batchId' in message ? [message.batchId] : []))).toEqual([1, 2, 3]);
});

test('answers with the code of the recognizer, or model_failed, and goes on with the mates', async () => {
  const manual = new ManualRecognizer();
  const { port } = await serve(manual.recognizer);
  port.emit('message', batch(1, { jobId: 'a' }, { jobId: 'b' }, { jobId: 'c' }, { jobId: 'd' }));
  const errors = [Object.assign(new Error('too short'), { code: 'clip_too_short' }), new Error('boom'), 'not even an error'];
  for (const [index, error] of errors.entries()) manual.end(index, { type: 'error', error });
  manual.end(3, SUCCESS);
  expect(port.sent.slice(2)).toEqual([
    { type: 'failed', jobId: 'a', code: 'clip_too_short', message: 'too short' },
    { type: 'failed', jobId: 'b', code: 'model_failed', message: 'boom' },
    { type: 'failed', jobId: 'c', code: 'model_failed', message: 'not even an error' },
    expect.objectContaining({ type: 'result', jobId: 'd' }),
  ]);
});

test('fails the clips that the recognizer passed over, whether it says why or not', async () => {
  const { port } = await serve(
    recognizerThat(async (clips, onResult) => {
      onResult(0, SUCCESS);
      onResult(0, SUCCESS);
      if (clips.length === 3) throw new Error('boom');
    }),
  );
  port.emit('message', batch(1, { jobId: 'a' }, { jobId: 'b' }));
  await settled();
  port.emit('message', batch(2, { jobId: 'c' }, { jobId: 'd' }, { jobId: 'e' }));
  await settled();
  expect(port.sent.flatMap((message) => ('jobId' in message ? [`${message.jobId} ${message.type}`] : []))).toEqual([
    'a result',
    'b failed',
    'c result',
    'd failed',
    'e failed',
  ]);
  expect(port.sent.at(-1)).toMatchObject({ code: 'model_failed', message: 'boom' });
});

test('cancels only the clip that is meant, and does not begin with one that was cancelled before', async () => {
  const manual = new ManualRecognizer();
  const { port } = await serve(manual.recognizer);
  port.emit('message', batch(1, { jobId: 'a' }, { jobId: 'b' }));
  port.emit('message', batch(2, { jobId: 'c', length: 10 }, { jobId: 'd', length: 11 }));
  port.emit('message', batch(3, { jobId: 'e' }));
  for (const jobId of ['a', 'c', 'e', 'unknown']) port.emit('message', { type: 'cancel', jobId });
  expect(port.sent.slice(2)).toEqual(['a', 'c', 'e'].map((jobId) => ({ type: 'cancelled', jobId })));
  manual.end(1, SUCCESS);
  await settled();
  expect(manual.calls).toEqual([[1600, 1600], [11]]);
  manual.end(0, SUCCESS);
  await settled();
  expect(manual.calls).toHaveLength(2);
});

test('gives a batch back that has not begun, and no other', async () => {
  const manual = new ManualRecognizer();
  const { port } = await serve(manual.recognizer);
  port.emit('message', batch(1, { jobId: 'a' }));
  port.emit('message', batch(2, { jobId: 'b' }));
  for (const batchId of [1, 2, 3]) port.emit('message', { type: 'withdraw', batchId });
  expect(port.sent.slice(2)).toEqual([{ type: 'withdrawn', batchId: 2 }]);
  manual.end(0, SUCCESS);
  await settled();
  expect(manual.calls).toHaveLength(1);
});

test('gives everything up when it is to end', async () => {
  const manual = new ManualRecognizer();
  const { port, served } = await serve(manual.recognizer);
  port.emit('message', batch(1, { jobId: 'a' }));
  port.emit('message', batch(2, { jobId: 'b' }));
  port.emit('message', { type: 'close' });
  await served;
  await settled();
  expect(manual.calls).toHaveLength(1);
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
  void serveRecognizer(port, { load: async () => recognizerThat(async () => {}) });
  await settled();
  for (const message of [undefined, null, 7, 'text', {}, { type: 'dance' }]) {
    port.emit('message', message);
  }
  await settled();
  expect(port.sent).toHaveLength(1);
});
