import { afterEach, expect, test, vi } from 'vitest';
import { browserPlatform } from '../src/capture-platform.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

test('finds nothing where there is no browser', () => {
  const platform = browserPlatform();
  expect(platform).toMatchObject({ baseUrl: undefined, isSecureContext: false, createAudioContext: undefined, createWorker: undefined });
  platform.onGesture(() => undefined)();
});

test('makes a context without a sample rate and a worker that is a module', () => {
  const made: unknown[][] = [];
  const recorder = class {
    constructor(...options: unknown[]) {
      made.push(options);
    }
  };
  vi.stubGlobal('AudioContext', recorder);
  vi.stubGlobal('Worker', recorder);
  const platform = browserPlatform();
  platform.createAudioContext?.();
  platform.createWorker?.(new URL('https://app.example/edge/speech.worker.js'));
  expect(made[0]).toEqual([{ latencyHint: 'interactive' }]);
  expect(made[1]![1]).toMatchObject({ type: 'module' });
});

test('listens to gestures and devices until told otherwise', () => {
  const document = new EventTarget();
  const mediaDevices = new EventTarget();
  vi.stubGlobal('document', document);
  vi.stubGlobal('navigator', { mediaDevices });
  const platform = browserPlatform();
  let count = 0;
  const stops = [platform.onGesture(() => count++), platform.onDeviceChange(() => count++)];
  document.dispatchEvent(new Event('keydown'));
  mediaDevices.dispatchEvent(new Event('devicechange'));
  for (const stop of stops) stop();
  document.dispatchEvent(new Event('keydown'));
  mediaDevices.dispatchEvent(new Event('devicechange'));
  expect(count).toBe(2);
});
