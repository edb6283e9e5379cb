import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildWeb, DemoPage } from './support/demo-page.ts';
import { launchDeviceChromium } from './support/device-chromium.ts';
import { ServerProcess } from './support/server-process.ts';
import { writeMicrophoneWav } from './support/spoken-prompts.ts';

let server: ServerProcess;
let browser: Browser;

beforeAll(async () => {
  buildWeb();
  server = await ServerProcess.start(['--base-path', '/speech', '--log-level', 'error']);
  browser = await launchDeviceChromium({ microphoneWav: writeMicrophoneWav() });
});

afterAll(async () => {
  await browser?.close();
  await server?.end('SIGKILL');
});

const openDemo = (options: BrowserContextOptions = {}): Promise<DemoPage> =>
  DemoPage.open(browser, server.url, { permissions: ['microphone'], ...options });

describe.concurrent('the demo', () => {
  const focused = (demo: DemoPage): Promise<string | undefined> =>
    demo.page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset['testid'] ?? document.activeElement?.className);

  test('is used with the keyboard alone, and the focus stays where the person put it', async () => {
    const demo = await openDemo();
    const { keyboard } = demo.page;
    const listen = demo.page.getByTestId('listen-button');
    const mute = demo.page.getByTestId('mute-button');
    try {
      const stops: (string | undefined)[] = [];
      for (let stop = 0; stop < 5; stop += 1) {
        await keyboard.press('Tab');
        stops.push(await focused(demo));
      }
      expect(stops).toEqual(['skip', 'theme-button', 'listen-button', 'recording-button', 'figures-button']);
      await listen.focus();
      await keyboard.press('Enter');
      await demo.waitForState('listening');
      expect(await focused(demo)).toBe('listen-button');
      expect(await listen.textContent()).toContain('Stop listening');
      await demo.waitForFinals(1);
      // Clips are decoded side by side: the first answer need not be that of the first clip.
      // Both are read in one task of the page: another answer may arrive between two.
      const { said, announced } = await demo.page.evaluate(() => ({
        said: [...document.querySelectorAll<HTMLElement>('[data-testid="transcript-item"][data-state="final"]')].map(
          ({ dataset }) => dataset['text'],
        ),
        announced: document.querySelector('[data-testid="announcer"]')?.textContent,
      }));
      expect(said).toContain(announced);
      await keyboard.press('Tab');
      expect(await focused(demo)).toBe('mute-button');
      await keyboard.press('Space');
      expect(await mute.getAttribute('aria-pressed')).toBe('true');
      expect(await demo.page.getByTestId('state-announcer').textContent()).toBe('Muted');
      await keyboard.press('Space');
      expect(await mute.getAttribute('aria-pressed')).toBe('false');
      await keyboard.press('Shift+Tab');
      await keyboard.press('Enter');
      await demo.waitForState('idle');
      expect(await focused(demo)).toBe('listen-button');
      expect(await demo.page.getByTestId('state-announcer').textContent()).toBe('Ready');
      await keyboard.press('Control+Enter');
      await demo.waitForState('listening');
      await keyboard.press('Control+Enter');
      await demo.waitForState('idle');
      await demo.page.getByTestId('recording-button').focus();
      await keyboard.press('Enter');
      await demo.waitForState('listening');
      expect(await focused(demo)).toBe('recording-button');
      await keyboard.press('Enter');
      await demo.waitForState('idle');
      expect(await focused(demo)).toBe('recording-button');
      await demo.page.getByTestId('copy-button').focus();
      await keyboard.press('Enter');
      await demo.page
        .getByTestId('copy-button')
        .getByText(/Copied|by hand/)
        .waitFor();
      expect(await focused(demo)).toBe('copy-button');
      expect(demo.complaints).toEqual([]);
    } finally {
      await demo.close();
    }
  });

  test('trying the server again opens no microphone when nobody listens', async () => {
    const first = await ServerProcess.start(['--log-level', 'error']);
    const demo = await DemoPage.open(browser, first.url, { permissions: ['microphone'] });
    try {
      await demo.click('listen-button');
      await demo.waitForState('listening');
      await demo.page.locator('[data-testid="connection"][data-state="open"]').waitFor();
      await demo.click('listen-button');
      await demo.waitForState('idle');
      await first.end('SIGKILL');
      const box = demo.page.getByTestId('error');
      await box.waitFor();
      expect(await box.getAttribute('data-code')).toMatch(/^server_/);
      await using _second = await ServerProcess.start(['--port', String(first.port), '--log-level', 'error']);
      await demo.page.getByTestId('retry-button').focus();
      await demo.page.keyboard.press('Enter');
      await demo.page.locator('[data-testid="connection"][data-state="open"]').waitFor();
      await box.waitFor({ state: 'hidden' });
      expect(await demo.page.getByTestId('state').getAttribute('data-state')).toBe('idle');
      expect(await focused(demo)).toBe('listen-button');
    } finally {
      await demo.close();
      await first.end('SIGKILL');
    }
  });

  test('is named and ordered for a screen reader', async () => {
    const demo = await openDemo();
    const { page } = demo;
    try {
      for (const role of ['banner', 'main', 'contentinfo'] as const) {
        expect(await page.getByRole(role).count(), role).toBe(1);
      }
      expect(await page.getByRole('heading').evaluateAll((all) => all.map(({ tagName }) => tagName))).toEqual(['H1', 'H2', 'H2']);
      const session = await page.context().newCDPSession(page);
      const { nodes } = await session.send('Accessibility.getFullAXTree');
      const named = nodes.filter(({ ignored, role }) => !ignored && /^(button|link|image|region|table|list)$/.test(String(role?.value)));
      expect(named.length).toBeGreaterThan(8);
      const nameless = named.filter(({ role, name }) => /^(button|link|image|region)$/.test(String(role?.value)) && !name?.value);
      expect(nameless).toEqual([]);
      // A button whose words change says its state with them; one whose words stay says it by being pressed.
      expect(await page.getByRole('button', { name: /Start listening/ }).getAttribute('aria-pressed')).toBeNull();
      expect(await page.getByRole('button', { name: 'Mute' }).getAttribute('aria-pressed')).toBe('false');
      expect(await page.getByRole('status').evaluateAll((all) => all.map((element) => element.ariaLive))).toEqual(['polite', 'polite']);
      expect(await page.locator('[role="alert"]').count()).toBe(1);
      expect(await page.evaluate(() => document.documentElement.lang)).toBe('en');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('transcript-title');
    } finally {
      await demo.close();
    }
  });

  test('never scrolls sideways on a phone, and its buttons are big enough for a thumb', async () => {
    const demo = await openDemo({ viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true });
    const { page } = demo;
    const overflow = (): Promise<number> =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    try {
      expect(await overflow()).toBe(0);
      await page.getByTestId('listen-button').tap();
      await demo.waitForFinals(1);
      await page.getByTestId('figures-button').tap();
      expect(await overflow()).toBe(0);
      await page.getByTestId('listen-button').tap();
      await demo.waitForState('idle');
      await page.evaluate(() => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('none', 'NotFoundError'));
      });
      await page.getByTestId('listen-button').tap();
      await page.getByTestId('error').waitFor();
      expect(await overflow()).toBe(0);
      const heights = await page.getByRole('button').evaluateAll((all) => all.map((button) => button.getBoundingClientRect().height));
      expect(Math.min(...heights)).toBeGreaterThanOrEqual(40);
    } finally {
      await demo.close();
    }
  });
});

