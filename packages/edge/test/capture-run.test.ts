import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { absent, createCapture, denied } from './support/capture.ts';
import { FakeBrowser, fakeStream } from './support/fake-browser.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('lets go of a microphone that is granted after stop', async () => {
  const { browser, capture, errors } = createCapture();
  const { stream, track } = fakeStream();
  let grant: (stream: MediaStream) => void = () => undefined;
  browser.getUserMedia = () =>
    new Promise((resolve) => {
      grant = resolve;
    });
  const starting = capture.start();
  starting.catch(() => undefined);
  await capture.stop();
  await expect(starting).rejects.toMatchObject({ code: 'aborted' });
  grant(stream);
  await vi.advanceTimersByTimeAsync(0);
  expect(track.readyState).toBe('ended');
  expect(browser.context.state).toBe('closed');
  expect(errors).toEqual([]);
});

test('names the file when the worklet or the worker does not load, and stops the microphone', async () => {
  const worklet = createCapture();
  worklet.browser.addModule = async () => Promise.reject(new DOMException('unable to load', 'AbortError'));
  await expect(worklet.capture.start()).rejects.toMatchObject({
    code: 'asset_failed',
    message: expect.stringContaining('talk/edge/capture.worklet.js answered 404 with text/plain'),
  });
  expect(worklet.browser.tracks[0]!.readyState).toBe('ended');

  const worker = createCapture();
  worker.browser.workerLoads = false;
  const starting = worker.capture.start();
  starting.catch(() => undefined);
  await vi.advanceTimersByTimeAsync(0);
  worker.browser.worker.dispatchEvent(new Event('error', { cancelable: true }));
  await expect(starting).rejects.toMatchObject({ code: 'asset_failed', message: expect.stringContaining('speech.worker.js answered 404') });
  expect(worker.browser.tracks[0]!.readyState).toBe('ended');
  worker.browser.workerLoads = true;
  await worker.capture.start();
  expect(worker.browser.workers).toHaveLength(2);
});

test('opens the microphone again when it was unplugged', async () => {
  const { browser, capture, states, errors } = createCapture();
  await capture.start();
  browser.tracks[0]!.unplug();
  await vi.advanceTimersByTimeAsync(10);
  expect(states).toEqual(['starting', 'listening', 'recovering', 'listening']);
  expect(errors).toEqual(['device_lost']);
  expect(browser.tracks).toHaveLength(2);
  expect(browser.worker.types().filter((type) => type === 'attach' || type === 'detach')).toEqual(['attach', 'detach', 'attach']);
});

test('waits for a device to come back, and tries at once when one does', async () => {
  const { browser, capture, states } = createCapture();
  await capture.start();
  const { getUserMedia } = browser;
  browser.getUserMedia = absent;
  browser.tracks[0]!.unplug();
  await vi.advanceTimersByTimeAsync(3000);
  expect(capture.state).toBe('recovering');
  browser.getUserMedia = getUserMedia;
  browser.plugIn();
  await vi.advanceTimersByTimeAsync(0);
  expect(states.at(-1)).toBe('listening');
});

test('gives up after a minute without a device, and can start again', async () => {
  const { browser, capture, states, errors } = createCapture();
  await capture.start();
  const { getUserMedia } = browser;
  browser.getUserMedia = absent;
  browser.tracks[0]!.unplug();
  await vi.advanceTimersByTimeAsync(70_000);
  expect(states.at(-1)).toBe('idle');
  expect(errors).toEqual(['device_lost', 'no_device']);
  browser.getUserMedia = getUserMedia;
  await capture.start();
  expect(capture.state).toBe('listening');
});

test('gives up at once when the permission was taken away', async () => {
  const { browser, capture, errors } = createCapture();
  await capture.start();
  browser.getUserMedia = denied;
  browser.tracks[0]!.unplug();
  await vi.advanceTimersByTimeAsync(0);
  expect(capture.state).toBe('idle');
  expect(errors).toEqual(['device_lost', 'permission_denied']);
});

test('builds the graph again when no frames come, also right after start', async () => {
  const { browser, capture, states, errors } = createCapture();
  browser.framesFlow = false;
  const starting = capture.start();
  await vi.advanceTimersByTimeAsync(0);
  browser.framesFlow = true;
  browser.worker.say({ type: 'stalled', attachId: browser.worker.attachId });
  await vi.advanceTimersByTimeAsync(10);
  await starting;
  const { attachId } = browser.worker;
  browser.worker.say({ type: 'stalled', attachId: attachId - 1 });
  expect(capture.state).toBe('listening');
  browser.worker.say({ type: 'stalled', attachId });
  await vi.advanceTimersByTimeAsync(10);
  expect(states).toEqual(['starting', 'recovering', 'listening', 'recovering', 'listening']);
  expect(errors).toEqual(['no_frames', 'no_frames']);
});

test('stops while it recovers', async () => {
  const { browser, capture, states } = createCapture();
  await capture.start();
  browser.getUserMedia = absent;
  browser.tracks[0]!.unplug();
  await vi.advanceTimersByTimeAsync(100);
  await capture.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(states.at(-1)).toBe('idle');
  expect(browser.deviceListeners.size).toBe(0);
});

test('waits for a gesture when the browser holds audio back', async () => {
  const browser = new FakeBrowser();
  browser.contextState = 'suspended';
  browser.mayRun = false;
  const { capture, states, errors } = createCapture(browser);
  const starting = capture.start();
  await vi.advanceTimersByTimeAsync(600);
  await starting;
  expect(states).toEqual(['starting', 'suspended']);
  expect(errors).toEqual(['context_suspended']);
  browser.mayRun = true;
  browser.gesture();
  await vi.advanceTimersByTimeAsync(0);
  expect(states.at(-1)).toBe('listening');
  expect(browser.gestures.size).toBe(0);
});

test('does not resume an interrupted context, but does when it comes back as suspended', async () => {
  const { browser, capture, states } = createCapture();
  await capture.start();
  browser.context.change('interrupted');
  await capture.resume();
  expect(browser.context.resumeCalls).toBe(0);
  expect(states.at(-1)).toBe('suspended');
  expect(browser.worker.received.at(-1)).toEqual({ type: 'running', isRunning: false });
  browser.context.change('suspended');
  await vi.advanceTimersByTimeAsync(0);
  expect(browser.context.resumeCalls).toBeGreaterThan(0);
  expect(states.at(-1)).toBe('listening');
});

test('listens to a stream that was given, and never stops it', async () => {
  const { browser, capture, errors } = createCapture(undefined, { mediaDevices: undefined });
  const { stream, track } = fakeStream();
  await capture.start({ source: { type: 'stream', stream } });
  await capture.stop();
  expect(track.readyState).toBe('live');
  await capture.start({ source: { type: 'stream', stream } });
  track.unplug();
  await vi.advanceTimersByTimeAsync(10);
  expect(capture.state).toBe('idle');
  expect(errors[0]).toBe('device_lost');
  expect(browser.tracks).toEqual([]);
});
