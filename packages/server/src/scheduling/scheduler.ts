import type { Metrics, QueueSnapshot } from '@outspoken/monitoring';
import { DispatchError, type Dispatcher, type RecognitionJob, type RecognitionOutcome } from '../dispatch/dispatcher.ts';
import { type Admission, AdmissionControl } from './admission.ts';
import { BatchPlanner } from './batch-planner.ts';
import { CostModel } from './cost-model.ts';
import { type EffortSetting, effortOf } from './effort-policy.ts';
import { InFlight } from './in-flight.ts';
import { LaneOrder } from './lane-order.ts';
import { type DoubtfulClip, type RefinementJob, Refinements } from './refinements.ts';
import { retryAfter } from './retry-advice.ts';
import { createEntry, type Entry, queueKey, type ScheduledClip, type ScheduledJob } from './scheduled-job.ts';
import { type SchedulerLimits, schedulerLimits } from './scheduler-limits.ts';
import { coalescedError, drainingError, SchedulingError, shedError } from './scheduling-error.ts';
import { SlotLoad } from './slot-load.ts';
import { WaitPrediction } from './wait-prediction.ts';

export type { Admission } from './admission.ts';
export type { EffortSetting } from './effort-policy.ts';
export type { DoubtfulClip, RefinementJob } from './refinements.ts';
export type { Lane, ScheduledClip, ScheduledJob, ScheduledOutcome } from './scheduled-job.ts';
export { DEFAULT_SCHEDULER_LIMITS, type SchedulerLimits } from './scheduler-limits.ts';

/** Options of {@link Scheduler}. */
export interface SchedulerOptions extends Partial<SchedulerLimits> {
  readonly dispatcher: Dispatcher;
  /** Monotonic clock in milliseconds. @defaultValue `performance.now` */
  readonly now?: () => number;
  /** Calls back once after a time in milliseconds; returns what gives the call up. @defaultValue an unreferenced `setTimeout` */
  readonly schedule?: (delayMs: number, callback: () => void) => () => void;
  /** What is spent on a clip; with `auto` {@link Scheduler.refine} has an effect. @defaultValue `fast` */
  readonly effort?: EffortSetting;
  readonly metrics?: Pick<Metrics, 'workerBusy' | 'refinementBusy'>;
}

/** Interims stop for a load that lasts, not for a burst: a second or two of full slots is how live speech looks. */
const LOAD_WINDOW_MS = 3000;

/** Part of the longest wait that one batch may take: nothing overtakes it, and in a hand it is waited for as well. */
const MAXIMUM_BATCH_RATIO = 0.25;

/**
 * Busier than this over the last seconds, workers begin no second look: their pauses are too short to finish one, and one that is broken
 * off has cost its time, and up to one run of the encoder to whoever came.
 */
const REFINEMENT_BUSY_RATIO = 0.5;

/** Clips of one length differ in cost; one that has only its mean left will be given up every other time, for nothing. */
const LATE_MARGIN_RATIO = 1.5;

/**
 * Owns the processor: decides which clips run next, alone or side by side, and whether another one may come in.
 * Finals first, then live guesses and files in turns; within a lane the tenants have equal parts while they wait. A slot is idle
 * while a clip waits only if it is a file's and live speech is about, see {@link LaneOrder.mayTakeFile}.
 */
export class Scheduler {
  readonly #dispatcher: Dispatcher;
  readonly #now: () => number;
  readonly #schedule: NonNullable<SchedulerOptions['schedule']>;
  readonly #metrics: SchedulerOptions['metrics'];
  readonly #effort: EffortSetting;
  readonly #limits: SchedulerLimits;
  readonly #costs = new CostModel();
  readonly #planner = new BatchPlanner(this.#costs);
  readonly #order = new LaneOrder<Entry>();
  readonly #lanes = this.#order.lanes;
  readonly #inFlight = new InFlight();
  readonly #load: SlotLoad;
  readonly #wait: WaitPrediction;
  readonly #admission: AdmissionControl;
  readonly #refinements: Refinements;
  readonly #drained: (() => void)[] = [];
  #nextNumber = 0;
  #isClosing = false;