// Alone on the cores: a page that draws late has moved where it should stand.
describe('the plot of the demo', () => {
  test('stands still for a person who asks for less motion, and scrolls for others', async () => {
    const demos = await Promise.all([openDemo({ reducedMotion: 'reduce' }), openDemo({ reducedMotion: 'no-preference' })]);
    const isAfter = (demo: DemoPage, seconds: number): Promise<unknown> =>
      demo.page.waitForFunction((wanted) => Number(document.getElementById('meter-time')?.textContent?.split(':')[1]) >= wanted, seconds, {
        timeout: 60_000,
      });
    /** The right third of the plot: after twelve seconds and time to draw them, what a sweep from the left has yet to reach. */
    const picture = (demo: DemoPage): Promise<string> =>
      demo.page.getByTestId('waveform').evaluate((element) => {
        const canvas = element as HTMLCanvasElement;
        const left = Math.ceil(canvas.width * (2 / 3));
        return String(canvas.getContext('2d')?.getImageData(left, 0, canvas.width - left, canvas.height).data);
      });
    try {
      const hasMoved = await Promise.all(
        demos.map(async (demo) => {
          await demo.click('listen-button');
          await isAfter(demo, 14);
          const before = await picture(demo);
          await isAfter(demo, 14.8);
          expect(await demo.page.evaluate(() => document.getAnimations().length)).toBe(0);
          return (await picture(demo)) !== before;
        }),
      );
      expect(hasMoved).toEqual([false, true]);
    } finally {
      await Promise.all(demos.map((demo) => demo.close()));
    }
  });
});
