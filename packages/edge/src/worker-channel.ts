import type { ClipPolicy } from '@outspoken/audio';
import type { TextFormat } from '@outspoken/protocol';
import type { CaptureEventMap } from './capture-event.ts';
import type { ConnectionState } from './capture-state.ts';
import type { EdgeErrorDetail } from './edge-error.ts';

/** What a worker needs to know once, before anything else. */
export interface WorkerSetup {
  readonly serverUrl: string;
  readonly assetBaseUrl: string;
  readonly policy: ClipPolicy;
  readonly wantsInterims: boolean;
  readonly format: TextFormat;
  readonly keywords: readonly string[];
  readonly closeTimeoutMs: number;
  readonly sdk: { readonly name: string; readonly version: string };
}

/** Page to worker. `attachId` names one audio graph, so that a late word about an older one is not taken for the present one. */
export type ToWorkerMessage =
  | { readonly type: 'setup'; readonly setup: WorkerSetup }
  | { readonly type: 'attach'; readonly attachId: number; readonly port: MessagePort; readonly sampleRateHz: number }
  | { readonly type: 'detach'; readonly requestId: number }
  /** Whether the audio context runs: frames are expected only then, and a suspension ends an open clip. */
  | { readonly type: 'running'; readonly isRunning: boolean }
  | { readonly type: 'muted'; readonly isMuted: boolean }
  /** Try to reach the server now. */
  | { readonly type: 'reconnect' }
  | { readonly type: 'close'; readonly requestId: number };

/** Events that are born in the worker and passed on as they are. */
export type WorkerEventName = Exclude<keyof CaptureEventMap, 'state' | 'error'>;

/** One event on its way from the worker to the page. */
export type WorkerEventMessage = {
  readonly [Name in WorkerEventName]: { readonly type: 'event'; readonly name: Name; readonly detail: CaptureEventMap[Name] };
}[WorkerEventName];

/** What the worker knows of the way to the server. */
export interface UploadStatus {
  readonly connection: ConnectionState;
  readonly retryInMs?: number;
  readonly isUploading: boolean;
}

/** Worker to page, about the capture. */
export type CaptureMessage =
  /** The set-up, the detector or the session failed for good: the worker is of no further use. */
  | { readonly type: 'failed'; readonly error: EdgeErrorDetail }
  | { readonly type: 'flowing'; readonly attachId: number }
  | { readonly type: 'stalled'; readonly attachId: number }
  | { readonly type: 'upload'; readonly status: UploadStatus }
  | { readonly type: 'error'; readonly error: EdgeErrorDetail }
  | WorkerEventMessage;

/** Worker to page. */
export type FromWorkerMessage =
  | CaptureMessage
  /** The worker's file runs. */
  | { readonly type: 'loaded' }
  | { readonly type: 'done'; readonly requestId: number };

/** Worklet to worker, over their own port; each buffer is posted back when it has been read. */
export type FromWorkletMessage =
  | {
      readonly type: 'frames';
      readonly buffer: ArrayBuffer;
      readonly channelCount: number;
      readonly frameCount: number;
      readonly strideFrames: number;
      /** `currentFrame` of the audio context at the first frame. */
      readonly startFrame: number;
    }
  | { readonly type: 'end' };
