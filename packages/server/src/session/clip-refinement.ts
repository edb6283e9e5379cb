import { DEFAULT_CLIP_POLICY } from '@outspoken/audio';
import type { RefinementOutcome } from '@outspoken/monitoring';
import type { RecognitionOutcome } from '../dispatch/dispatcher.ts';
import type { RefinementJob, ScheduledClip, ScheduledOutcome } from '../scheduling/scheduler.ts';
import { SchedulingError } from '../scheduling/scheduling-error.ts';
import type { SessionServices } from './session-services.ts';

/**
 * A text whose tokens are less probable than this on average, as a natural logarithm, gets a second look: six seconds of
 * ten, which hold nearly all that second looks put right (of 1,678 words of sentences 150 are wrong at first, 122 after three speeds of
 * these, 119 after three speeds of everything: docs/views.md).
 */
const DOUBT_LOG_PROBABILITY = -0.1;
/**
 * How long a final may wait for its second look after `end`, in milliseconds. The person has waited for the end of the hangover by then,
 * over half a second: a quarter more is hardly noticed, and a look that the pause was too short for is still of use.
 */
export const REFINEMENT_GRACE_MS = 150;
/** Time from a `maybe_end` that is right to its `end`, in milliseconds. */
export const GUESSED_PAUSE_MS = DEFAULT_CLIP_POLICY.hangoverMs - DEFAULT_CLIP_POLICY.maybeEndMs;

/** What a {@link ClipRefinement} is about. */
export interface ClipToRefine extends Pick<ScheduledClip, 'key' | 'samples' | 'speech' | 'keywords'> {
  /** The result that stands until there is a better one. */
  readonly outcome: ScheduledOutcome;
  /** When its final is due, or will probably be, in milliseconds from now. */
  readonly dueInMs: number;
}

interface LookEnd {
  /** What the final is made of. */
  readonly outcome: ScheduledOutcome;
  readonly verdict: RefinementOutcome;
}

/**
 * A second look at a clip whose first text is doubtful. The first text is never lost: whatever happens to the look, it is there when the
 * final is due.
 */
export class ClipRefinement {
  readonly #services: Pick<SessionServices, 'clock' | 'metrics'>;
  readonly #first: ScheduledOutcome;
  readonly #job: RefinementJob;
  /** How the look ended, once it has. */
  #end: LookEnd | undefined;
  #onDue: ((outcome: ScheduledOutcome) => void) | undefined;
  #cancelTimer: (() => void) | undefined;
  #isOver = false;

  private constructor(services: SessionServices, first: ScheduledOutcome, job: RefinementJob) {
    this.#services = services;
    this.#first = first;
    this.#job = job;
    job.promise.then(
      (second) => this.#note(combined(first, second), second.transcript.text === first.transcript.text ? 'same_text' : 'kept'),
      (error: unknown) => this.#note(first, error instanceof SchedulingError ? 'cancelled' : 'failed'),
    );
  }

  /** Asks for a second look, if the text is doubtful and the server makes any. */
  static begin(services: SessionServices, { key, samples, speech, keywords, outcome, dueInMs }: ClipToRefine): ClipRefinement | undefined {
    // That of an empty text is 0: on it another rule decides.
    const { meanLogProbability } = outcome.transcript;
    if (meanLogProbability >= DOUBT_LOG_PROBABILITY) return undefined;
    const known = { ...(speech && { speech }), ...(keywords && { keywords }) };
    const job = services.scheduler.refine({ key, samples, ...known, meanLogProbability, usefulMs: Math.max(0, dueInMs) });
    return job && new ClipRefinement(services, outcome, job);
  }

  /**
   * The clip has ended: its result is wanted in this time, in milliseconds. It comes at once if the look is done, has not begun, or will
   * probably take longer.
   */
  settle(dueInMs: number, onDue: (outcome: ScheduledOutcome) => void): void {
    this.#onDue = onDue;
    if (this.#end !== undefined) this.#deliver(this.#end);
    else if (this.#job.leftMs() > dueInMs) this.#giveUp();
    else this.#cancelTimer = this.#services.clock.schedule(dueInMs, () => this.#giveUp());
  }

  /** The clip goes on or is not wanted any more. Idempotent. */
  cancel(): void {
    this.#onDue = undefined;
    this.#conclude('cancelled');
    this.#job.cancel();
  }

  #giveUp(): void {
    this.#deliver({ outcome: this.#first, verdict: 'late' });
    this.#job.cancel();
  }

  #note(outcome: ScheduledOutcome, verdict: RefinementOutcome): void {
    this.#end = { outcome, verdict };
    if (this.#onDue !== undefined) this.#deliver(this.#end);
  }

  #deliver({ outcome, verdict }: LookEnd): void {
    const onDue = this.#onDue;
    this.#onDue = undefined;
    if (!this.#conclude(verdict)) return;
    onDue?.(outcome);
  }

  /** Counts the look once, if there was one. */
  #conclude(verdict: RefinementOutcome): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#cancelTimer?.();
    if (this.#job.hasBegun) this.#services.metrics.refinementFinished(verdict);
    return true;
  }
}

/** The second transcript at the cost of both. */
function combined(first: ScheduledOutcome, { transcript, busyMs }: RecognitionOutcome): ScheduledOutcome {
  const { encoderMs, decoderMs } = first.transcript.timings;
  const timings = { encoderMs: encoderMs + transcript.timings.encoderMs, decoderMs: decoderMs + transcript.timings.decoderMs };
  return { ...first, busyMs: first.busyMs + busyMs, transcript: { ...transcript, timings } };
}
