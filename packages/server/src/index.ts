export { MAX_KEYWORD_CHARACTERS, MAX_KEYWORDS } from '@outspoken/protocol';
export { DEFAULT_HTTP_OPTIONS, type HttpOptions } from './api/http-options.ts';
export { DEFAULT_STREAM_OPTIONS, type StreamOptions } from './api/stream-options.ts';
export { buildServer, type OutspokenServer } from './build-server.ts';
export { buildFileTranscriber, type FileTranscriberParts, type ServiceOptions } from './build-services.ts';
export type { ServiceEnd, WorkerPort } from './dispatch/child-service.ts';
export {
  DispatchError,
  type DispatchErrorCode,
  type Dispatcher,
  type ModelInfo,
  type RecognitionJob,
  type RecognitionOutcome,
} from './dispatch/dispatcher.ts';
export {
  FileReaderError,
  type FileReaderErrorCode,
  type FileReaders,
  type FileReading,
  type OpenFile,
  type OpenFileOptions,
} from './dispatch/file-reader.ts';
export { type ServeFileReaderOptions, serveFileReader } from './dispatch/file-reader-main.ts';
export {
  DEFAULT_LOCAL_FILE_READERS_SETTINGS,
  type FileReaderEvent,
  LocalFileReaders,
  type LocalFileReadersOptions,
  type LocalFileReadersSettings,
} from './dispatch/local-file-readers.ts';
export {
  DEFAULT_LOCAL_WORKERS_SETTINGS,
  LocalWorkers,
  type LocalWorkersOptions,
  type LocalWorkersSettings,
  type SwapOptions,
  type WorkerEvent,
} from './dispatch/local-workers.ts';
export { type ServeRecognizerOptions, serveRecognizer } from './dispatch/worker-main.ts';
export type { WorkerProcess } from './dispatch/worker-slot.ts';
export {
  type Admission,
  DEFAULT_SCHEDULER_LIMITS,
  Scheduler,
  type SchedulerLimits,
  type SchedulerOptions,
} from './scheduling/scheduler.ts';
export { SchedulingError, type SchedulingErrorCode } from './scheduling/scheduling-error.ts';
export type { ServerMetrics, ServerOptions } from './server-options.ts';
export { type Clock, SYSTEM_CLOCK } from './session/clock.ts';
export { DEFAULT_FILE_OPTIONS, type FileOptions } from './session/file-options.ts';
export { type FileEvent, FileTranscriber, type FileTranscriberOptions, type TranscribeFileOptions } from './session/file-transcriber.ts';
export { SessionError, type SessionErrorOptions } from './session/session-error.ts';
export type { SessionMetrics } from './session/session-metrics.ts';
export { DEFAULT_SESSION_OPTIONS, type SessionOptions } from './session/session-options.ts';
