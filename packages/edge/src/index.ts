export { ASSET_NAMES, VAD_MODEL_SHA256 } from './assets.ts';
export {
  CaptureEvent,
  type CaptureEventMap,
  type CaptureEventName,
  type CaptureEventTarget,
  type CaptureStats,
  type ClipDetail,
  type ClipStartDetail,
  type InterimDetail,
  type LevelFrame,
  type MisfireDetail,
  type PauseDetail,
  type RejectedDetail,
  type ResumeDetail,
  type SpeechEndDetail,
  type SpeechStartDetail,
  type TranscriptDetail,
  type TranscriptWord,
} from './capture-event.ts';
export { DEFAULT_CAPTURE_OPTIONS, type SpeechCaptureOptions } from './capture-options.ts';
export type { CapturePlatform } from './capture-platform.ts';
export type { CaptureState, CaptureStatus, ConnectionState } from './capture-state.ts';
export { EDGE_ERROR_GUIDE, EdgeError, type EdgeErrorCode, type EdgeErrorDetail } from './edge-error.ts';
export type { AudioSource, MicrophoneSource, StreamSource } from './microphone.ts';
export { SpeechCapture } from './speech-capture.ts';
