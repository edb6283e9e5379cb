import { DispatchError, type RecognitionJob, type RecognitionOutcome } from './dispatcher.ts';

// The longest that a timer of Node can wait, in milliseconds: more would fire at once.
const MAXIMUM_TIMER_MS = 2 ** 31 - 1;

/** One clip from being taken on to its end, whichever workers it meets on the way. */
export class RecognitionTask {
  readonly job: RecognitionJob;
  readonly promise: Promise<RecognitionOutcome>;
  attempt = 1;
  /** Workers that died while they had it. */
  kills = 0;
  /** Workers that were dead before they could begin with it: the clip is not to blame. */
  misses = 0;
  readonly #onGivenUp: ((task: RecognitionTask) => void) | undefined;
  #resolve: (outcome: RecognitionOutcome) => void = () => {};
  #reject: (reason: unknown) => void = () => {};
  #isSettled = false;
  #deadline: NodeJS.Timeout | undefined;
  readonly #onAbort = (): void => this.#giveUp(this.job.signal?.reason);

  /** @param onGivenUp - Called after the clip was rejected because nobody needs it any more; not for one that is late already. */
  constructor(job: RecognitionJob, onGivenUp?: (task: RecognitionTask) => void) {
    const { signal, deadlineInMs } = job;
    this.job = job;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    if (signal?.aborted) {
      this.reject(signal.reason);
    } else if (deadlineInMs !== undefined && deadlineInMs <= 0) {
      this.reject(lateError());
    } else {
      signal?.addEventListener('abort', this.#onAbort, { once: true });
      if (deadlineInMs !== undefined) {
        this.#deadline = setTimeout(() => this.#giveUp(lateError()), Math.min(deadlineInMs, MAXIMUM_TIMER_MS));
      }
    }
    this.#onGivenUp = onGivenUp;
  }

  /** Whether its promise has settled: what a worker still says about it is of no interest. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  resolve(outcome: RecognitionOutcome): void {
    this.#settle();
    this.#resolve(outcome);
  }

  reject(reason: unknown): void {
    this.#settle();
    this.#reject(reason);
  }

  #giveUp(reason: unknown): void {
    this.reject(reason);
    this.#onGivenUp?.(this);
  }

  #settle(): void {
    this.#isSettled = true;
    clearTimeout(this.#deadline);
    this.job.signal?.removeEventListener('abort', this.#onAbort);
  }
}

function lateError(): DispatchError {
  return new DispatchError('deadline_exceeded', 'the clip was not decoded before its deadline');
}
