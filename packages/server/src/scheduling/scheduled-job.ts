import type { SpeechEvidence } from '@outspoken/asr';
import type { RecognitionOutcome } from '../dispatch/dispatcher.ts';

/** Importance of a clip: finals first, then interims before speculative decodes, in turns with clips of files. */
export type Lane = 'final' | 'interim' | 'speculative' | 'file';

/** A clip to recognize when its turn comes. */
export interface ScheduledClip {
  readonly lane: Lane;
  /** Identity of the clip (its clip id): a newer interim takes the place of a queued older one with the same key, a final of any. */
  readonly key: string;
  /** Who shares the processor with the other tenants, by equal parts of audio while all of them wait. */
  readonly tenant: string;
  /** 16 kHz mono, −1 to 1; not to be written to until the job has settled. */
  readonly samples: Float32Array;
  /** What the speech detector saw of the clip. Part of a clip is nothing that it has judged: interims have none. */
  readonly speech?: SpeechEvidence;
  /** Words and phrases that are expected, at most 1,000 of at most 100 characters. */
  readonly keywords?: readonly string[];
  /**
   * Longest useful time in milliseconds from submission: what waits or runs then is given up. An interim that has begun is let end:
   * one that comes late is better than none. Absent means no deadline.
   */
  readonly deadlineMs?: number;
  /** Cancels the job, queued or running; its promise rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
}

/** A recognized clip with the time it waited for its turn. */
export interface ScheduledOutcome extends RecognitionOutcome {
  /** Time between submission and the moment a worker began with the clip, its hand included, in milliseconds. */
  readonly queueMs: number;
}

/** A submitted clip. */
export interface ScheduledJob {
  /** Settles exactly once: the outcome, a `SchedulingError`, a `DispatchError`, or the reason of the abort. Ignoring it is safe. */
  readonly promise: Promise<ScheduledOutcome>;
  /**
   * Makes a clip of another lane a final: it takes its place at the end of that lane, with a deadline counted from now.
   * No effect on a final or a settled job.
   */
  promote(options?: { readonly deadlineMs?: number }): void;
  /** Gives the job up, queued or running. Rejects with an `AbortError`. No effect on a settled job. */
  cancel(): void;
}

/** A job inside the scheduler. */
export interface Entry {
  readonly jobId: string;
  readonly key: string;
  readonly tenant: string;
  readonly samples: Float32Array;
  readonly speech: SpeechEvidence | undefined;
  readonly keywords: readonly string[] | undefined;
  readonly audioMs: number;
  readonly submittedAtMs: number;
  readonly controller: AbortController;
  readonly promise: Promise<ScheduledOutcome>;
  readonly resolve: (outcome: ScheduledOutcome) => void;
  readonly reject: (reason: unknown) => void;
  lane: Lane;
  deadlineAtMs: number;
  /** Whether it began while so many clips waited that it could have been decoded in a batch. */
  couldBatch: boolean;
  /** Stops the watch over the deadline. */
  cancelDeadline: (() => void) | undefined;
  isSettled: boolean;
  onSettled: (() => void) | undefined;
}

const SAMPLES_PER_MS = 16;

/** Key of an entry in its lane. Interims of one clip share it, so that a newer one replaces an older one. */
export function queueKey({ lane, key, jobId }: Entry): string {
  return lane === 'interim' ? key : jobId;
}

/** Makes an entry whose promise settles once, whatever happens to it later. */
export function createEntry(clip: ScheduledClip, options: { readonly jobId: string; readonly nowMs: number }): Entry {
  let fulfil: (outcome: ScheduledOutcome) => void = () => {};
  let refuse: (reason: unknown) => void = () => {};
  const promise = new Promise<ScheduledOutcome>((resolve, reject) => {
    fulfil = resolve;
    refuse = reject;
  });
  // A caller that has cancelled its clip need not listen any more; without this Node would end the process.
  promise.catch(() => {});
  const settle = (act: () => void): void => {
    if (!entry.isSettled) {
      entry.isSettled = true;
      entry.cancelDeadline?.();
      act();
      entry.onSettled?.();
    }
  };
  const entry: Entry = {
    jobId: options.jobId,
    key: clip.key,
    tenant: clip.tenant,
    samples: clip.samples,
    speech: clip.speech,
    keywords: clip.keywords,
    audioMs: clip.samples.length / SAMPLES_PER_MS,
    submittedAtMs: options.nowMs,
    controller: new AbortController(),
    promise,
    resolve: (outcome) => settle(() => fulfil(outcome)),
    reject: (reason) => settle(() => refuse(reason)),
    lane: clip.lane,
    deadlineAtMs: options.nowMs + (clip.deadlineMs ?? Number.POSITIVE_INFINITY),
    couldBatch: false,
    cancelDeadline: undefined,
    isSettled: false,
    onSettled: undefined,
  };
  return entry;
}
