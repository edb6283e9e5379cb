export type { DetectorEvent } from './detector-event.ts';
export type { ClipEndReason, FlushReason, SegmentEvent, SpeechEvidence } from './segment-event.ts';
export { Segmenter } from './segmenter.ts';
export { DEFAULT_SEGMENTER_OPTIONS, type SegmenterOptions } from './segmenter-options.ts';
export { loadSileroVad } from './silero-vad.ts';
export { SpeechDetector, type SpeechDetectorSettings } from './speech-detector.ts';
export { VadError, type VadErrorCode } from './vad-error.ts';
export type { VadModel } from './vad-model.ts';
