import { DEFAULT_CLIP_POLICY } from '@outspoken/audio';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import type { CaptureEventMap } from '../src/capture-event.ts';
import type { SocketConstructor } from '../src/socket-transport.ts';
import { SpeechWorker } from '../src/speech-worker.ts';
import type { FromWorkerMessage, ToWorkerMessage, WorkerEventName } from '../src/worker-channel.ts';
import { FakeServer } from './support/fake-server.ts';
import { atRate, readDemoRecording } from './support/recordings.ts';
import { readVadModel, runtime } from './support/silero.ts';

const RATE_HZ = 48_000;
const BLOCK_FRAMES = 1024;
const { samples, prompts } = readDemoRecording();
const sound = atRate(samples.subarray(0, 320_000), RATE_HZ);
let model: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  model = await readVadModel();
});

const SETUP: ToWorkerMessage = {
  type: 'setup',
  setup: {
    serverUrl: 'https://app.example/speech/',
    assetBaseUrl: 'https://app.example/talk/edge/',
    policy: DEFAULT_CLIP_POLICY,
    wantsInterims: true,
    format: {},
    keywords: [],
    closeTimeoutMs: 500,
    sdk: { name: 'test', version: '0' },
  },
};

function create(options: { model?: () => Response } = {}) {
  const server = new FakeServer();
  const posted: FromWorkerMessage[] = [];
  const waiting = new Map<() => boolean, () => void>();
  let heardFrames = 0;
  let nowMs = 0;
  const worker = new SpeechWorker({
    runtime,
    Socket: server.Socket as SocketConstructor,
    // Fast enough that no level frame waits for company.
    now: () => {
      nowMs += 60;
      return nowMs;
    },
    fetch: async (input) => (String(input).endsWith('v1/sessions') ? server.grant() : (options.model?.() ?? new Response(model))),
    post: (message) => {
      posted.push(message);
      heardFrames += message.type === 'event' && message.name === 'level' ? message.detail.frames.length : 0;
      for (const [isMet, resolve] of waiting) {
        if (isMet()) {
          waiting.delete(isMet);
          resolve();
        }
      }
    },
  });
  const until = (isMet: () => boolean): Promise<void> =>
    isMet() ? Promise.resolve() : new Promise((resolve) => waiting.set(isMet, resolve));
  const events = <Name extends WorkerEventName>(name: Name): CaptureEventMap[Name][] =>
    posted.flatMap((each) => (each.type === 'event' && each.name === name ? [each.detail as CaptureEventMap[Name]] : []));
  const hears = (frames: number): Promise<void> => until(() => heardFrames >= frames);
  return { server, posted, worker, until, events, hears };
}

/** The worklet's end of the port. */
function attach(worker: SpeechWorker, attachId = 1): MessagePort {
  const { port1, port2 } = new MessageChannel();
  worker.handle({ type: 'attach', attachId, port: port2 as unknown as MessagePort, sampleRateHz: RATE_HZ });
  worker.handle({ type: 'running', isRunning: true });
  return port1 as unknown as MessagePort;
}

/** Posts sound like the worklet does, at most two seconds ahead of the detector, and waits until it has been heard. */
async function play(port: MessagePort, audio: Float32Array, hears: (frames: number) => Promise<void>): Promise<void> {
  for (let startFrame = 0; startFrame < audio.length; startFrame += BLOCK_FRAMES) {
    const { buffer, length: frameCount } = audio.slice(startFrame, startFrame + BLOCK_FRAMES);
    port.postMessage({ type: 'frames', buffer, channelCount: 1, frameCount, strideFrames: frameCount, startFrame }, [buffer]);
    await hears((startFrame / RATE_HZ) * 31.25 - 62);
  }
  await hears((audio.length / RATE_HZ) * 31.25 - 4);
}

test('hears through the port, streams clips to the server and passes transcripts on', async () => {
  const { worker, server, posted, until, events, hears } = create();
  worker.handle(SETUP);
  const port = attach(worker, 7);
  await play(port, sound, hears);
  port.postMessage({ type: 'end' });
  worker.handle({ type: 'detach', requestId: 3 });
  await until(() => posted.some((each) => each.type === 'done' && each.requestId === 3));
  await until(() => events('transcript').length === events('clip').length);

  expect(posted).toContainEqual({ type: 'flowing', attachId: 7 });
  const inside = prompts.filter(({ endMs }) => endMs < 20_000);
  expect(events('clip').length).toBeGreaterThanOrEqual(inside.length);
  expect(events('transcript').map(({ text }) => text)).toEqual(events('clip').map((_, index) => `clip ${index}`));
  expect(events('transcript')[0]).toMatchObject({ latencyMs: expect.any(Number), clipId: events('clip')[0]!.clipId });
  expect(events('transcript')[0]!.sinceSpeechMs).toBeGreaterThanOrEqual(DEFAULT_CLIP_POLICY.hangoverMs);
  // What the server got is what the events say, and nothing besides.
  const receivedSamples = server.frames.reduce((sum, { payload }) => sum + payload.byteLength / 2, 0);
  expect(receivedSamples).toBe(server.ofType('end').reduce((sum, { lengthSamples }) => sum + lengthSamples, 0));
  expect(server.ofType('start').map(({ startMs }) => startMs)).toEqual(events('clip').map(({ startMs }) => startMs));
  // What was seen of a clip at the pause that ended it is what is said of it at its end.
  const guesses = server.ofType('maybe_end').flatMap(({ clipId, lengthSamples, evidence }) => {
    const end = server.ofType('end').find((message) => message.clipId === clipId && message.lengthSamples === lengthSamples);
    return end ? [[evidence, end.evidence]] : [];
  });
  expect(guesses.length).toBeGreaterThan(0);
  for (const [guessed, said] of guesses) expect(guessed).toEqual(said);
  expect(server.ofType('report').at(-1)!.capturedMs).toBeCloseTo(20_000, -1);
  expect(posted.filter((each) => each.type === 'upload').at(-1)).toMatchObject({ status: { connection: 'open', isUploading: false } });
  worker.handle({ type: 'close', requestId: 4 });
  await until(() => posted.some((each) => each.type === 'done' && each.requestId === 4));
});

