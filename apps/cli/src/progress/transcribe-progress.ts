import type { TerminalStream } from '../terminal.ts';
import { type Bar, drawBar } from './bar.ts';
import { ProgressState } from './progress-state.ts';
import { clockText, speedText } from './progress-text.ts';

/** Options of {@link TranscribeProgress}. */
export interface TranscribeProgressOptions {
  readonly stream: TerminalStream;
  /** Nothing but failures. */
  readonly isQuiet: boolean;
  /** Whether a file that is through gets no line of its own, where there is no terminal. @defaultValue false */
  readonly isTerse?: boolean;
  /** Size of each file, in bytes. */
  readonly sizes: readonly number[];
  /** Monotonic clock, in milliseconds. @defaultValue `performance.now` */
  readonly now?: () => number;
}

// A log of a long run stays readable.
const LINE_INTERVAL_MS = 10_000;

/**
 * Tells a person how a run goes: a bar on a terminal, plain lines elsewhere, nothing when asked to be quiet. Failures always
 * have their line.
 */
export class TranscribeProgress implements Disposable {
  readonly #stream: TerminalStream;
  readonly #isQuiet: boolean;
  readonly #isTerse: boolean;
  readonly #state: ProgressState;
  readonly #now: () => number;
  readonly #bar: Bar | undefined;
  readonly #startedAtMs: number[] = [];
  #lastLineAtMs: number;

  constructor(options: TranscribeProgressOptions) {
    this.#stream = options.stream;
    this.#isQuiet = options.isQuiet;
    this.#isTerse = options.isTerse === true;
    this.#state = new ProgressState(options.sizes);
    this.#now = options.now ?? (() => performance.now());
    this.#bar = options.stream.isTTY === true && !options.isQuiet ? drawBar(options.stream) : undefined;
    this.#lastLineAtMs = this.#now();
  }

  get doneCount(): number {
    return this.#state.doneCount;
  }

  begin(index: number): void {
    this.#startedAtMs[index] = this.#now();
    this.#state.begin(this.#now());
    this.#show();
  }

  advance(index: number, audioMs: number, durationMs: number | undefined): void {
    this.#state.advance(index, audioMs, durationMs);
    this.#show();
  }

  /** A file has its result. */
  finish(index: number, name: string, audioMs: number): void {
    const nowMs = this.#now();
    this.#state.finish(index, audioMs);
    const tookMs = nowMs - (this.#startedAtMs[index] ?? nowMs);
    if (this.#bar === undefined && !this.#isQuiet && !this.#isTerse) {
      const speed = tookMs <= 0 ? '' : ` (${speedText(audioMs / tookMs)})`;
      this.#line(`${name}: ${clockText(audioMs)} of audio in ${(tookMs / 1000).toFixed(1)} s${speed}`);
    }
    this.#show();
  }

  /** A file, or an argument, has none. */
  fail(index: number | undefined, name: string, reason: string): void {
    if (index !== undefined) {
      this.#state.finish(index);
    }
    this.#line(`outspoken: ${name}: ${reason}`);
    this.#show();
  }

  /** A line that a quiet run does without. */
  note(text: string): void {
    if (!this.#isQuiet) {
      this.#line(text);
    }
  }

  /** Lets something else write to the terminal. */
  clear(): void {
    this.#bar?.clear();
  }

  [Symbol.dispose](): void {
    this.#bar?.stop();
  }

  #line(text: string): void {
    this.#bar?.clear();
    // A lost line about a run is no reason to lose the run.
    this.#stream.write(`${text}\n`, () => {});
    this.#lastLineAtMs = this.#now();
  }

  #show(): void {
    const nowMs = this.#now();
    if (this.#bar) {
      this.#bar.update(this.#state.doneRatio, this.#summary(nowMs));
    } else if (!this.#isQuiet && nowMs - this.#lastLineAtMs >= LINE_INTERVAL_MS) {
      this.#line(`${Math.floor(this.#state.doneRatio * 100)}% ${this.#summary(nowMs)}`);
    }
  }

  #summary(nowMs: number): string {
    const { doneCount, fileCount, audioMs } = this.#state;
    const leftMs = this.#state.leftMs(nowMs);
    const files = fileCount === 1 ? '' : `${doneCount}/${fileCount} files · `;
    const left = leftMs === undefined ? '' : ` · ${clockText(leftMs)} left`;
    return `${files}${clockText(audioMs)} of audio · ${speedText(this.#state.speed(nowMs))}${left}`;
  }
}
