import type { Metrics, QueueSnapshot } from '@outspoken/monitoring';
import type { Dispatcher, RecognitionOutcome } from '../dispatch/dispatcher.ts';
import { CostModel } from './cost-model.ts';
import { LaneOrder } from './lane-order.ts';
import { createEntry, type Entry, type Lane, type ScheduledClip, type ScheduledJob, type ScheduledOutcome } from './scheduled-job.ts';
import { SchedulingError } from './scheduling-error.ts';

export type { Lane, ScheduledClip, ScheduledJob, ScheduledOutcome } from './scheduled-job.ts';

/** Whether a new clip may come in. */
export type Admission =
  | { readonly admitted: true; readonly predictedWaitMs: number }
  | { readonly admitted: false; readonly reason: 'overloaded' | 'draining'; readonly retryAfterMs: number };

/** Limits of {@link Scheduler}. */
export interface SchedulerLimits {
  /** {@link Scheduler.admit} refuses a clip that would be done later than this, in milliseconds. */
  readonly maximumPredictedWaitMs: number;
  /** The same for a new file, in milliseconds: whoever sends one waits anyway, and files that are read ahead look like a long queue. */
  readonly maximumFileWaitMs: number;
  /**
   * Most audio that may wait, in milliseconds; more is refused. Finals and speculative decodes are counted without files, which
   * they overtake; files with everything.
   */
  readonly maximumQueuedAudioMs: number;
  /** Interims stop when the wait passes this share of `maximumPredictedWaitMs`: each costs a whole decode. */
  readonly interimWaitRatio: number;
}

/** The limits used unless told otherwise. */
export const DEFAULT_SCHEDULER_LIMITS: SchedulerLimits = Object.freeze({
  maximumPredictedWaitMs: 8000,
  maximumFileWaitMs: 60_000,
  maximumQueuedAudioMs: 600_000,
  interimWaitRatio: 0.25,
});

/** Options of {@link Scheduler}. */
export interface SchedulerOptions extends Partial<SchedulerLimits> {
  readonly dispatcher: Dispatcher;
  /** Monotonic clock in milliseconds. @defaultValue `performance.now` */
  readonly now?: () => number;
  /** Calls back once after a time in milliseconds; returns what gives the call up. @defaultValue an unreferenced `setTimeout` */
  readonly schedule?: (delayMs: number, callback: () => void) => () => void;
  readonly metrics?: Pick<Metrics, 'workerBusy'>;
}

// Shortest honest advice: a client that comes back sooner only asks again.
const MINIMUM_RETRY_MS = 100;
// Whoever asks again and again must not send the others away for ever.
const MAXIMUM_RETRY_MS = 30_000;
// A draining server cannot know when its successor answers; a second is what a restart takes.
const DRAINING_RETRY_MS = 1000;

/**
 * Owns the processor: decides which clip runs next and whether another one may come in.
 * Finals first, then live guesses and files in turns, first in, first out within a lane. A slot is idle
 * while a clip waits only if it is a file's and live speech is about, see {@link LaneOrder.mayTakeFile}.
 */
export class Scheduler {
  readonly #dispatcher: Dispatcher;
  readonly #now: () => number;
  readonly #schedule: NonNullable<SchedulerOptions['schedule']>;
  readonly #metrics: SchedulerOptions['metrics'];
  readonly #limits: SchedulerLimits;
  readonly #costs = new CostModel();
  readonly #order = new LaneOrder<Entry>();
  readonly #lanes = this.#order.lanes;
  readonly #running = new Set<Entry>();
  readonly #drained: (() => void)[] = [];
  #nextNumber = 0;
  /** Until when the time that becomes free is promised to those that were turned away. */
  readonly #promisedUntilMs = { live: 0, file: 0 };
  #isClosing = false;

