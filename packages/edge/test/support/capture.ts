import type { CapturePlatform } from '../../src/capture-platform.ts';
import type { EdgeErrorCode } from '../../src/edge-error.ts';
import { SpeechCapture } from '../../src/speech-capture.ts';
import { FakeBrowser } from './fake-browser.ts';

/** A capture in a fake browser, with what it told. */
export function createCapture(browser = new FakeBrowser(), overrides: Partial<CapturePlatform> = {}) {
  const capture = new SpeechCapture({ serverUrl: '/speech', assetBaseUrl: './edge' }, browser.platform(overrides));
  const states: string[] = [];
  const errors: EdgeErrorCode[] = [];
  capture.addEventListener('state', ({ detail }) => {
    if (detail.state !== states.at(-1)) states.push(detail.state);
  });
  capture.addEventListener('error', ({ detail }) => errors.push(detail.code));
  return { browser, capture, states, errors };
}

/** The answer of a browser whose user said no. */
export const denied = async (): Promise<MediaStream> => Promise.reject(new DOMException('no', 'NotAllowedError'));

/** The answer of a browser without a microphone. */
export const absent = async (): Promise<MediaStream> => Promise.reject(new DOMException('none', 'NotFoundError'));
