/** How much speech a clip holds, by the voice activity detector; it travels with the clip. */
export interface SpeechEvidence {
  /** Time in frames at or above the offset probability, in milliseconds. */
  readonly voicedMs: number;
  /** Highest probability of a voiced frame, 0 to 1. */
  readonly peakProbability: number;
  /** Mean probability of the voiced frames, 0 to 1. */
  readonly meanProbability: number;
}

/** Why a clip ended: silence after it, its maximum length, or an end that was asked for. */
export type ClipEndReason = 'silence' | 'split' | FlushReason;

/** Why speech is cut short from outside. */
export type FlushReason = 'stop' | 'mute';

/** What one frame changed. Positions are samples at 16 kHz since the first frame. */
export type SegmentEvent =
  /** A first frame sounds like speech; a confirmed start or a misfire follows. */
  | { readonly type: 'tentative_start'; readonly startSample: number }
  /** It is speech; the start is dated back to the first frame that may be part of it. */
  | { readonly type: 'confirmed_start'; readonly startSample: number }
  /** The clip opens, pre-roll included: from here on it cannot be a misfire. */
  | { readonly type: 'clip_start'; readonly startSample: number }
  /** Everything before `endSample` belongs to the open clip for certain. */
  | { readonly type: 'clip_audio'; readonly endSample: number }
  /** A pause: if it lasts, the clip ends at `endSample` with this evidence, and all of that audio has been announced. */
  | { readonly type: 'maybe_end'; readonly endSample: number; readonly evidence: SpeechEvidence }
  /** Speech again after `maybe_end`: the clip goes on. */
  | { readonly type: 'resume' }
  | {
      readonly type: 'clip_end';
      readonly endSample: number;
      /** End of the last voiced frame of the clip: `endSample` without the tail. */
      readonly voicedEndSample: number;
      readonly reason: ClipEndReason;
      /** Whether the next clip is the same speech, and starts `splitOverlapMs` before this end. */
      readonly continues: boolean;
      readonly evidence: SpeechEvidence;
    }
  /** A start that was none: no clip was opened. */
  | {
      readonly type: 'misfire';
      readonly startSample: number;
      readonly endSample: number;
      readonly reason: 'too_few_frames' | 'too_short';
    };
