import type { Effort, Recognizer, SpeechEvidence, Transcript } from '@outspoken/asr';

/** What a recognizer says about its model: id, version, family, sample rate in hertz and clip limits in samples. */
export type ModelInfo = Recognizer['model'];

/** One clip to recognize. */
export interface RecognitionJob {
  /** Unique among the jobs in flight; appears in logs, so never user text. */
  readonly jobId: string;
  /** 16 kHz mono, −1 to 1. The dispatcher keeps a reference until the job settles: do not write to it meanwhile. */
  readonly samples: Float32Array;
  /** What the speech detector saw of the clip; without it the recognizer believes an empty text. */
  readonly speech?: SpeechEvidence;
  /** Words and phrases that are expected, at most 1,000 of at most 100 characters. */
  readonly keywords?: readonly string[];
  /** @defaultValue `fast` */
  readonly effort?: Effort;
  /** Longest useful time in milliseconds from now: a clip that is still being decoded then is given up. Absent means no limit. */
  readonly deadlineInMs?: number;
  /** Whether it fails with `worker_lost` when its worker dies, instead of being tried again: somebody has a result already. */
  readonly isExpendable?: boolean;
  /** Gives the clip up: its promise rejects at once with `signal.reason`, its mates go on. */
  readonly signal?: AbortSignal;
}

/** What came back for one clip. */
export interface RecognitionOutcome {
  readonly transcript: Transcript;
  /** 1 when the first worker answered, 2 when a worker died first and another one took over. */
  readonly attempt: number;
  /** Number of the worker process that answered; a replacement gets a new number. */
  readonly workerId: number;
  /** Time the worker spent on this clip, in milliseconds: of a batch, its share by length. */
  readonly busyMs: number;
  /** Clips that were decoded side by side with it, itself included. */
  readonly batchSize: number;
  /** Time in the worker's hand until its batch began, in milliseconds. */
  readonly handMs: number;
}

/**
 * Why a clip has no transcript.
 * - `decode_failed`: the model failed on it, or it killed two workers; sending it again will not help.
 * - `worker_lost`: its worker died, and it was not to be tried again.
 * - `deadline_exceeded`: it was still being decoded at its deadline.
 * - `audio_rejected`: the recognizer refused the audio before the model ran (`detail` says why).
 * - `no_idle_slot`: every worker is busy; the scheduler asks for {@link Dispatcher.idleSlots} first.
 * - `worker_start_failed`: no worker could load the model.
 * - `not_ready`: asked for the model before a worker had loaded it.
 * - `closed`: the dispatcher was closed.
 */
export type DispatchErrorCode =
  | 'decode_failed'
  | 'worker_lost'
  | 'deadline_exceeded'
  | 'audio_rejected'
  | 'no_idle_slot'
  | 'worker_start_failed'
  | 'not_ready'
  | 'closed';

/** A typed failure of the dispatch floor. */
export class DispatchError extends Error {
  override readonly name = 'DispatchError';
  readonly code: DispatchErrorCode;
  /** The recognizer's own error code, when it answered with one (`audio_not_finite`, `clip_too_short`, …). */
  readonly detail: string | undefined;

  constructor(code: DispatchErrorCode, message: string, options: ErrorOptions & { readonly detail?: string } = {}) {
    super(message, options);
    this.code = code;
    this.detail = options.detail;
  }
}

/** Runs clips somewhere: in local worker processes, later on other machines. One contract, one contract test. */
export interface Dispatcher {
  /** How many batches can run at once right now: workers that have loaded the model. */
  readonly slots: number;
  /** How many more batches would begin at once: workers with nothing to do. */
  readonly idleSlots: number;
  /**
   * How many more batches a busy worker would keep in its hand, one each, and begin the moment it is free. What is in a hand is out of
   * the scheduler's order, so this is for work that would be next anyway.
   */
  readonly handSlots: number;
  /** The model that the workers run. @throws {@link DispatchError} `not_ready` before {@link Dispatcher.ready} has resolved. */
  readonly model: ModelInfo;
  /** Called whenever `idleSlots` or `handSlots` may have grown. One listener: the scheduler. */
  onIdle: (() => void) | undefined;
  /** Resolves when the first worker has loaded the model. @throws {@link DispatchError} `worker_start_failed` or `closed`. */
  ready(): Promise<void>;
  /**
   * Recognizes a batch of clips side by side, in an idle slot or else in a hand; each clip settles alone, in the order of the jobs.
   *
   * @param jobs - 1 to `model.maximumBatch` clips.
   * @returns One promise per job; they reject with a {@link DispatchError} or the reason of the job's signal.
   */
  run(jobs: readonly RecognitionJob[]): Promise<RecognitionOutcome>[];
  /** Aborts what still runs and ends every worker. Idempotent. */
  close(): Promise<void>;
}
