export type { RecordingClip } from './recording-clip.ts';
export { cutRecording, type RecordingEvent } from './recording-cutter.ts';
export { deltaOf, joinText, segmentOf } from './recording-segment.ts';
export type { RecordingSegment, RecordingTranscript } from './recording-transcript.ts';
export { countRepeatedWords, withoutFirstWords } from './split-joint.ts';
export { formatSrt, formatText, formatVtt } from './transcript-format.ts';
