import type { Transcript } from '@outspoken/asr';
import type { ModelInfo } from './dispatcher.ts';
import type { RecognitionTask } from './recognition-task.ts';

/** How a worker ended its work on a clip. A worker that died ends none, see {@link LeftBehind}. */
export type ClipEnd =
  | {
      readonly type: 'result';
      readonly transcript: Transcript;
      readonly busyMs: number;
      readonly batchSize: number;
      /** Time from being given to this worker until its batch began, in milliseconds. */
      readonly handMs: number;
    }
  | { readonly type: 'failed'; readonly code: string; readonly message: string }
  | { readonly type: 'cancelled' };

/** Why a worker process is gone. */
export type WorkerDeath = 'crashed' | 'hung' | 'load_failed' | 'closed';

/** How a worker process ended. */
export interface WorkerDeathDetail {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** What the worker or the system said about it, if anything. */
  readonly message: string | undefined;
}

/** What a dead worker had not answered. */
export interface LeftBehind {
  readonly running: readonly RecognitionTask[];
  /** Whether it was still alive to begin with `running`, so that one of these clips may have killed it. */
  readonly hasBegun: boolean;
  readonly hand: readonly RecognitionTask[];
}

/** What a slot tells its owner. */
export interface WorkerSlotListener {
  onReady(model: ModelInfo): void;
  onClipEnd(task: RecognitionTask, end: ClipEnd): void;
  /** A batch has ended: the worker is idle or its hand is empty. */
  onFree(): void;
  /** What {@link WorkerSlot.withdraw} asked for. */
  onWithdrawn(tasks: readonly RecognitionTask[]): void;
  onDeath(death: WorkerDeath, detail: WorkerDeathDetail, left: LeftBehind): void;
}
