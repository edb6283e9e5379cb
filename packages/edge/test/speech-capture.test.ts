import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CaptureEventMap, CaptureEventName } from '../src/capture-event.ts';
import { createCapture, denied } from './support/capture.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('opens nothing before start, and everything with it', async () => {
  const { browser, capture, states } = createCapture();
  expect([browser.contexts, browser.workers, browser.tracks]).toEqual([[], [], []]);
  expect(capture.status).toEqual({ state: 'idle', isMuted: false, isUploading: false, connection: 'idle' });
  await capture.start();
  expect(states).toEqual(['starting', 'listening']);
  expect(browser.workerUrls).toEqual(['https://app.example/talk/edge/speech.worker.js']);
  expect(browser.worker.types()).toEqual(['setup', 'muted', 'attach', 'running']);
  expect(browser.worker.received.find(({ type }) => type === 'setup')).toMatchObject({
    setup: { serverUrl: 'https://app.example/speech/', assetBaseUrl: 'https://app.example/talk/edge/', wantsInterims: true },
  });
  expect(capture.trackSettings).toEqual({ echoCancellation: true });
});

test('makes the audio context inside the gesture, and start twice is start once', async () => {
  const { browser, capture } = createCapture();
  const starting = capture.start();
  expect(browser.contexts).toHaveLength(1);
  expect(capture.start()).toBe(starting);
  await starting;
  await capture.start();
  expect(browser.contexts).toHaveLength(1);
});

test('stops its tracks before stop returns, and takes the graph down when the worker has flushed', async () => {
  const { browser, capture, states } = createCapture();
  await capture.start();
  const stopping = capture.stop();
  expect(browser.tracks[0]!.readyState).toBe('ended');
  expect(capture.state).toBe('idle');
  await stopping;
  expect(browser.worker.types().at(-1)).toBe('detach');
  expect(browser.nodes[0]!.posted).toContainEqual({ type: 'end' });
  expect(browser.context.state).toBe('closed');
  await capture.start();
  expect(states).toEqual(['starting', 'listening', 'idle', 'starting', 'listening']);
  expect(browser.workers).toHaveLength(1);
});

test('can be stopped by a listener of the state that start tells, without a microphone, and starts again', async () => {
  const { browser, capture, states } = createCapture();
  capture.addEventListener('state', () => void capture.stop(), { once: true });
  await expect(capture.start()).rejects.toMatchObject({ code: 'aborted' });
  expect([browser.contexts, browser.tracks]).toEqual([[], []]);
  await capture.start();
  expect(states).toEqual(['starting', 'idle', 'starting', 'listening']);
});

test('start in a listener of the state that start tells is the same start', async () => {
  const { browser, capture } = createCapture();
  const inner: Promise<void>[] = [];
  capture.addEventListener('state', () => inner.push(capture.start()), { once: true });
  const outer = capture.start();
  expect(inner).toEqual([outer]);
  await outer;
  expect(browser.contexts).toHaveLength(1);
});

test('reports a refusal, is idle, and can start again', async () => {
  const { browser, capture, states, errors } = createCapture();
  const { getUserMedia } = browser;
  browser.getUserMedia = denied;
  await expect(capture.start()).rejects.toMatchObject({ code: 'permission_denied', isRecoverable: true });
  expect(errors).toEqual(['permission_denied']);
  expect(browser.context.state).toBe('closed');
  browser.getUserMedia = getUserMedia;
  await capture.start();
  expect(states).toEqual(['starting', 'idle', 'starting', 'listening']);
});

test('says what the browser lacks', async () => {
  await expect(createCapture(undefined, { isSecureContext: false }).capture.start()).rejects.toMatchObject({ code: 'insecure_context' });
  await expect(createCapture(undefined, { createAudioContext: undefined }).capture.start()).rejects.toMatchObject({ code: 'unsupported' });
  await expect(createCapture(undefined, { createWorker: undefined }).capture.start()).rejects.toMatchObject({ code: 'unsupported' });
});

