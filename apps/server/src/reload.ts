import type { Logger } from 'pino';
import type { Settings } from './settings.ts';

/** What a running server takes over: the settings that only its recognition processes know. */
const LIVE_SETTINGS: ReadonlySet<string> = new Set(['model', 'graph', 'threadsPerWorker']);

/** Options of {@link handleReload}. */
export interface ReloadOptions {
  /** The part of `process` that a reload needs. */
  readonly signals: { on(signal: 'SIGHUP', listener: () => void): unknown };
  /** The settings in force. */
  readonly settings: Settings;
  /** Reads them again. @throws `ConfigError` */
  readonly read: () => Settings;
  /** Replaces the recognition processes. */
  readonly swap: (settings: Settings) => Promise<void>;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
}

/**
 * On SIGHUP reads the settings again and replaces the recognition processes if theirs have changed. Whatever goes wrong is logged, and
 * the server goes on as it was.
 */
export function handleReload(options: ReloadOptions): void {
  const reload = new Reload(options);
  options.signals.on('SIGHUP', () => {
    // Its failures are in the log.
    void reload.request();
  });
}

class Reload {
  readonly #options: ReloadOptions;
  #settings: Settings;
  #isRunning = false;
  #isAskedAgain = false;

  constructor(options: ReloadOptions) {
    this.#options = options;
    this.#settings = options.settings;
  }

  /** One at a time: signals that come meanwhile make one more. */
  async request(): Promise<void> {
    this.#isAskedAgain = true;
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (this.#isAskedAgain) {
      this.#isAskedAgain = false;
      await this.#reload();
    }
    this.#isRunning = false;
  }

  async #reload(): Promise<void> {
    const { logger, swap } = this.#options;
    try {
      const read = this.#options.read();
      const changed = Object.keys(read).filter((key) => !isEqual(key, read, this.#settings));
      const fixed = changed.filter((key) => !LIVE_SETTINGS.has(key));
      if (fixed.length > 0) logger.warn({ settings: fixed }, 'these settings change only with a new start');
      if (fixed.length === changed.length) {
        logger.info('settings read again, nothing has changed for the workers');
        return;
      }
      const chosen = Object.fromEntries(Object.entries(read).filter(([key]) => LIVE_SETTINGS.has(key)));
      const next: Settings = { ...this.#settings, ...chosen };
      logger.info(chosen, 'settings read again, starting new workers');
      const startedAtMs = performance.now();
      await swap(next);
      this.#settings = next;
      logger.info({ ...chosen, swapMs: Math.round(performance.now() - startedAtMs) }, 'workers swapped');
    } catch (error) {
      logger.error({ err: error }, 'could not take over the settings, the workers of before go on');
    }
  }
}

function isEqual(key: string, first: Settings, second: Settings): boolean {
  // Settings are JSON: they come from a JSON file, or could.
  return JSON.stringify(first[key as keyof Settings]) === JSON.stringify(second[key as keyof Settings]);
}
