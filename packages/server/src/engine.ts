export { buildFileTranscriber, type FileTranscriberParts, type ServiceOptions } from './build-services.ts';
export { DispatchError, type DispatchErrorCode } from './dispatch/dispatcher.ts';
export { FileReaderError, type FileReaderErrorCode } from './dispatch/file-reader.ts';
export {
  type FileReaderEvent,
  LocalFileReaders,
  type LocalFileReadersOptions,
  type LocalFileReadersSettings,
} from './dispatch/local-file-readers.ts';
export { LocalWorkers, type LocalWorkersOptions, type LocalWorkersSettings, type WorkerEvent } from './dispatch/local-workers.ts';
export type { WorkerProcess } from './dispatch/worker-slot.ts';
export { Scheduler, type SchedulerLimits, type SchedulerOptions } from './scheduling/scheduler.ts';
export { type FileEvent, FileTranscriber, type TranscribeFileOptions } from './session/file-transcriber.ts';
export { SessionError, type SessionErrorOptions } from './session/session-error.ts';
