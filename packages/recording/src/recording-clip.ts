import type { SpeechEvidence } from '@outspoken/vad';

/** A clip that was cut out of a recording. Positions are samples at 16 kHz from the start of the recording. */
export interface RecordingClip {
  /** 0 for the first clip of the recording. */
  readonly index: number;
  /** First sample of {@link samples}, kept silence before the speech included. */
  readonly startSample: number;
  readonly endSample: number;
  /** Where the speech itself begins and ends. */
  readonly speechStartSample: number;
  readonly speechEndSample: number;
  /** 16 kHz mono, -1 to 1. */
  readonly samples: Float32Array;
  /** Whether the next clip goes on in the same breath: speech that was too long for one clip. */
  readonly continues: boolean;
  readonly evidence: SpeechEvidence;
  readonly levelDbfs: number;
}
