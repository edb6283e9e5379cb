import { SingleBar } from 'cli-progress';
import type { TerminalStream } from '../terminal.ts';

/** A bar on a terminal with words after it. */
export interface Bar {
  /** @param ratio - 0 to 1 */
  update(ratio: number, words: string): void;
  /** Makes room for a line of text; the bar comes back with its next update. */
  clear(): void;
  /** Takes the bar away for good. Idempotent. */
  stop(): void;
}

// A position finer than any terminal is wide.
const TOTAL = 10_000;
const UPDATES_PER_SECOND = 8;
const BAR_WIDTH_COLUMNS = 24;
// In a narrow terminal the words matter more: what does not fit is cut off at their end, where the time left stands.
const NARROW_BAR_WIDTH_COLUMNS = 8;
const NARROW_TERMINAL_COLUMNS = 80;
const CLEAR_LINE = '\r\u001B[K';

/** Draws a bar on a stream that must be a terminal. */
export function drawBar(stream: TerminalStream): Bar {
  const bar = new SingleBar({
    stream,
    format: '{bar} {percentage}% {words}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: (stream.columns ?? NARROW_TERMINAL_COLUMNS) < NARROW_TERMINAL_COLUMNS ? NARROW_BAR_WIDTH_COLUMNS : BAR_WIDTH_COLUMNS,
    fps: UPDATES_PER_SECOND,
    clearOnComplete: true,
    // Signals have their one place, and what a terminal is told to do otherwise it would go on doing after a sudden end.
    gracefulExit: false,
    hideCursor: null,
    linewrap: true,
    forceRedraw: true,
  });
  let isStopped = false;
  bar.start(TOTAL, 0, { words: '' });
  return {
    update: (ratio, words) => bar.update(Math.floor(ratio * TOTAL), { words }),
    clear: () => stream.write(CLEAR_LINE),
    stop() {
      if (!isStopped) {
        isStopped = true;
        bar.stop();
      }
    },
  };
}
