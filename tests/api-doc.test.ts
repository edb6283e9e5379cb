import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PLAIN } from '@outspoken/evaluation';
import { SUPPORTED_MEDIA } from '@outspoken/media/formats';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchHeadless } from './support/chromium.ts';
import { fixturePath, speechFixtures } from './support/fixtures.ts';
import { findOrInstallPython } from './support/python.ts';
import { ServerProcess } from './support/server-process.ts';

const TESTS = dirname(fileURLToPath(import.meta.url));
const PAGE = readFileSync(join(TESTS, '../docs/api.md'), 'utf8');
const ADDRESS = /http:\/\/127\.0\.0\.1:8080\//g;
const SPOKEN = 'tt-weasels';

const run = promisify(execFile);
const spokenWords = PLAIN.words(speechFixtures().find(({ name }) => name === SPOKEN)!.text);

function examplesIn(language: string): string[] {
  return [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, code = '']) => code);
}

/** Whether the words that were spoken stand in what came out, one after the other. */
function containsSpeech(output: string): boolean {
  return ` ${PLAIN.words(output).join(' ')} `.includes(` ${spokenWords.join(' ')} `);
}

let server: ServerProcess;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'outspoken-api-'));
  copyFileSync(fixturePath(`speech/${SPOKEN}.wav`), join(folder, 'speech.wav'));
  symlinkSync(join(TESTS, 'node_modules'), join(folder, 'node_modules'), 'junction');
  server = await ServerProcess.start(['--log-level', 'warn']);
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** The example as its reader runs it, at the address of our server. */
function atOurServer(code: string): string {
  expect(code).toMatch(ADDRESS);
  return code.replaceAll(ADDRESS, server.url);
}

describe('the examples of docs/api.md', () => {
  test.each(examplesIn('sh'))('hears a file from a shell: %s', async (code) => {
    const { stdout } = await run('bash', ['-ec', atOurServer(code)], { cwd: folder });
    expect(containsSpeech(stdout), stdout).toBe(true);
  });

  test.each(examplesIn('mjs'))('hears a file from Node: %s', async (code) => {
    const path = join(folder, 'example.mjs');
    writeFileSync(path, atOurServer(code));
    const { stdout } = await run(process.execPath, [path], { cwd: folder });
    expect(containsSpeech(stdout), stdout).toBe(true);
  });

  test.each(examplesIn('python'))('hears a file from Python: %s', async (code) => {
    const { stdout } = await run(findOrInstallPython(), ['-c', atOurServer(code)], { cwd: folder });
    expect(containsSpeech(stdout), stdout).toBe(true);
  });

  describe('in a page', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchHeadless([]);
    });
    afterAll(() => browser?.close());

    test.each(examplesIn('html'))('hears a file that a person picks, from another origin that is allowed: %s', async (code) => {
      let html = '';
      const site = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(html));
      await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
      const address = site.address();
      const origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
      await using allowing = await ServerProcess.start(['--log-level', 'warn', '--allowed-origins', origin]);
      html = `<!doctype html>${code.replaceAll(ADDRESS, allowing.url)}`;
      try {
        const page = await browser.newPage();
        await page.goto(origin);
        await page.locator('input').setInputFiles(join(folder, 'speech.wav'));
        await page.waitForFunction(() => document.querySelector('output')?.textContent !== '');
        expect(containsSpeech((await page.locator('output').textContent()) ?? '')).toBe(true);
      } finally {
        site.close();
      }
    });
  });

  test('are there for a shell, Node, Python and a page', () => {
    expect(['sh', 'mjs', 'python', 'html'].map((language) => examplesIn(language).length > 0)).toEqual([true, true, true, true]);
  });
});

test('docs/api.md lists what can be decoded', () => {
  expect(PAGE).toContain(SUPPORTED_MEDIA);
});
