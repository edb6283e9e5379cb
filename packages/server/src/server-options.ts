import type { FastifyBaseLogger } from 'fastify';
import type { HttpOptions } from './api/http-options.ts';
import type { MetricsSource } from './api/metrics.ts';
import type { StreamOptions } from './api/stream-options.ts';
import type { Dispatcher } from './dispatch/dispatcher.ts';
import type { FileReaders } from './dispatch/file-reader.ts';
import type { Scheduler } from './scheduling/scheduler.ts';
import type { Clock } from './session/clock.ts';
import type { FileOptions } from './session/file-options.ts';
import type { SessionMetrics } from './session/session-metrics.ts';
import type { SessionOptions } from './session/session-options.ts';

/** What the server records and how `/metrics` reads it; `Metrics` of `@outspoken/monitoring` fits. */
export interface ServerMetrics extends SessionMetrics, MetricsSource {}

/** What {@link buildServer} puts together. */
export interface ServerOptions {
  /** Runs the clips. Owned by the caller, who closes it after the server. */
  readonly scheduler: Pick<Scheduler, 'submit' | 'refine' | 'admit' | 'predictedWaitMs'>;
  /** Tells whether a worker is ready (`slots` > 0) and which model it runs. Owned by the caller. */
  readonly dispatcher: Pick<Dispatcher, 'slots' | 'model'>;
  /** Counters, gauges and histograms; read by `/metrics`. */
  readonly metrics: ServerMetrics;
  /** Where log lines go, in pino's shape. @defaultValue silent */
  readonly logger?: FastifyBaseLogger;
  /** Sub-path under which everything is served, `''` or `/like/this`. @defaultValue `''` */
  readonly basePath?: string;
  /** Absolute path of the folder with the built web page; none means that only the API is served. */
  readonly webRoot?: string;
  /** Further origins whose pages may use the API, exactly as browsers write them: `https://app.example`. @defaultValue `[]` */
  readonly allowedOrigins?: readonly string[];
  /** Addresses or networks of proxies whose `X-Forwarded-*` headers count. @defaultValue none */
  readonly trustedProxies?: readonly string[];
  /** Whether `/metrics` is served here; turn it off when it has a listener of its own. @defaultValue `true` */
  readonly isMetricsExposed?: boolean;
  /** Limits of sessions and clips. @defaultValue {@link DEFAULT_SESSION_OPTIONS} */
  readonly session?: Partial<SessionOptions>;
  /** Reads uploaded files; none means that files are not taken. Owned by the caller, who closes it after the server. */
  readonly fileReaders?: FileReaders;
  /** Limits of files. @defaultValue {@link DEFAULT_FILE_OPTIONS} */
  readonly files?: Partial<FileOptions>;
  /** Language of the model, as a BCP 47 tag; requests for another one are refused. @defaultValue `en` */
  readonly language?: string;
  /** Limits of plain HTTP requests. @defaultValue {@link DEFAULT_HTTP_OPTIONS} */
  readonly http?: Partial<HttpOptions>;
  /** Limits of one socket. @defaultValue {@link DEFAULT_STREAM_OPTIONS} */
  readonly stream?: Partial<StreamOptions>;
  /** Times and timers. @defaultValue {@link SYSTEM_CLOCK} */
  readonly clock?: Clock;
  /** Numbers in [0, 1), to spread retries. @defaultValue `Math.random` */
  readonly random?: () => number;
}
