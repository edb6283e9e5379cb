import type { Recognizer, Transcript } from '@outspoken/asr';

/** What the parent tells a worker. */
export type ParentMessage =
  | { readonly type: 'job'; readonly jobId: string; readonly samples: Float32Array }
  /** Stop this job between two tokens; no effect when it is over. */
  | { readonly type: 'cancel'; readonly jobId: string }
  /** Abort what runs and end. */
  | { readonly type: 'close' };

/** What a worker tells its parent. */
export type WorkerMessage =
  /** The model is loaded. Sent once, before anything else. */
  | { readonly type: 'ready'; readonly model: Recognizer['model'] }
  /** The model could not be loaded; the parent ends the worker. `message` goes to the log. */
  | { readonly type: 'load_failed'; readonly message: string }
  /** The worker turns; sent when a job begins and regularly while it runs, since a stopped process cannot say that it is stopped. */
  | { readonly type: 'heartbeat' }
  | { readonly type: 'result'; readonly jobId: string; readonly transcript: Transcript; readonly busyMs: number }
  /** `code` is the recognizer's error code, or `model_failed` for an error without one. */
  | { readonly type: 'failed'; readonly jobId: string; readonly code: string; readonly message: string }
  | { readonly type: 'cancelled'; readonly jobId: string };

/** Whether something that came through the channel has the outer form of a message: an object with a `type`. */
export function isTyped(value: unknown): value is { readonly type: string } {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
