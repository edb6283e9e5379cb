import type { Browser } from 'playwright-core';
import { fakeMicrophoneFlags, launchHeadless } from './chromium.ts';

/** A name that leads to this machine and is no `localhost`, so that pages there are no secure context. */
export const INSECURE_HOST = 'speech.test';

/**
 * Starts headless Chromium whose questions for the microphone are the browser's own: they are answered as each page's permission says.
 *
 * @param device - A WAV file that the microphone plays once each time it is opened; `none` for the devices of the machine.
 */
export function launchDeviceChromium(device: { readonly microphoneWav: string } | 'none'): Promise<Browser> {
  return launchHeadless([
    `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`,
    ...(device === 'none' ? [] : fakeMicrophoneFlags(device.microphoneWav)),
  ]);
}

/** The process of the browser in which the devices live: what becomes of it is what a page sees of a driver that crashes or hangs. */
export async function audioProcessId(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const audio = processInfo.find(({ type }) => type === 'audio.mojom.AudioService');
  if (!audio) {
    throw new Error(`the browser has no audio process, only ${processInfo.map(({ type }) => type).join(', ')}`);
  }
  return audio.id;
}
