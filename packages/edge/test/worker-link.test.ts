import { DEFAULT_CLIP_POLICY } from '@outspoken/audio';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CaptureMessage } from '../src/worker-channel.ts';
import { WorkerLink } from '../src/worker-link.ts';
import { FakeBrowser } from './support/fake-browser.ts';

const SETUP = {
  serverUrl: 'https://app.example/',
  assetBaseUrl: 'https://app.example/edge/',
  policy: DEFAULT_CLIP_POLICY,
  wantsInterims: false,
  format: {},
  keywords: [],
  closeTimeoutMs: 2000,
  sdk: { name: 'test', version: '0' },
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function create(change: (browser: FakeBrowser) => void = () => undefined) {
  const browser = new FakeBrowser();
  change(browser);
  const messages: CaptureMessage[] = [];
  const link = new WorkerLink(browser.platform(), SETUP, (message) => messages.push(message));
  return { browser, link, messages, worker: browser.worker };
}

test('keeps what is said until the file of the worker runs, and sends the set-up first', async () => {
  const { link, worker } = create();
  link.setMuted(true);
  link.reconnect();
  expect(worker.received).toEqual([]);
  await vi.advanceTimersByTimeAsync(0);
  expect(worker.types()).toEqual(['setup', 'muted', 'reconnect']);
});

test('waits for a detach, but not longer than a second', async () => {
  const { link, worker } = create();
  await vi.advanceTimersByTimeAsync(0);
  await link.detach();
  worker.postMessage = () => undefined;
  const second = link.detach();
  await vi.advanceTimersByTimeAsync(1000);
  await second;
});

test('gives the transcripts that are out their time at the end', async () => {
  const { link, worker } = create();
  await vi.advanceTimersByTimeAsync(0);
  worker.postMessage = () => undefined;
  const closing = link.close();
  await vi.advanceTimersByTimeAsync(2900);
  expect(worker.isTerminated).toBe(false);
  await vi.advanceTimersByTimeAsync(100);
  await closing;
  expect(worker.isTerminated).toBe(true);
});

test('tells a failure once, and answers at once after it', async () => {
  const { link, worker, messages } = create();
  await vi.advanceTimersByTimeAsync(0);
  const event = Object.assign(new Event('error', { cancelable: true }), { message: 'boom' });
  worker.dispatchEvent(event);
  worker.dispatchEvent(Object.assign(new Event('error', { cancelable: true }), { message: 'again' }));
  expect(event.defaultPrevented).toBe(true);
  expect(messages).toMatchObject([{ type: 'failed', error: { code: 'worker_failed', message: expect.stringMatching(/boom/) } }]);
  expect(link.hasFailed).toBe(true);
  await link.detach();
});

test('says that the file must lie on the origin of the page', () => {
  const browser = new FakeBrowser();
  const createWorker = (): Worker => {
    throw new DOMException('cannot be accessed from origin', 'SecurityError');
  };
  expect(() => new WorkerLink(browser.platform({ createWorker }), SETUP, () => undefined)).toThrow(/own origin/);
});
