import type { Effort, Recognizer, SpeechEvidence, Transcript } from '@outspoken/asr';

/** One clip of a batch on its way to a worker. */
export interface WorkerClip {
  readonly jobId: string;
  readonly samples: Float32Array;
  readonly speech?: SpeechEvidence;
  readonly effort?: Effort;
  readonly keywords?: readonly string[];
}

/** What the parent tells a worker. */
export type ParentMessage =
  /** Decode these clips side by side, after the batches that came before. */
  | { readonly type: 'batch'; readonly batchId: number; readonly clips: readonly WorkerClip[] }
  /** Stop this clip between two steps, or do not begin with it; no effect when it is over. */
  | { readonly type: 'cancel'; readonly jobId: string }
  /** Give this batch back; no effect when it has begun, which `begun` says. */
  | { readonly type: 'withdraw'; readonly batchId: number }
  /** Abort what runs and end. */
  | { readonly type: 'close' };

/** What a worker tells its parent. Each clip of a batch that was not withdrawn ends once: in `result`, `failed` or `cancelled`. */
export type WorkerMessage =
  /** The model is loaded. Sent once, before anything else. */
  | { readonly type: 'ready'; readonly model: Recognizer['model'] }
  /** The model could not be loaded; the parent ends the worker. `message` goes to the log. */
  | { readonly type: 'load_failed'; readonly message: string }
  /** The worker turns; sent regularly while a batch runs, since a stopped process cannot say that it is stopped. */
  | { readonly type: 'heartbeat' }
  /** The worker has turned to this batch: if it dies from now on, one of these clips may be the reason. */
  | { readonly type: 'begun'; readonly batchId: number }
  /** This batch has not begun and never will here. */
  | { readonly type: 'withdrawn'; readonly batchId: number }
  | {
      readonly type: 'result';
      readonly jobId: string;
      readonly transcript: Transcript;
      readonly busyMs: number;
      readonly batchSize: number;
    }
  /** `code` is the recognizer's error code, or `model_failed` for an error without one. */
  | { readonly type: 'failed'; readonly jobId: string; readonly code: string; readonly message: string }
  | { readonly type: 'cancelled'; readonly jobId: string };

/** Whether something that came through the channel has the outer form of a message: an object with a `type`. */
export function isTyped(value: unknown): value is { readonly type: string } {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