  constructor(options: SchedulerOptions) {
    const { dispatcher, now, schedule, metrics, ...limits } = options;
    this.#dispatcher = dispatcher;
    this.#now = now ?? (() => performance.now());
    this.#schedule = schedule ?? setUnreferencedTimeout;
    this.#metrics = metrics;
    this.#limits = { ...DEFAULT_SCHEDULER_LIMITS, ...limits };
    for (const [name, value] of Object.entries(this.#limits)) {
      if (!(value > 0)) {
        throw new RangeError(`${name} must be above 0, got ${value}`);
      }
    }
    dispatcher.onIdle = () => this.#pump();
  }

  /** Puts a clip in the queue. Never throws: a refusal comes as the rejection of the job's promise. */
  submit(clip: ScheduledClip): ScheduledJob {
    this.#nextNumber += 1;
    const entry = createEntry(clip, { jobId: `${clip.key}#${this.#nextNumber}`, nowMs: this.#now() });
    if (clip.lane !== 'file') this.#order.noteLive(entry.submittedAtMs);
    const refusal = this.#refusal(entry);
    if (refusal) {
      entry.reject(refusal);
    } else if (clip.signal?.aborted) {
      entry.reject(clip.signal.reason);
    } else {
      const onAbort = () => this.#abort(entry, clip.signal?.reason);
      clip.signal?.addEventListener('abort', onAbort, { once: true });
      entry.onSettled = () => clip.signal?.removeEventListener('abort', onAbort);
      this.#enqueue(entry);
    }
    return {
      promise: entry.promise,
      promote: (options = {}) => this.#promote(entry, options.deadlineMs),
      cancel: () => this.#abort(entry, new DOMException('the clip was cancelled', 'AbortError')),
    };
  }

  /**
   * Predicted time until a clip of this length would be done if it came now as a final: what is ahead of it at the measured speed,
   * shared by the slots, and its own cost. All in milliseconds; 0 for no audio when a slot is idle.
   */
  predictedWaitMs(audioMs = 0): number {
    return this.#aheadMs() + this.#costs.estimateMs(audioMs);
  }

  /**
   * Asks whether a clip of about this length, in milliseconds, can be done in good time. A clip with nothing ahead is always admitted.
   *
   * @param lane - A final overtakes the clips of files; a new file comes after them.
   */
  admit(audioMs: number, lane: 'final' | 'file' = 'final'): Admission {
    if (this.#isClosing) {
      return { admitted: false, reason: 'draining', retryAfterMs: DRAINING_RETRY_MS };
    }
    // The clips of a file wait for room in the queue; a final has no time for that.
    const excessAudioMs = lane === 'file' ? 0 : this.#queuedAudioMs() + audioMs - this.#limits.maximumQueuedAudioMs;
    const aheadMs = this.#aheadMs(lane);
    const predictedWaitMs = aheadMs + this.#costs.estimateMs(audioMs);
    const maximumWaitMs = lane === 'file' ? this.#limits.maximumFileWaitMs : this.#limits.maximumPredictedWaitMs;
    const excessMs = Math.max(predictedWaitMs - maximumWaitMs, this.#shareMs(excessAudioMs));
    if (aheadMs > 0 && excessMs > 0) {
      return { admitted: false, reason: 'overloaded', retryAfterMs: this.#turnAway(Math.min(excessMs, aheadMs), audioMs, lane) };
    }
    return { admitted: true, predictedWaitMs };
  }

  /** State of the queue for the metrics. */
  snapshot(): QueueSnapshot {
    const { final, interim, speculative, file } = this.#lanes;
    return {
      depth: { final: final.size, interim: interim.size, speculative: speculative.size, file: file.size },
      audioMs: this.#order.audioMs,
      predictedWaitMs: this.predictedWaitMs(),
      workerSlots: this.#dispatcher.slots,
    };
  }

  /**
   * Refuses new clips, drops interims and speculative decodes, and resolves when the finals and the clips of files, queued and
   * running, have settled. End sessions and files first: what is still being spoken or read needs a scheduler for its clips.
   *
   * @param options - `signal` gives up what is left with a `draining` error.
   */
  async close(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    this.#isClosing = true;
    for (const entry of [...this.#lanes.interim.clear(), ...this.#lanes.speculative.clear()]) {
      entry.reject(drainingError());
    }
    const onAbort = () => this.#abortAll();
    options.signal?.addEventListener('abort', onAbort, { once: true });
    if (options.signal?.aborted) {
      onAbort();
    }
    await new Promise<void>((resolve) => {
      this.#drained.push(resolve);
      this.#checkDrained();
    });
    options.signal?.removeEventListener('abort', onAbort);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #refusal(entry: Entry): SchedulingError | undefined {
    if (this.#isClosing) {
      return drainingError();
    }
    if (entry.lane === 'interim' && (this.#isShedding() || this.#excessAudioMs(entry) > 0)) {
      return new SchedulingError('shed', 'interim results stop while finals wait');
    }
    const excessMs = this.#excessAudioMs(entry);
    // An empty queue takes any clip, or one longer than the bound could never run.
    if (excessMs > 0 && this.#queuedAudioMs(entry.lane) > 0) {
      return new SchedulingError('overloaded', 'the queue is full, send the clip again later', {
        retryAfterMs: retryAfter(this.#shareMs(excessMs)),
      });
    }
    return undefined;
  }

  #enqueue(entry: Entry): void {
    const replaced = this.#lanes[entry.lane].put(queueKey(entry), entry);
    if (replaced) {
      replaced.reject(coalescedError());
    }
    if (entry.lane === 'final') {
      this.#dropInterim(entry.key);
    }
    this.#watchDeadline(entry);
    this.#pump();
    this.#shedInterims();
  }

  #promote(entry: Entry, deadlineMs: number | undefined): void {
    if (entry.isSettled || entry.lane === 'final') {
      return;
    }
    const wasWaiting = this.#remove(entry);
    entry.lane = 'final';
    entry.deadlineAtMs = this.#now() + (deadlineMs ?? Number.POSITIVE_INFINITY);
    if (wasWaiting) {
      this.#enqueue(entry);
    }
  }

  #abort(entry: Entry, reason: unknown): void {
    if (entry.isSettled) {
      return;
    }
    this.#remove(entry);
    entry.reject(reason);
    entry.controller.abort(reason);
    this.#checkDrained();
  }

  #abortAll(): void {
    for (const entry of [...this.#lanes.final.clear(), ...this.#lanes.file.clear(), ...this.#running]) {
      this.#abort(entry, drainingError());
    }
  }

  /** Takes an entry out of its lane; false when it was running already. */
  #remove(entry: Entry): boolean {
    return !this.#running.has(entry) && this.#lanes[entry.lane].delete(queueKey(entry)) !== undefined;
  }

  #pump(): void {
    while (this.#dispatcher.idleSlots > 0) {
      const entry = this.#order.take(this.#mayStartFile());
      if (!entry) {
        break;
      }
      if (this.#now() > entry.deadlineAtMs) {
        entry.reject(this.#lateError());
      } else {
        this.#start(entry);
      }
    }
    this.#checkDrained();
  }

  /** Nobody speaks any more to a scheduler that closes. */
  #mayStartFile(): boolean {
    const runningFiles = [...this.#running].filter(({ lane }) => lane === 'file').length;
    return this.#isClosing || this.#order.mayTakeFile({ nowMs: this.#now(), slots: this.#dispatcher.slots, runningFiles });
  }

  /** A clip that waits has its answer at its deadline even if no slot ever becomes free: all workers may be dead. */
  #watchDeadline(entry: Entry): void {
    entry.cancelDeadline?.();
    if (entry.deadlineAtMs === Number.POSITIVE_INFINITY) {
      return;
    }
    entry.cancelDeadline = this.#schedule(Math.max(0, entry.deadlineAtMs - this.#now()), () => {
      if (this.#remove(entry)) {
        entry.reject(this.#lateError());
        this.#checkDrained();
      }
    });
  }

  #lateError(): SchedulingError {
    const retryAfterMs = retryAfter(this.#aheadMs());
    return new SchedulingError('deadline_exceeded', 'the clip waited longer than its deadline', { retryAfterMs });
  }

  #start(entry: Entry): void {
    entry.cancelDeadline?.();
    const startedAtMs = this.#now();
    entry.startedAtMs = startedAtMs;
    this.#running.add(entry);
    const { jobId, samples } = entry;
    this.#dispatcher
      .run({ jobId, samples }, { signal: entry.controller.signal })
      .then(
        (outcome) => this.#finish(entry, outcome, startedAtMs - entry.submittedAtMs),
        (error: unknown) => entry.reject(error),
      )
      .finally(() => {
        this.#running.delete(entry);
        this.#pump();
      });
  }

  #finish(entry: Entry, outcome: RecognitionOutcome, queueMs: number): void {
    this.#costs.observe(entry.audioMs, outcome.busyMs);
    this.#metrics?.workerBusy(outcome.busyMs);
    const scheduled: ScheduledOutcome = { ...outcome, queueMs };
    entry.resolve(scheduled);
  }

