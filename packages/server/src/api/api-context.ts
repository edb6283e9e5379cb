import type { ModelInfo } from '../dispatch/dispatcher.ts';
import type { Clock } from '../session/clock.ts';
import type { FileOptions } from '../session/file-options.ts';
import type { FileTranscriber } from '../session/file-transcriber.ts';
import type { SessionMetrics } from '../session/session-metrics.ts';
import type { SessionOptions } from '../session/session-options.ts';
import type { SessionRegistry } from '../session/session-registry.ts';
import type { SessionServices } from '../session/session-services.ts';
import type { OriginPolicy } from './origin.ts';
import type { StreamOptions } from './stream-options.ts';

/** What the routes of a server share. */
export interface ApiContext {
  readonly registry: SessionRegistry;
  readonly scheduler: SessionServices['scheduler'];
  readonly metrics: SessionMetrics;
  readonly clock: Clock;
  readonly origins: OriginPolicy;
  readonly sessionOptions: SessionOptions;
  readonly streamOptions: StreamOptions;
  /** The model that answers now. @throws while no worker has loaded one, see {@link hasWorker}. */
  readonly model: () => ModelInfo;
  /** Recognizes uploaded files; none means that files are not taken. */
  readonly files: FileTranscriber | undefined;
  readonly fileOptions: FileOptions;
  /** Whether a worker can recognize a clip now. */
  readonly hasWorker: () => boolean;
}
