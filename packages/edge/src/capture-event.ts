import type { FinalMessage, FinalWord, InterimMessage } from '@outspoken/protocol';
import type { ClipEndReason, SpeechEvidence } from '@outspoken/vad';
import type { CaptureStatus } from './capture-state.ts';
import type { EdgeErrorDetail } from './edge-error.ts';

/** One frame of 32 ms as the speech detector saw it. */
export interface LevelFrame {
  /** End of the frame in session time, in milliseconds. */
  readonly timeMs: number;
  /** RMS level, -Infinity for digital silence. */
  readonly levelDbfs: number;
  /** Probability of speech, 0 to 1. */
  readonly probability: number;
  /** Whether the gate stood open: from the confirmed start of speech to its pause or end. */
  readonly isSpeech: boolean;
}

/** Detail of `speechstart`. */
export interface SpeechStartDetail {
  /** False for the first sign of speech, true once it is sure; a `misfire` may follow either. */
  readonly isConfirmed: boolean;
  /** Onset in session time, in milliseconds. */
  readonly startMs: number;
}

/** Detail of `pause`: speech has stopped for a moment and the clip may be over. */
export interface PauseDetail {
  /** Where the clip would end, in session time, in milliseconds. */
  readonly endMs: number;
}

/** Detail of `resume`: speech went on after a `pause`, before the clip ended. */
export interface ResumeDetail {
  /** Session time of the decision, in milliseconds. */
  readonly timeMs: number;
}

/** Detail of `misfire`: a sound that was not speech, or too short; none of it left the device. */
export interface MisfireDetail {
  readonly startMs: number;
  readonly endMs: number;
  readonly reason: 'too_few_frames' | 'too_short';
}

/** Detail of `speechend`: the person has finished, possibly after several clips. */
export interface SpeechEndDetail {
  /** Start of the first clip of this speech, in session time, in milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
  readonly reason: ClipEndReason;
}

/** Detail of `clipstart`: audio begins to leave the device. */
export interface ClipStartDetail {
  readonly clipId: string;
  /** First sample of the clip in session time, pre-roll included, in milliseconds. */
  readonly startMs: number;
  /** Audio before the onset of speech that the clip holds, in milliseconds. */
  readonly preRollMs: number;
  /** The clip whose speech this one goes on with, when long speech was split. */
  readonly continuesClipId?: string;
}

/** Detail of `clip`: a clip is complete. */
export interface ClipDetail extends ClipStartDetail {
  /** End of the clip in session time, in milliseconds. */
  readonly endMs: number;
  readonly reason: ClipEndReason;
  /** Whether another clip goes on where this one was split. */
  readonly continues: boolean;
  readonly evidence: SpeechEvidence;
  /** RMS level over the clip. */
  readonly levelDbfs: number;
}

/** Detail of `interim`: what has been understood so far of a clip; the next revision replaces it whole. */
export type InterimDetail = Omit<InterimMessage, 'type'>;

/** One word of a transcript, in clip time. */
export type TranscriptWord = FinalWord;

/**
 * Detail of `transcript`: the final text of one clip, exactly once for each clip, as the server sent it, and how long it took.
 *
 * Clips are decoded side by side, so a short one may come before a longer one that was spoken earlier: order them by `startMs`.
 */
export interface TranscriptDetail extends Omit<FinalMessage, 'type'> {
  /** From the end of the clip (decided on the device) to this transcript, in milliseconds; absent when the server ended the clip. */
  readonly latencyMs?: number;
  /** From the last voiced sound to this transcript, hangover included: what the person waits, in milliseconds. */
  readonly sinceSpeechMs?: number;
}

/** Detail of `rejected`: the server will never transcribe this clip. */
export interface RejectedDetail {
  readonly clipId: string;
  readonly code: string;
  readonly message: string;
}

/** Detail of `stats`: cumulative for the session. */
export interface CaptureStats {
  /** Audio heard while not muted, in milliseconds. */
  readonly capturedMs: number;
  /** Audio that was speech, in milliseconds. */
  readonly voicedMs: number;
  /** Audio in clips, pre-roll and tail included, in milliseconds. */
  readonly sentMs: number;
  /** What streaming everything at 16 kHz and 16 bits would have cost. */
  readonly capturedBytes: number;
  /** Everything sent over the connection, in bytes: audio, also what went out again, control messages, and all headers. */
  readonly sentBytes: number;
  /** Audio lost because the device was too slow, in milliseconds. */
  readonly droppedMs: number;
  readonly clips: number;
  readonly misfires: number;
}

/** The events of a capture and their details. */
export interface CaptureEventMap {
  readonly speechstart: SpeechStartDetail;
  readonly pause: PauseDetail;
  readonly resume: ResumeDetail;
  readonly speechend: SpeechEndDetail;
  readonly misfire: MisfireDetail;
  readonly clipstart: ClipStartDetail;
  readonly clip: ClipDetail;
  readonly interim: InterimDetail;
  readonly transcript: TranscriptDetail;
  readonly rejected: RejectedDetail;
  readonly level: { readonly frames: readonly LevelFrame[] };
  readonly stats: CaptureStats;
  readonly state: CaptureStatus;
  readonly error: EdgeErrorDetail;
}

/** Names of the events. */
export type CaptureEventName = keyof CaptureEventMap;

/** An event of a capture; {@link CaptureEvent.detail} is typed by its name. */
export class CaptureEvent<Name extends CaptureEventName = CaptureEventName> extends Event {
  declare readonly type: Name;
  readonly detail: CaptureEventMap[Name];

  constructor(type: Name, detail: CaptureEventMap[Name]) {
    super(type);
    this.detail = detail;
  }
}

/** An `EventTarget` that knows the names and details of {@link CaptureEventMap}. */
export interface CaptureEventTarget {
  addEventListener<Name extends CaptureEventName>(
    type: Name,
    listener: ((event: CaptureEvent<Name>) => void) | null,
    options?: AddEventListenerOptions | boolean,
  ): void;
  removeEventListener<Name extends CaptureEventName>(
    type: Name,
    listener: ((event: CaptureEvent<Name>) => void) | null,
    options?: EventListenerOptions | boolean,
  ): void;
  dispatchEvent(event: Event): boolean;
}