  #isShedding(): boolean {
    return this.#aheadMs() > this.#limits.interimWaitRatio * this.#limits.maximumPredictedWaitMs;
  }

  #shedInterims(): void {
    if (this.#lanes.interim.size > 0 && this.#isShedding()) {
      for (const interim of this.#lanes.interim.clear()) {
        interim.reject(new SchedulingError('shed', 'interim results stop while finals wait'));
      }
    }
  }

  #dropInterim(key: string): void {
    const interim = this.#lanes.interim.delete(key);
    if (interim) {
      interim.reject(coalescedError());
    }
  }

  #checkDrained(): void {
    if (this.#isClosing && this.#running.size + this.#order.size === 0) {
      for (const resolve of this.#drained.splice(0)) {
        resolve();
      }
    }
  }

  /** When a clip that is turned away should come back: behind those that were turned away before it, or all of them would come at once. */
  #turnAway(waitMs: number, audioMs: number, lane: 'final' | 'file'): number {
    const who = lane === 'file' ? 'file' : 'live';
    const nowMs = this.#now();
    const leastMs = retryAfter(waitMs);
    const promisedMs = Math.min(MAXIMUM_RETRY_MS, Math.ceil(this.#promisedUntilMs[who] - nowMs));
    const retryAfterMs = Math.max(leastMs, promisedMs);
    this.#promisedUntilMs[who] = nowMs + retryAfterMs + this.#shareMs(audioMs);
    return retryAfterMs;
  }

  /** Audio that waits ahead of a new clip of this lane. Interims do not count: they never hold up anything for long. */
  #queuedAudioMs(lane: Lane = 'final'): number {
    const { final, speculative, file } = this.#lanes;
    return final.audioMs + speculative.audioMs + (lane === 'file' ? file.audioMs : 0);
  }

  #excessAudioMs(entry: Entry): number {
    const interimMs = entry.lane === 'interim' ? this.#lanes.interim.audioMs : 0;
    return this.#queuedAudioMs(entry.lane) + interimMs + entry.audioMs - this.#limits.maximumQueuedAudioMs;
  }

  /** Time that the slots together need for this much audio. */
  #shareMs(audioMs: number): number {
    return this.#costs.estimateMs(audioMs) / Math.max(1, this.#dispatcher.slots);
  }

  /**
   * Time until a slot is free for a new clip. A final overtakes interims and files that wait, not those that run; speculative clips
   * mostly become finals. A file waits for all but interims.
   */
  #aheadMs(lane: Lane = 'final'): number {
    if (this.#dispatcher.idleSlots > 0 && (lane !== 'file' || this.#mayStartFile())) {
      return 0;
    }
    const nowMs = this.#now();
    let runningMs = 0;
    for (const entry of this.#running) {
      runningMs += Math.max(0, this.#costs.estimateMs(entry.audioMs) - (nowMs - entry.startedAtMs));
    }
    return runningMs / Math.max(1, this.#dispatcher.slots) + this.#shareMs(this.#queuedAudioMs(lane));
  }
}

/** Interims of one clip share a key, so that a newer one replaces an older one. */
function queueKey(entry: Entry): string {
  return entry.lane === 'interim' ? entry.key : entry.jobId;
}

function setUnreferencedTimeout(delayMs: number, callback: () => void): () => void {
  const timer = setTimeout(callback, delayMs).unref();
  return () => clearTimeout(timer);
}

function retryAfter(waitMs: number): number {
  return Math.max(MINIMUM_RETRY_MS, Math.ceil(waitMs));
}

function drainingError(): SchedulingError {
  return new SchedulingError('draining', 'the server is shutting down, connect again', { retryAfterMs: DRAINING_RETRY_MS });
}

function coalescedError(): SchedulingError {
  return new SchedulingError('coalesced', 'a newer result of the same clip takes its place');
}
