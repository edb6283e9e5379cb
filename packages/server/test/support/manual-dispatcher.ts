import type { RecognizerModel, Transcript } from '@outspoken/asr';
import type { Dispatcher, RecognitionJob, RecognitionOutcome } from '../../src/dispatch/dispatcher.ts';

interface RunningJob {
  readonly job: RecognitionJob;
  /**
   * @param text - What was heard; the id of the job unless the test says otherwise.
   * @param probability - Of its only token.
   */
  readonly finish: (busyMs?: number, text?: string, probability?: number) => void;
  readonly fail: (error: Error) => void;
}

/** Clips that run side by side, or wait in a hand to do so. */
interface ManualBatch {
  readonly size: number;
  readonly jobs: Set<RunningJob>;
}

/** What a {@link ManualDispatcher} can do. */
export interface ManualDispatcherOptions {
  readonly maximumBatch?: number;
  /** Whether each busy slot keeps a batch in its hand. */
  readonly hasHands?: boolean;
}

/** A dispatcher whose jobs end when the test says so. A cancelled job keeps its slot until it is finished, like a real worker. */
export class ManualDispatcher implements Dispatcher {
  onIdle: (() => void) | undefined;
  readonly model: RecognizerModel;
  /** Jobs that have begun and not ended. */
  readonly running: RunningJob[] = [];
  /** Keys of the jobs in the order in which they began. */
  readonly begun: string[] = [];
  /** The same by batches. */
  readonly batches: string[][] = [];
  /** What the dispatcher was asked, in order. */
  readonly jobs: RecognitionJob[] = [];
  endedBatches = 0;
  slots: number;
  mostAtOnce = 0;
  readonly #hasHands: boolean;
  readonly #active = new Set<ManualBatch>();
  readonly #hands: ManualBatch[] = [];

  constructor(slots: number, { maximumBatch = 1, hasHands = false }: ManualDispatcherOptions = {}) {
    this.slots = slots;
    this.#hasHands = hasHands;
    const limits = { sampleRateHz: 16_000, minimumSamples: 1, maximumSamples: 480_000, maximumBatch };
    this.model = { id: 'fake', version: '1', family: 'fake', graph: 'signed', ...limits };
  }

  get idleSlots(): number {
    return Math.max(0, this.slots - this.#active.size);
  }

  get handSlots(): number {
    return this.#hasHands ? Math.max(0, Math.min(this.slots, this.#active.size) - this.#hands.length) : 0;
  }

  /** Batches in hands. */
  get heldBatches(): number {
    return this.#hands.length;
  }

  async ready(): Promise<void> {}

  async close(): Promise<void> {}

  run(jobs: readonly RecognitionJob[]): Promise<RecognitionOutcome>[] {
    if (jobs.length === 0 || jobs.length > this.model.maximumBatch) throw new RangeError(`a batch of ${jobs.length}`);
    if (this.idleSlots + this.handSlots === 0) throw new RangeError('no room for another batch');
    this.jobs.push(...jobs);
    const batch: ManualBatch = { size: jobs.length, jobs: new Set() };
    const outcomes = jobs.map((job) => this.#promise(job, batch));
    if (this.idleSlots > 0) this.#begin(batch);
    else this.#hands.push(batch);
    return outcomes;
  }

  #promise(job: RecognitionJob, batch: ManualBatch): Promise<RecognitionOutcome> {
    return new Promise((resolve, reject) => {
      const release = (): void => this.#release(running, batch);
      const running: RunningJob = {
        job,
        finish: (busyMs = 100, text = job.jobId, probability = 1) => {
          resolve({ transcript: transcriptOf(job, text, probability), attempt: 1, workerId: 1, busyMs, batchSize: batch.size, handMs: 0 });
          release();
        },
        fail: (error) => {
          reject(error);
          release();
        },
      };
      batch.jobs.add(running);
      job.signal?.addEventListener('abort', () => {
        reject(job.signal?.reason);
        // What has not begun is simply forgotten.
        if (!this.#active.has(batch)) release();
      });
    });
  }

  #begin(batch: ManualBatch): void {
    this.#active.add(batch);
    this.running.push(...batch.jobs);
    const keys = [...batch.jobs].map(({ job }) => job.jobId.split('#')[0] ?? '');
    this.begun.push(...keys);
    this.batches.push(keys);
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#active.size);
  }

  #release(running: RunningJob, batch: ManualBatch): void {
    if (!batch.jobs.delete(running)) return;
    const index = this.running.indexOf(running);
    if (index >= 0) this.running.splice(index, 1);
    if (batch.jobs.size > 0) return;
    const handIndex = this.#hands.indexOf(batch);
    if (handIndex >= 0) this.#hands.splice(handIndex, 1);
    if (this.#active.delete(batch)) this.endedBatches += 1;
    while (this.idleSlots > 0 && this.#hands.length > 0) this.#begin(this.#hands.shift() as ManualBatch);
    this.onIdle?.();
  }
}

function transcriptOf(job: RecognitionJob, text: string, probability: number): Transcript {
  return {
    text,
    tokens: text === '' ? [] : [{ id: 1, text, probability }],
    words: [],
    confidence: probability,
    meanLogProbability: text === '' ? 0 : Math.log(probability),
    noSpeechProbability: 0,
    guards: [],
    timings: { encoderMs: 1, decoderMs: 1 },
    effort: job.effort ?? 'fast',
    audioMs: job.samples.length / 16,
  };
}
