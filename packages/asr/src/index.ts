export { DEFAULT_MOONSHINE_OPTIONS, loadMoonshine, type MoonshineOptions, type MoonshineSource } from './moonshine/recognizer.ts';
export type { Recognizer, RecognizerClip, RecognizerModel, TranscribeOptions } from './recognizer.ts';
export { RecognizerError, type RecognizerErrorCode, type RecognizerErrorOptions } from './recognizer-error.ts';
export type { EmptyReason, GuardAction, RecognitionTimings, Token, Transcript, Word } from './transcript.ts';
