import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Browser, chromium, type LaunchOptions } from 'playwright-core';
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

/**
 * Starts headless Chromium whose microphone plays a WAV file once, through the browser's real capture path.
 *
 * @param microphoneWav - Path of the recording; Chromium's own beeping device when absent.
 */
export function launchChromium(microphoneWav?: string, options: LaunchOptions = {}): Promise<Browser> {
  return chromium.launch({
    executablePath: findOrInstallChromium(),
    headless: true,
    ...options,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      ...(microphoneWav ? [`--use-file-for-fake-audio-capture=${microphoneWav}%noloop`] : []),
      ...(options.args ?? []),
    ],
  });
}
