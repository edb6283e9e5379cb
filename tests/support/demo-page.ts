import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** A line of the transcript on the page. */
export interface ShownTranscript {
  readonly clipId: string;
  readonly text: string;
  readonly state: string;
}

/** Builds the page; quick when nothing has changed. */
export function buildWeb(): void {
  execFileSync(process.execPath, ['--conditions=@outspoken/source', '--import', 'tsx', 'build/build.ts'], { cwd: join(ROOT, 'apps/web') });
}

/** The demo as a person sees it. */
export class DemoPage {
  readonly page: Page;
  /** Whatever the console called an error: refused scripts, failed requests, exceptions. */
  readonly complaints: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('console', (message) => {
      if (message.type() === 'error') {
        this.complaints.push(message.text());
      }
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
  }

  /** Opens the page; the browser's microphone is the one it was launched with. */
  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<DemoPage> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const demo = new DemoPage(await context.newPage());
    await demo.page.goto(url);
    return demo;
  }

  click(testId: string): Promise<void> {
    return this.page.getByTestId(testId).click();
  }

  /** Resolves when this many transcripts are final. */
  async waitForFinals(count: number): Promise<void> {
    await this.page.waitForFunction(
      (wanted) => document.querySelectorAll('[data-testid="transcript-item"][data-state="final"]').length >= wanted,
      count,
      { timeout: 120_000 },
    );
  }

  /** Resolves when the state of the capture is this one. */
  async waitForState(state: string): Promise<void> {
    await this.page.locator(`[data-testid="state"][data-state="${state}"]`).waitFor({ timeout: 120_000 });
  }

  transcripts(): Promise<ShownTranscript[]> {
    return this.page.getByTestId('transcript-item').evaluateAll((items) =>
      items.map((item) => {
        const { clipId = '', text = '', state = '' } = (item as HTMLElement).dataset;
        return { clipId, text, state };
      }),
    );
  }

  /** Bytes as the page shows them. */
  async savings(): Promise<{ sentBytes: number; capturedBytes: number }> {
    const { sentBytes, capturedBytes } = await this.page
      .getByTestId('savings')
      .evaluate((element) => ({ ...(element as HTMLElement).dataset }) as Record<string, string>);
    return { sentBytes: Number(sentBytes), capturedBytes: Number(capturedBytes) };
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}
