import type { SegmentEvent } from './segment-event.ts';

type PlainSegmentEvent = Exclude<SegmentEvent, { type: 'clip_audio' | 'clip_end' }>;
type ClipEndEvent = Extract<SegmentEvent, { type: 'clip_end' }>;

/** What the detector found. Positions are samples at 16 kHz since the first sample that was pushed. */
export type DetectorEvent =
  /** One frame of 512 samples was judged; at a flush the last one is shorter. */
  | {
      readonly type: 'frame';
      /** Probability of speech, 0 to 1. */
      readonly probability: number;
      /** Root-mean-square level of the frame in decibels relative to full scale; `-Infinity` for digital silence. */
      readonly levelDbfs: number;
      readonly endSample: number;
    }
  | PlainSegmentEvent
  /** The next audio of the open clip; the spans of a clip join without a gap. */
  | { readonly type: 'clip_audio'; readonly startSample: number; readonly endSample: number; readonly samples: Float32Array }
  /** All audio of the clip has been handed over; `levelDbfs` is its root-mean-square level. */
  | (ClipEndEvent & { readonly levelDbfs: number });
