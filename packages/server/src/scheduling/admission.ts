import { RetryAdvice, retryAfter } from './retry-advice.ts';
import type { Entry, Lane } from './scheduled-job.ts';
import type { SchedulerLimits } from './scheduler-limits.ts';
import { DRAINING_RETRY_MS, drainingError, SchedulingError, shedError } from './scheduling-error.ts';
import type { WaitPrediction } from './wait-prediction.ts';

/** Whether a new clip may come in. */
export type Admission =
  | { readonly admitted: true; readonly predictedWaitMs: number }
  | { readonly admitted: false; readonly reason: 'overloaded' | 'draining'; readonly retryAfterMs: number };

/** What asks to be let in. */
export interface Applicant {
  /** Length, in milliseconds. */
  readonly audioMs: number;
  /** A final overtakes the clips of files; a new file comes after them. */
  readonly lane: 'final' | 'file';
  /** Whose clip it is: one who has little waiting is let in even if others have much. */
  readonly tenant: string;
}

/** What is asked of a {@link WaitPrediction}. */
type WaitFigures = Pick<WaitPrediction, 'aheadMs' | 'spanMs' | 'shareMs' | 'queuedAudioMs' | 'queuedAudioOf'>;

/** Decides which clips may come in, by the wait that is predicted for them and the room in the queue. */
export class AdmissionControl {
  readonly #limits: SchedulerLimits;
  readonly #wait: WaitFigures;
  readonly #now: () => number;
  readonly #advice = { final: new RetryAdvice(), file: new RetryAdvice() };

  constructor(options: { readonly limits: SchedulerLimits; readonly wait: WaitFigures; readonly now: () => number }) {
    this.#limits = options.limits;
    this.#wait = options.wait;
    this.#now = options.now;
  }

  /** Asks whether a clip can be done in good time. One with nothing ahead is always admitted. */
  admit({ audioMs, lane, tenant }: Applicant, isClosing: boolean): Admission {
    if (isClosing) return { admitted: false, reason: 'draining', retryAfterMs: DRAINING_RETRY_MS };
    // The clips of a file wait for room in the queue; a final has no time for that.
    const excessAudioMs = lane === 'file' ? 0 : this.#excessAudioMs(lane, audioMs, tenant);
    const aheadMs = this.#wait.aheadMs(lane, { audioMs, tenant });
    const predictedWaitMs = aheadMs + this.#wait.spanMs(audioMs);
    const maximumWaitMs = lane === 'file' ? this.#limits.maximumFileWaitMs : this.#limits.maximumPredictedWaitMs;
    const excessMs = Math.max(predictedWaitMs - maximumWaitMs, this.#wait.shareMs(excessAudioMs));
    if (aheadMs > 0 && excessMs > 0) {
      const waitMs = Math.min(excessMs, aheadMs);
      const retryAfterMs = this.#advice[lane].next({ nowMs: this.#now(), waitMs, costMs: this.#wait.shareMs(audioMs) });
      return { admitted: false, reason: 'overloaded', retryAfterMs };
    }
    return { admitted: true, predictedWaitMs };
  }

  /** Why a submitted clip does not get into the queue, if it does not. */
  refusal(
    { lane, tenant, audioMs }: Entry,
    options: { readonly isClosing: boolean; readonly isShedding: boolean },
  ): SchedulingError | undefined {
    if (options.isClosing) return drainingError();
    const excessAudioMs = this.#excessAudioMs(lane, audioMs, tenant);
    if (lane === 'interim') return options.isShedding || excessAudioMs > 0 ? shedError() : undefined;
    if (excessAudioMs <= 0) return undefined;
    const retryAfterMs = retryAfter(this.#wait.shareMs(excessAudioMs));
    return new SchedulingError('overloaded', 'the queue is full, send the clip again later', { retryAfterMs });
  }

  /**
   * Audio that must leave the queue before there is room for a clip of this length. What the tenant holds already counts twice: it may
   * hold as much as it leaves free. An empty queue takes any clip, or one longer than the bound could never run.
   */
  #excessAudioMs(lane: Lane, audioMs: number, tenant: string): number {
    const queuedMs = this.#wait.queuedAudioMs(lane);
    if (queuedMs === 0) return 0;
    const ownMs = this.#wait.queuedAudioOf(lane, tenant);
    const excessMs = queuedMs + ownMs + audioMs - this.#limits.maximumQueuedAudioMs;
    // What leaves the queue is its own by and by: then twice as much room becomes free.
    return (excessMs * queuedMs) / (queuedMs + ownMs);
  }
}
