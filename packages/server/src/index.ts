export { DEFAULT_STREAM_OPTIONS, type StreamOptions } from './api/stream-options.ts';
export { buildServer, type OutspokenServer } from './build-server.ts';
export {
  DispatchError,
  type DispatchErrorCode,
  type Dispatcher,
  type ModelInfo,
  type RecognitionJob,
  type RecognitionOutcome,
} from './dispatch/dispatcher.ts';
export {
  DEFAULT_LOCAL_WORKERS_SETTINGS,
  LocalWorkers,
  type LocalWorkersOptions,
  type LocalWorkersSettings,
  type WorkerEvent,
} from './dispatch/local-workers.ts';
export { type ServeRecognizerOptions, serveRecognizer, type WorkerPort } from './dispatch/worker-main.ts';
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
export { DEFAULT_SESSION_OPTIONS, type SessionOptions } from './session/session-options.ts';