  constructor(options: SchedulerOptions) {
    const { dispatcher, now = () => performance.now(), schedule, metrics, effort = 'fast', ...limits } = options;
    this.#dispatcher = dispatcher;
    this.#now = now;
    this.#schedule = schedule ?? setUnreferencedTimeout;
    this.#metrics = metrics;
    this.#effort = effort;
    this.#limits = schedulerLimits(limits);
    this.#load = new SlotLoad(LOAD_WINDOW_MS, now());
    this.#refinements = new Refinements({
      dispatcher,
      fastMs: (audioMs) => this.#costs.estimateMs(audioMs),
      now,
      onSpent: (busyMs, isFinished) => {
        metrics?.refinementBusy(busyMs);
        if (isFinished) metrics?.workerBusy(busyMs);
      },
      onEnd: () => {
        this.#inFlight.beginHeld(now());
        this.#pump();
      },
    });
    this.#wait = new WaitPrediction({
      dispatcher,
      costs: this.#costs,
      order: this.#order,
      inFlight: this.#inFlight,
      now,
      yieldingSlots: () => this.#refinements.runningCount,
      mayStartFile: () => this.#mayStartFile(),
    });
    this.#admission = new AdmissionControl({ limits: this.#limits, wait: this.#wait, now });
    dispatcher.onIdle = () => {
      this.#refinements.noteFree();
      this.#pump();
    };
  }

  /** Puts a clip in the queue. Never throws: a refusal comes as the rejection of the job's promise. */
  submit(clip: ScheduledClip): ScheduledJob {
    this.#nextNumber += 1;
    const entry = createEntry(clip, { jobId: `${clip.key}#${this.#nextNumber}`, nowMs: this.#now() });
    if (clip.lane !== 'file') this.#order.noteLive(entry.submittedAtMs);
    const isShedding = entry.lane === 'interim' && this.#isShedding();
    const refusal = this.#admission.refusal(entry, { isClosing: this.#isClosing, isShedding });
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
   * Asks for a second, dearer look at a clip while nobody needs a worker; it begins at once or when one is idle, and is given up with
   * `preempted` as soon as anything else needs its worker. Nothing waits for it, and it counts for no wait.
   *
   * @returns `undefined` unless the effort is `auto`, and when the scheduler is closed.
   */
  refine(clip: DoubtfulClip): RefinementJob | undefined {
    if (this.#effort !== 'auto' || this.#isClosing) return undefined;
    const job = this.#refinements.add(clip);
    this.#pump();
    return job;
  }

  /**
   * Predicted time until a clip of this length would be done if it came now as a final: what is ahead of it at the measured speed,
   * shared by the slots, and its own cost. All in milliseconds; 0 for no audio when a slot is idle.
   *
   * @param tenant - Whose clip it would be; behind everything if absent.
   */
  predictedWaitMs(audioMs = 0, tenant?: string): number {
    return this.#wait.aheadMs('final', { audioMs, tenant }) + this.#wait.spanMs(audioMs);
  }

  /**
   * Asks whether a clip of about this length, in milliseconds, can be done in good time. A clip with nothing ahead is always admitted.
   *
   * @param lane - A final overtakes the clips of files; a new file comes after them.
   * @param tenant - Whose clip it is: one who has little waiting is let in even if others have much.
   */
  admit(audioMs: number, lane: 'final' | 'file', tenant: string): Admission {
    return this.#admission.admit({ audioMs, lane, tenant }, this.#isClosing);
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
    this.#refinements.clear(drainingError());
    for (const entry of [...this.#lanes.interim.clear(), ...this.#lanes.speculative.clear()]) entry.reject(drainingError());
    const onAbort = () => this.#abortAll();
    options.signal?.addEventListener('abort', onAbort, { once: true });
    if (options.signal?.aborted) onAbort();
    await new Promise<void>((resolve) => {
      this.#drained.push(resolve);
      this.#checkDrained();
    });
    options.signal?.removeEventListener('abort', onAbort);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #enqueue(entry: Entry): void {
    this.#lanes[entry.lane].put(queueKey(entry), entry)?.reject(coalescedError());
    if (entry.lane === 'final') this.#lanes.interim.delete(entry.key)?.reject(coalescedError());
    this.#watchDeadline(entry);
    this.#pump();
    this.#shedInterims();
  }

  #promote(entry: Entry, deadlineMs: number | undefined): void {
    if (entry.isSettled || entry.lane === 'final') return;
    const wasWaiting = this.#remove(entry);
    entry.lane = 'final';
    entry.deadlineAtMs = this.#now() + (deadlineMs ?? Number.POSITIVE_INFINITY);
    if (wasWaiting) this.#enqueue(entry);
    else this.#watchDeadline(entry);
  }

  #abort(entry: Entry, reason: unknown): void {
    if (entry.isSettled) return;
    this.#remove(entry);
    entry.reject(reason);
    entry.controller.abort(reason);
    this.#checkDrained();
  }

  #abortAll(): void {
    for (const entry of [...this.#lanes.final.clear(), ...this.#lanes.file.clear(), ...this.#inFlight.entries()]) {
      this.#abort(entry, drainingError());
    }
  }

  /** Takes an entry out of its lane; false when the dispatcher had it already. */
  #remove(entry: Entry): boolean {
    return !this.#inFlight.has(entry) && this.#lanes[entry.lane].delete(queueKey(entry)) !== undefined;
  }

  #pump(): void {
    const dispatcher = this.#dispatcher;
    while (dispatcher.idleSlots > 0 && this.#startNext('slot', dispatcher.idleSlots));
    this.#refinements.yieldTo(this.#order.startable(this.#mayStartFile()));
    while (dispatcher.handSlots > 0 && this.#startNext('hand', dispatcher.handSlots));
    if (dispatcher.idleSlots > 0 && this.#load.meanRatio(this.#now()) <= REFINEMENT_BUSY_RATIO) {
      this.#refinements.start(dispatcher.idleSlots);
    }
    this.#checkDrained();
  }

  /** Takes the clip whose turn it is, and starts it with its mates. @returns `false` when there is none. */
  #startNext(place: 'slot' | 'hand', places: number): boolean {
    const leader = place === 'slot' ? this.#order.take(this.#mayStartFile()) : this.#order.takeForHand(this.#isQuiet());
    if (leader === undefined) return false;
    const beginsAtMs = this.#now() + (place === 'hand' ? this.#wait.handMs() : 0);
    if (this.#isTooLate(leader, beginsAtMs)) leader.reject(this.#lateError());
    else this.#start([leader, ...this.#takeMates(leader, { beginsAtMs, places })], place === 'hand');
    return true;
  }

  #takeMates(leader: Entry, { beginsAtMs, places }: { readonly beginsAtMs: number; readonly places: number }): Entry[] {
    // A batch of files would hold up a final for as long as all of them take.
    if (leader.lane === 'file' && !this.#isQuiet()) return [];
    const lane = this.#lanes[leader.lane];
    const { mates, couldBatch } = this.#planner.plan(leader, lane.upcoming(), {
      beginsAtMs,
      maximumBatch: this.#dispatcher.model.maximumBatch,
      waiting: lane.size + 1,
      places,
      maximumBatchMs: MAXIMUM_BATCH_RATIO * this.#limits.maximumPredictedWaitMs,
    });
    const entries = mates.flatMap(([key]) => lane.takeOut(key) ?? []);
    for (const entry of [leader, ...entries]) entry.couldBatch = couldBatch;
    return entries;
  }

  /** Nobody speaks any more to a scheduler that closes. */
  #isQuiet(): boolean {
    return this.#isClosing || !this.#order.isLive(this.#now());
  }

  #mayStartFile(): boolean {
    const use = { nowMs: this.#now(), slots: this.#dispatcher.slots, runningFiles: this.#inFlight.fileClips };
    return this.#isClosing || this.#order.mayTakeFile(use);
  }

  /**
   * Whether nobody would be there any more to have the result. What would end too late is tried all the same when nothing else waits:
   * the estimate may be wrong, and would never be put right.
   */
  #isTooLate({ lane, audioMs, deadlineAtMs }: Entry, beginsAtMs: number): boolean {
    if (this.#now() > deadlineAtMs) return true;
    return lane !== 'interim' && this.#order.size > 0 && beginsAtMs + LATE_MARGIN_RATIO * this.#wait.costMs(audioMs) > deadlineAtMs;
  }

  /** A clip has its answer at its deadline even if no slot ever becomes free: all workers may be dead. */
  #watchDeadline(entry: Entry): void {
    entry.cancelDeadline?.();
    entry.cancelDeadline = undefined;
    if (entry.deadlineAtMs === Number.POSITIVE_INFINITY) return;
    const delayMs = Math.max(0, entry.deadlineAtMs - this.#now());
    entry.cancelDeadline = this.#schedule(delayMs, () => this.#abort(entry, this.#lateError()));
  }

  #lateError(options: ErrorOptions = {}): SchedulingError {
    const retryAfterMs = retryAfter(this.#wait.aheadMs('final'));
    return new SchedulingError('deadline_exceeded', 'the clip was not done by its deadline', { ...options, retryAfterMs });
  }

  #start(entries: readonly Entry[], isInHand: boolean): void {
    const startedAtMs = this.#now();
    this.#inFlight.add(entries, { nowMs: startedAtMs, isInHand });
    for (const { lane, cancelDeadline } of entries) {
      // An interim that was given up now would only be followed by another one that is given up.
      if (lane === 'interim') cancelDeadline?.();
    }
    this.#noteLoad();
    const outcomes = this.#dispatcher.run(entries.map((entry) => this.#jobOf(entry, startedAtMs)));
    outcomes.forEach((promise, index) => {
      const entry = entries[index];
      if (entry) void this.#follow(entry, promise, startedAtMs - entry.submittedAtMs);
    });
  }

  #jobOf(entry: Entry, nowMs: number): RecognitionJob {
    const { jobId, lane, samples, speech, keywords, controller, deadlineAtMs } = entry;
    const effort = effortOf(this.#effort, lane);
    const job = { jobId, samples, effort, ...(speech && { speech }), ...(keywords && { keywords }), signal: controller.signal };
    const isUnlimited = entry.lane === 'interim' || deadlineAtMs === Number.POSITIVE_INFINITY;
    return isUnlimited ? job : { ...job, deadlineInMs: Math.max(0, deadlineAtMs - nowMs) };
  }

  async #follow(entry: Entry, promise: Promise<RecognitionOutcome>, waitedMs: number): Promise<void> {
    try {
      const outcome = await promise;
      this.#learn(entry, outcome);
      entry.resolve({ ...outcome, queueMs: waitedMs + outcome.handMs });
    } catch (error) {
      const isLate = error instanceof DispatchError && error.code === 'deadline_exceeded';
      entry.reject(isLate ? this.#lateError({ cause: error }) : error);
    }
    this.#inFlight.delete(entry, this.#now());
    this.#noteLoad();
    this.#pump();
  }

  #learn({ audioMs, couldBatch, keywords }: Entry, { busyMs, batchSize }: RecognitionOutcome): void {
    this.#metrics?.workerBusy(busyMs);
    this.#costs.observe(audioMs, busyMs, batchSize);
    // Those with keywords are decoded one after the other, which says nothing of what a batch gains.
    if (couldBatch && !keywords) this.#planner.observe(batchSize, audioMs, busyMs);
  }

  #noteLoad(): void {
    this.#load.note(this.#inFlight.liveWorkers, this.#dispatcher.slots, this.#now());
  }

  #isShedding(): boolean {
    const { interimWaitRatio, interimBusyRatio, maximumPredictedWaitMs } = this.#limits;
    if (this.#load.meanRatio(this.#now()) > interimBusyRatio) return true;
    return this.#wait.aheadMs('final') > interimWaitRatio * maximumPredictedWaitMs;
  }

  #shedInterims(): void {
    if (this.#lanes.interim.size === 0 || !this.#isShedding()) return;
    for (const interim of this.#lanes.interim.clear()) interim.reject(shedError());
  }

  #checkDrained(): void {
    if (!this.#isClosing || this.#inFlight.size + this.#order.size > 0) return;
    for (const resolve of this.#drained.splice(0)) resolve();
  }
}

function setUnreferencedTimeout(delayMs: number, callback: () => void): () => void {
  const timer = setTimeout(callback, delayMs).unref();
  return () => clearTimeout(timer);
}
