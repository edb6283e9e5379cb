import type { Clock } from '../session/clock.ts';
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
  /** Whether a worker can recognize a clip now. */
  readonly hasWorker: () => boolean;
}
