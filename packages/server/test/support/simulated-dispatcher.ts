import type { RecognizerModel } from '@outspoken/asr';
import { DispatchError, type Dispatcher, type RecognitionJob, type RecognitionOutcome } from '../../src/dispatch/dispatcher.ts';
import type { VirtualTime } from './virtual-time.ts';

interface Clip {
  readonly job: RecognitionJob;
  readonly settle: (end: { readonly busyMs: number; readonly handMs: number } | { readonly error: unknown }) => void;
  isSettled: boolean;
  onGivenUp: (() => void) | undefined;
}

interface Batch {
  readonly clips: readonly Clip[];
  readonly takenAtMs: number;
}

/** What a {@link SimulatedDispatcher} is made of. */
export interface SimulatedDispatcherOptions {
  readonly time: VirtualTime;
  readonly slots: number;
  /** Worker time of a clip alone, in milliseconds. */
  readonly costMs: (job: RecognitionJob) => number;
  /** Cost of a clip in a batch of 1, 2, … as a share of its cost alone; as many sizes as there may be. @defaultValue `[1]` */
  readonly batchRatios?: readonly number[];
  /** Time until a worker stops that has nobody left to work for, in milliseconds. @defaultValue 0 */
  readonly stopMs?: number;
}

/**
 * A dispatcher in virtual time: one batch for each slot and one in its hand. A clip is given up at its deadline or when it is cancelled, its
 * mates go on.
 */
export class SimulatedDispatcher implements Dispatcher {
  onIdle: (() => void) | undefined;
  readonly model: RecognizerModel;
  readonly slots: number;
  /** Batches by their size. */
  readonly batches = new Map<number, number>();
  /** What the clips that got a transcript would have cost alone, in milliseconds. */
  usefulMs = 0;
  /** Worker time, in milliseconds. */
  busyMs = 0;
  readonly #options: SimulatedDispatcherOptions;
  readonly #ratios: readonly number[];
  readonly #hand: Batch[] = [];
  #running = 0;

  constructor(options: SimulatedDispatcherOptions) {
    this.#options = options;
    this.slots = options.slots;
    this.#ratios = options.batchRatios ?? [1];
    const limits = { sampleRateHz: 16_000, minimumSamples: 1, maximumSamples: 480_000, maximumBatch: this.#ratios.length };
    this.model = { id: 'simulated', version: '1', family: 'simulated', graph: 'signed', ...limits };
  }

  get idleSlots(): number {
    return this.slots - this.#running;
  }

  get handSlots(): number {
    return this.#running - this.#hand.length;
  }

  async ready(): Promise<void> {}

  async close(): Promise<void> {}

  run(jobs: readonly RecognitionJob[]): Promise<RecognitionOutcome>[] {
    const clips: Clip[] = [];
    const outcomes = jobs.map((job) => {
      return new Promise<RecognitionOutcome>((resolve, reject) => {
        const clip: Clip = {
          job,
          isSettled: false,
          onGivenUp: undefined,
          settle: (end) => {
            if (clip.isSettled) return;
            clip.isSettled = true;
            if ('error' in end) reject(end.error);
            else resolve({ transcript: SILENCE, attempt: 1, workerId: 1, batchSize: jobs.length, ...end });
          },
        };
        job.signal?.addEventListener('abort', () => {
          clip.settle({ error: job.signal?.reason });
          clip.onGivenUp?.();
        });
        clips.push(clip);
      });
    });
    const batch = { clips, takenAtMs: this.#options.time.nowMs };
    if (this.idleSlots > 0) this.#begin(batch);
    else this.#hand.push(batch);
    return outcomes;
  }

  #begin({ clips, takenAtMs }: Batch): void {
    const { time, costMs } = this.#options;
    const begunAtMs = time.nowMs;
    const size = clips.length;
    this.batches.set(size, (this.batches.get(size) ?? 0) + 1);
    this.#running += 1;
    const costs = clips.map(({ job, isSettled }) => (isSettled ? 0 : costMs(job) * (this.#ratios[size - 1] ?? 1)));
    const batchMs = costs.reduce((sum, cost) => sum + cost, 0);
    clips.forEach((clip) => {
      const { deadlineInMs = Number.POSITIVE_INFINITY } = clip.job;
      const leftMs = takenAtMs + deadlineInMs - begunAtMs;
      if (leftMs < batchMs)
        time.schedule(Math.max(0, leftMs), () => clip.settle({ error: new DispatchError('deadline_exceeded', 'too late') }));
    });
    // A worker that has nobody left to work for stops: the last deadline ends the batch.
    const lastMs = Math.max(
      ...clips.map(({ job, isSettled }) => (isSettled ? 0 : takenAtMs + (job.deadlineInMs ?? Number.POSITIVE_INFINITY) - begunAtMs)),
    );
    const end = (): void => {
      for (const clip of clips) clip.onGivenUp = undefined;
      this.#running -= 1;
      this.busyMs += time.nowMs - begunAtMs;
      clips.forEach((clip, index) => {
        const busyMs = costs[index] ?? 0;
        if (!clip.isSettled) this.usefulMs += costMs(clip.job);
        clip.settle({ busyMs, handMs: begunAtMs - takenAtMs });
      });
      const next = this.#hand.shift();
      if (next) this.#begin(next);
      this.onIdle?.();
    };
    const cancelEnd = time.schedule(Math.max(0, Math.min(batchMs, lastMs)), end);
    const onGivenUp = (): void => {
      if (!clips.every(({ isSettled }) => isSettled) || !cancelEnd()) return;
      for (const clip of clips) clip.onGivenUp = undefined;
      time.schedule(this.#options.stopMs ?? 0, end);
    };
    for (const clip of clips) clip.onGivenUp = onGivenUp;
  }
}

const SILENCE = {
  text: '',
  tokens: [],
  words: [],
  confidence: 1,
  meanLogProbability: 0,
  noSpeechProbability: 0,
  guards: [],
  timings: { encoderMs: 0, decoderMs: 0 },
  effort: 'fast' as const,
  audioMs: 0,
};
