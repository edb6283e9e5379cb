import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { findOrInstallSystemPart, type SystemPart } from './system-part.ts';

function downloadByPlaywright(): string | undefined {
  console.log('downloading Chromium (playwright-core install chromium)');
  const cli = join(dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')), 'cli.js');
  spawnSync(process.execPath, [cli, 'install', 'chromium'], { stdio: 'inherit' });
  const path = chromium.executablePath();
  return existsSync(path) ? path : undefined;
}

const CHROMIUM: SystemPart = {
  name: 'Chromium or Chrome',
  variable: 'OUTSPOKEN_CHROMIUM',
  commands: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'],
  paths: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
  ],
  aptPackage: 'chromium',
  download: downloadByPlaywright,
  hint: 'install Chromium or Google Chrome, or set OUTSPOKEN_CHROMIUM to its path',
};

/** The Chromium of this machine, installed first where there is none. */
export function findOrInstallChromium(): string {
  return findOrInstallSystemPart(CHROMIUM);
}

/** Starts headless Chromium that talks to nobody but the pages it opens. */
export function launchHeadless(flags: readonly string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: findOrInstallChromium(),
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...flags,
    ],
  });
}

/** Flags of a fake microphone that plays a WAV file once, each time it is opened; it beeps without one. */
export function fakeMicrophoneFlags(wavPath?: string): string[] {
  return ['--use-fake-device-for-media-stream', ...(wavPath ? [`--use-file-for-fake-audio-capture=${wavPath}%noloop`] : [])];
}

/**
 * Starts headless Chromium whose microphone needs no permission and plays a WAV file through the browser's real capture path.
 *
 * @param microphoneWav - Path of the recording; Chromium's own beeping device when absent.
 */
export function launchChromium(microphoneWav?: string): Promise<Browser> {
  return launchHeadless(['--use-fake-ui-for-media-stream', ...fakeMicrophoneFlags(microphoneWav)]);
}
