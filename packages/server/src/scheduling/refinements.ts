import type { SpeechEvidence } from '@outspoken/asr';
import type { Dispatcher, RecognitionJob, RecognitionOutcome } from '../dispatch/dispatcher.ts';
import { RefinementCosts, type RefinementEffort } from './refinement-costs.ts';
import { preemptedError } from './scheduling-error.ts';

/** A clip whose text is there and doubtful, for a second, dearer look while nobody needs the worker. */
export interface DoubtfulClip {
  /** Identity of the clip, for logs. */
  readonly key: string;
  /** 16 kHz mono, −1 to 1; not to be written to until the job has settled. */
  readonly samples: Float32Array;
  readonly speech?: SpeechEvidence;
  readonly keywords?: readonly string[];
  /** Mean natural logarithm of the probabilities of its tokens: the lowest has its turn first. */
  readonly meanLogProbability: number;
  /** Time from now after which a better text would come too late, in milliseconds. */
  readonly usefulMs: number;
}

/** A second look that was asked for. */
export interface RefinementJob {
  /** Settles exactly once: the outcome, a `SchedulingError`, a `DispatchError`, or an `AbortError`. Ignoring it is safe. */
  readonly promise: Promise<RecognitionOutcome>;
  /** Whether a worker began with it. */
  readonly hasBegun: boolean;
  /** Expected time until it is done, in milliseconds; infinite while no worker has begun. */
  leftMs(): number;
  /** Gives it up. Rejects with an `AbortError`. No effect on a settled job. */
  cancel(): void;
}

/** What {@link Refinements} are made of. */
export interface RefinementsOptions {
  readonly dispatcher: Pick<Dispatcher, 'run'>;
  /** Expected worker time of a clip of this length with `fast`, both in milliseconds. */
  readonly fastMs: (audioMs: number) => number;
  readonly now: () => number;
  /** What a look cost, finished or not, in milliseconds of worker time. */
  readonly onSpent: (busyMs: number, isFinished: boolean) => void;
  /** A worker that had one is free, or will be in a moment. */
  readonly onEnd: () => void;
}

interface Look {
  readonly clip: DoubtfulClip;
  readonly jobId: string;
  readonly usefulUntilMs: number;
  readonly controller: AbortController;
  readonly resolve: (outcome: RecognitionOutcome) => void;
  readonly reject: (reason: unknown) => void;
  begun: { readonly effort: RefinementEffort; readonly atMs: number; readonly fastMs: number } | undefined;
  isSettled: boolean;
}

const SAMPLES_PER_MS = 16;

/**
 * Second looks at doubtful clips: the work that nobody waits for. It stands in no lane and counts for no wait: a look begins only in a
 * worker that is idle, and makes way, given up for good, as soon as anything else could use that worker.
 */
export class Refinements {
  readonly #options: RefinementsOptions;
  readonly #costs = new RefinementCosts();
  readonly #waiting = new Set<Look>();
  readonly #running = new Set<Look>();
  /** Workers that were told to stop since one last became free. */
  #yielding = 0;
  #nextNumber = 0;

  constructor(options: RefinementsOptions) {
    this.#options = options;
  }

  /** Workers that would be free for anything else at once. */
  get runningCount(): number {
    return this.#running.size;
  }

  /** Takes a clip on; it begins with {@link Refinements.start}. */
  add(clip: DoubtfulClip): RefinementJob {
    const { now } = this.#options;
    this.#nextNumber += 1;
    let fulfil: (outcome: RecognitionOutcome) => void = () => {};
    let refuse: (reason: unknown) => void = () => {};
    const promise = new Promise<RecognitionOutcome>((resolve, reject) => {
      fulfil = resolve;
      refuse = reject;
    });
    // Nobody need listen: without this Node would end the process.
    promise.catch(() => {});
    const look: Look = {
      clip,
      jobId: `${clip.key}#again${this.#nextNumber}`,
      usefulUntilMs: now() + clip.usefulMs,
      controller: new AbortController(),
      resolve: fulfil,
      reject: refuse,
      begun: undefined,
      isSettled: false,
    };
    this.#waiting.add(look);
    return {
      promise,
      get hasBegun() {
        return look.begun !== undefined;
      },
      leftMs: () => this.#leftMs(look),
      cancel: () => this.#giveUp(look, new DOMException('the second look is not needed any more', 'AbortError')),
    };
  }

