export {
  CaptureEvent,
  type CaptureEventMap,
  type CaptureStatus,
  EdgeError,
  type EdgeErrorCode,
  type EdgeErrorDetail,
  SpeechCapture,
  type SpeechCaptureOptions,
} from '@outspoken/edge';
