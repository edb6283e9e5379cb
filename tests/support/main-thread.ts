import type { CDPSession, Page } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Processor time of the thread, in microseconds: waiting for a busy machine does not count. */
  readonly tdur?: number;
}

const MARK = 'outspoken-main-thread';

/** Records the tasks of one page's main thread; the browser's own pages run in processes of their own and do not count. */
export class MainThreadTrace {
  readonly #session: CDPSession;
  readonly #events: TraceEvent[] = [];

  private constructor(session: CDPSession) {
    this.#session = session;
    session.on('Tracing.dataCollected', ({ value }) => this.#events.push(...(value as unknown as TraceEvent[])));
  }

  static async start(page: Page): Promise<MainThreadTrace> {
    const browser = page.context().browser();
    if (!browser) {
      throw new Error('the page has no browser');
    }
    const session = await browser.newBrowserCDPSession();
    const trace = new MainThreadTrace(session);
    await session.send('Tracing.start', {
      transferMode: 'ReportEvents',
      traceConfig: { includedCategories: ['toplevel', 'blink.user_timing'] },
    });
    await page.evaluate((mark) => performance.mark(mark), MARK);
    return trace;
  }

  /** Ends the recording and returns the processor time of the longest task, and how many tasks there were. */
  async stop(): Promise<{ longestTaskMs: number; taskCount: number }> {
    const complete = new Promise<void>((resolve) => {
      this.#session.once('Tracing.tracingComplete', () => resolve());
    });
    await this.#session.send('Tracing.end');
    await complete;
    const marked = this.#events.find(({ name }) => name === MARK);
    const tasksMs = this.#events
      .filter(({ name, ph, pid, tid }) => ph === 'X' && name.endsWith('RunTask') && pid === marked?.pid && tid === marked.tid)
      .map(({ tdur = 0 }) => tdur / 1000);
    return { longestTaskMs: Math.max(0, ...tasksMs), taskCount: tasksMs.length };
  }
}