test('sends nothing over the network before it is given a graph', async () => {
  const { worker, server, posted, until } = create();
  worker.handle(SETUP);
  worker.handle({ type: 'reconnect' });
  worker.handle({ type: 'detach', requestId: 1 });
  await until(() => posted.some((each) => each.type === 'done'));
  expect(server.sockets).toEqual([]);
});

test('ends the clip and detaches even when the graph never posts its end', async () => {
  const { worker, posted, until, events, hears } = create();
  worker.handle(SETUP);
  await play(attach(worker), sound.subarray(0, 2 * RATE_HZ), hears);
  worker.handle({ type: 'detach', requestId: 1 });
  await until(() => posted.some((each) => each.type === 'done'));
  expect(events('clip')).toMatchObject([{ reason: 'stop' }]);
});

test('reads all that waits in the port before it detaches, however long that takes', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const { worker, posted, until, events } = create();
  const port = { onmessage: null as ((event: { data: unknown }) => void) | null, postMessage: () => undefined, close: () => undefined };
  worker.handle(SETUP);
  worker.handle({ type: 'attach', attachId: 1, port: port as unknown as MessagePort, sampleRateHz: RATE_HZ });
  worker.handle({ type: 'detach', requestId: 1 });
  while (vi.getTimerCount() === 0 || !port.onmessage) await new Promise((resolve) => setImmediate(resolve));
  for (let startFrame = 0; startFrame < 2 * RATE_HZ; startFrame += RATE_HZ / 4) {
    const { buffer } = sound.slice(startFrame, startFrame + RATE_HZ / 4);
    const frameCount = RATE_HZ / 4;
    port.onmessage?.({ data: { type: 'frames', buffer, channelCount: 1, frameCount, strideFrames: frameCount, startFrame } });
    await vi.advanceTimersByTimeAsync(40);
  }
  port.onmessage?.({ data: { type: 'end' } });
  await until(() => posted.some((each) => each.type === 'done'));
  expect(events('stats').at(-1)!.capturedMs).toBeCloseTo(2000, -1);
});

test('ends the clip when the browser suspends the context', async () => {
  const { worker, until, events, hears } = create();
  worker.handle(SETUP);
  await play(attach(worker), sound.subarray(0, 2 * RATE_HZ), hears);
  worker.handle({ type: 'running', isRunning: false });
  await until(() => events('clip').length > 0);
  expect(events('clip')[0]!.reason).toBe('stop');
  worker.handle({ type: 'detach', requestId: 1 });
});

test('keeps clips while the server refuses, says so once, and delivers them later', async () => {
  const { worker, server, posted, until, events, hears } = create();
  server.refusal = () => new Response('{"error":{"code":"overloaded","message":"no room","retryable":true}}', { status: 503 });
  worker.handle(SETUP);
  await play(attach(worker), sound.subarray(0, 6 * RATE_HZ), hears);
  expect(events('clip')).toHaveLength(1);
  worker.handle({ type: 'reconnect' });
  await until(() => posted.filter((each) => each.type === 'upload' && each.status.connection === 'waiting').length > 1);
  const errors = posted.filter((each) => each.type === 'error');
  expect(errors).toMatchObject([{ error: { code: 'server_refused', causeCode: 'overloaded' } }]);
  expect(posted.filter((each) => each.type === 'upload').at(-1)).toMatchObject({ status: { isUploading: true } });
  server.refusal = undefined;
  worker.handle({ type: 'reconnect' });
  await until(() => events('transcript').length > 0);
  expect(events('transcript')[0]!.text).toBe('clip 0');
  worker.handle({ type: 'detach', requestId: 1 });
});

test('sends nothing while muted, also when muted before it was set up', async () => {
  const { worker, server, posted, until } = create();
  worker.handle({ type: 'muted', isMuted: true });
  worker.handle(SETUP);
  const port = attach(worker);
  await play(port, sound.subarray(0, 6 * RATE_HZ), async () => undefined);
  port.postMessage({ type: 'end' });
  worker.handle({ type: 'detach', requestId: 1 });
  await until(() => posted.some((each) => each.type === 'done'));
  expect(server.frames).toEqual([]);
  expect(server.ofType('start')).toEqual([]);
});

test('posts why the set-up failed', async () => {
  const { worker, posted, until } = create({ model: () => new Response('no', { status: 500, headers: { 'content-type': 'text/plain' } }) });
  worker.handle(SETUP);
  await until(() => posted.length > 0);
  expect(posted).toMatchObject([{ type: 'failed', error: { code: 'asset_failed', message: expect.stringMatching(/500/) } }]);
});