  /** Begins with the most doubtful clips for which there is time, one in each idle worker. */
  start(idleSlots: number): void {
    const nowMs = this.#options.now();
    const inOrder = [...this.#waiting].sort((a, b) => a.clip.meanLogProbability - b.clip.meanLogProbability);
    let left = idleSlots;
    for (const look of inOrder) {
      if (left <= 0) return;
      const fastMs = this.#options.fastMs(look.clip.samples.length / SAMPLES_PER_MS);
      const effort = this.#costs.choose(fastMs, look.usefulUntilMs - nowMs);
      if (effort === undefined) continue;
      left -= 1;
      look.begun = { effort, fastMs, atMs: nowMs };
      this.#waiting.delete(look);
      this.#running.add(look);
      void this.#run(look, effort);
    }
  }

  /** Gives up as many looks as there are jobs that need a worker: the least doubtful first. */
  yieldTo(jobs: number): void {
    if (this.#running.size === 0) return;
    const inOrder = [...this.#running].sort((a, b) => b.clip.meanLogProbability - a.clip.meanLogProbability);
    for (const look of inOrder) {
      if (this.#yielding >= jobs) return;
      this.#yielding += 1;
      this.#giveUp(look, preemptedError());
    }
  }

  /** A worker has become free: what was given up may have been why. */
  noteFree(): void {
    this.#yielding = 0;
  }

  /** Gives up every look. */
  clear(reason: unknown): void {
    for (const look of [...this.#waiting, ...this.#running]) this.#giveUp(look, reason);
  }

  async #run(look: Look, effort: RefinementEffort): Promise<void> {
    const { dispatcher } = this.#options;
    const { samples, speech, keywords } = look.clip;
    const job: RecognitionJob = {
      jobId: look.jobId,
      samples,
      effort,
      ...(speech && { speech }),
      ...(keywords && { keywords }),
      isExpendable: true,
      signal: look.controller.signal,
    };
    try {
      const outcome = await dispatcher.run([job])[0];
      if (outcome === undefined) throw new TypeError('a dispatcher must answer each job');
      this.#learn(look, outcome.busyMs);
      this.#settle(look, () => look.resolve(outcome));
    } catch (error) {
      this.#settle(look, () => look.reject(error));
    }
    this.#options.onEnd();
  }

  #leftMs({ begun, isSettled }: Look): number {
    if (isSettled) return 0;
    if (begun === undefined) return Number.POSITIVE_INFINITY;
    return Math.max(0, this.#costs.estimateMs(begun.effort, begun.fastMs) - (this.#options.now() - begun.atMs));
  }

  #learn({ begun, isSettled }: Look, busyMs: number): void {
    if (begun === undefined || isSettled) return;
    this.#costs.observe(begun.effort, begun.fastMs, busyMs);
    this.#options.onSpent(busyMs, true);
  }

  #giveUp(look: Look, reason: unknown): void {
    if (look.isSettled) return;
    if (look.begun !== undefined) {
      const spentMs = this.#options.now() - look.begun.atMs;
      this.#costs.observeUnfinished(look.begun.effort, look.begun.fastMs, spentMs);
      this.#options.onSpent(spentMs, false);
    }
    this.#settle(look, () => look.reject(reason));
    look.controller.abort(reason);
  }

  #settle(look: Look, act: () => void): void {
    this.#waiting.delete(look);
    this.#running.delete(look);
    if (look.isSettled) return;
    look.isSettled = true;
    act();
  }
}