test('reports a detector that does not pass its check', async () => {
  const { browser, capture, errors } = createCapture();
  const error = { code: 'model_failed', message: 'deaf', advice: '', isRecoverable: true } as const;
  browser.setupError = error;
  await expect(capture.start()).rejects.toMatchObject({ code: 'model_failed' });
  expect(errors).toEqual(['model_failed']);
  expect(browser.worker.isTerminated).toBe(true);
});

test('mutes and unmutes without touching the microphone, and remembers it over a start', async () => {
  const { browser, capture } = createCapture();
  capture.mute();
  await capture.start();
  expect(browser.worker.received).toContainEqual({ type: 'muted', isMuted: true });
  expect(capture.status).toMatchObject({ state: 'listening', isMuted: true });
  capture.unmute();
  expect(browser.worker.received.at(-1)).toEqual({ type: 'muted', isMuted: false });
  expect(browser.tracks[0]!.readyState).toBe('live');
});

test('passes events on, typed, and keeps the latest stats', async () => {
  const { browser, capture } = createCapture();
  await capture.start();
  const seen: CaptureEventMap[CaptureEventName][] = [];
  capture.addEventListener('level', ({ detail }) => seen.push(detail));
  capture.addEventListener('stats', ({ detail }) => seen.push(detail));
  const level = { frames: [{ timeMs: 32, levelDbfs: -40, probability: 0.1, isSpeech: false }] };
  const stats = { ...capture.stats, capturedMs: 2000 };
  browser.worker.say({ type: 'event', name: 'level', detail: level });
  browser.worker.say({ type: 'event', name: 'stats', detail: stats });
  expect(seen).toEqual([level, stats]);
  expect(capture.stats.capturedMs).toBe(2000);
});

test('shows the upload as part of one status that changes by identity', async () => {
  const { browser, capture } = createCapture();
  await capture.start();
  const before = capture.status;
  browser.worker.say({ type: 'upload', status: { connection: 'waiting', retryInMs: 900, isUploading: true } });
  expect(capture.status).toEqual({ state: 'listening', isMuted: false, connection: 'waiting', retryInMs: 900, isUploading: true });
  const after = capture.status;
  browser.worker.say({ type: 'upload', status: { connection: 'waiting', retryInMs: 900, isUploading: true } });
  expect(capture.status).toBe(after);
  expect(after).not.toBe(before);
});

test('stays listening while the server is away', async () => {
  const { browser, capture, errors } = createCapture();
  await capture.start();
  const error = { code: 'server_away', message: 'closed with 1006', advice: '', isRecoverable: true } as const;
  browser.worker.say({ type: 'error', error });
  expect(errors).toEqual(['server_away']);
  expect(capture.state).toBe('listening');
});

test('is idle after its worker died, and starts a new one', async () => {
  const { browser, capture, errors } = createCapture();
  await capture.start();
  browser.worker.dispatchEvent(Object.assign(new Event('error', { cancelable: true }), { message: 'boom' }));
  await vi.advanceTimersByTimeAsync(0);
  expect(capture.state).toBe('idle');
  expect(errors).toEqual(['worker_failed']);
  expect(browser.tracks[0]!.readyState).toBe('ended');
  await capture.start();
  expect(browser.workers).toHaveLength(2);
  expect(capture.state).toBe('listening');
});

test('closes once: stops, lets the worker finish, and is closed for good', async () => {
  const { browser, capture, states } = createCapture();
  await capture.start();
  const closing = capture.close();
  expect(browser.tracks[0]!.readyState).toBe('ended');
  expect(capture.close()).toBe(closing);
  await closing;
  expect(browser.worker.types().slice(-2)).toEqual(['detach', 'close']);
  expect(browser.worker.isTerminated).toBe(true);
  expect(states.slice(-2)).toEqual(['idle', 'closed']);
  expect(capture.status.connection).toBe('closed');
  await expect(capture.start()).rejects.toMatchObject({ code: 'closed' });
});

test('closes without ever having started', async () => {
  const { browser, capture } = createCapture();
  await capture.close();
  expect(capture.state).toBe('closed');
  expect(browser.workers).toEqual([]);
});
