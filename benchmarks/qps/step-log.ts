import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import type { ClipAnswer, ClipListener } from './load-socket.ts';
import type { ClipRow } from './step-plan.ts';

/** Which clip of the step it is. */
type ClipName = Pick<ClipRow, 'utterance' | 'recording' | 'part'>;

/** One clip of a step, from its first sample to its answer. */
export class LoggedClip implements ClipListener {
  readonly #log: StepLog;
  readonly #name: ClipName;
  #sent: Pick<ClipRow, 'intendedMs' | 'sentMs' | 'audioMs' | 'isEndOfSpeech'> | undefined;
  #answer: ClipAnswer = { type: 'unanswered' };
  #answeredMs: number | undefined;
  #refusalCount = 0;
  #settle: (() => void) | undefined;
  /** Resolves when the clip has its answer. */
  readonly settled: Promise<void>;

  /** Made by {@link StepLog.begin}. */
  constructor(log: StepLog, name: ClipName) {
    this.#log = log;
    this.#name = name;
    this.settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** Its end was handed to the socket. */
  sent(intendedMs: number, audioMs: number, isEndOfSpeech: boolean): void {
    this.#sent = { intendedMs, sentMs: this.#log.nowMs, audioMs, isEndOfSpeech };
  }

  refused(code: string): void {
    this.#refusalCount += 1;
    this.#log.count(code);
  }

  answered(answer: ClipAnswer): void {
    this.#answer = answer;
    this.#answeredMs = answer.type === 'unanswered' ? undefined : this.#log.nowMs;
    this.#settle?.();
  }

  get isSettled(): boolean {
    return this.#answeredMs !== undefined;
  }

  get wasFinal(): boolean {
    return this.#answer.type === 'final';
  }

  /** The row of the clip; undefined while it is still spoken. */
  get row(): ClipRow | undefined {
    const answer = this.#answer;
    return (
      this.#sent && {
        ...this.#name,
        ...this.#sent,
        answeredMs: this.#answeredMs,
        outcome: answer.type,
        code: answer.type === 'rejected' ? answer.code : undefined,
        text: answer.type === 'final' ? answer.text : '',
        effort: answer.type === 'final' ? answer.effort : undefined,
        refusalCount: this.#refusalCount,
      }
    );
  }
}

/** Clock and book of one step. */
export class StepLog {
  readonly #startedAtMs = performance.now();
  readonly #clips = new Set<LoggedClip>();
  readonly #refusals = new Map<string, number>();

  /** Milliseconds since the start of the step. */
  get nowMs(): number {
    return performance.now() - this.#startedAtMs;
  }

  get rows(): ClipRow[] {
    return [...this.#clips].map(({ row }) => row).filter((row) => row !== undefined);
  }

  get refusals(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#refusals);
  }

  /** Opens the entry of a clip. */
  begin(name: ClipName): LoggedClip {
    const clip = new LoggedClip(this, name);
    this.#clips.add(clip);
    return clip;
  }

  /** Takes a clip out that will not be ended. */
  forget(clip: LoggedClip): void {
    this.#clips.delete(clip);
  }

  /** Counts a refusal. */
  count(code: string): void {
    this.#refusals.set(code, (this.#refusals.get(code) ?? 0) + 1);
  }

  /** Waits until a moment of the step; lets answers in even when that moment has passed. */
  async until(atMs: number): Promise<void> {
    do {
      const aheadMs = atMs - this.nowMs;
      // A timer drops the fraction of its delay, and nothing may be sent before it is due.
      await (aheadMs > 0 ? wait(Math.ceil(aheadMs)) : nextTurn());
    } while (this.nowMs < atMs);
  }

  /**
   * Waits for the answers.
   *
   * @returns Whether all of them came in time.
   */
  async settled(limitMs: number): Promise<boolean> {
    const over = new AbortController();
    const late = wait(limitMs, false, { signal: over.signal }).catch(() => false);
    const answers = Promise.all([...this.#clips].map(({ settled }) => settled)).then(() => true);
    const isSettled = await Promise.race([answers, late]);
    over.abort();
    return isSettled;
  }
}
