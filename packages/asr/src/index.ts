export { type ConfidenceCalibration, type ConfidenceKnot, calibrateConfidence } from './confidence-calibration.ts';
export { EFFORTS, type Effort } from './effort.ts';
export { buildMoonshineGraphs, type GraphParameters, MOONSHINE_GRAPH_VERSION, type PreparedGraphs } from './moonshine/graph/build.ts';
export { KEYWORD_LIMITS } from './moonshine/keyword-tree.ts';
export { DEFAULT_MOONSHINE_OPTIONS, loadMoonshine, type MoonshineOptions, type MoonshineSource } from './moonshine/recognizer.ts';
export type { MoonshineReference } from './moonshine/self-check.ts';
export type { WeightForm } from './onnx-graph/quantized-linear.ts';
export type {
  ClipResult,
  GraphVariant,
  Recognizer,
  RecognizerClip,
  RecognizerModel,
  SpeechEvidence,
  TranscribeOptions,
} from './recognizer.ts';
export { RecognizerError, type RecognizerErrorCode, type RecognizerErrorOptions } from './recognizer-error.ts';
export type { Alternative, EmptyReason, GuardAction, RecognitionTimings, Token, Transcript, Word } from './transcript.ts';
