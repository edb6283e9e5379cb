import { randomUUID } from 'node:crypto';
import { isAbsolute } from 'node:path';
import { type FastifyInstance, fastify, LogController } from 'fastify';
import type { ApiContext } from './api/api-context.ts';
import { ConnectionSet } from './api/connection-set.ts';
import { registerDemo } from './api/demo.ts';
import { registerHealth } from './api/health.ts';
import { clientError, frameworkError, registerHooks } from './api/http-hooks.ts';
import { registerMetrics } from './api/metrics.ts';
import { OriginPolicy } from './api/origin.ts';
import { registerSessions } from './api/sessions.ts';
import { registerSockets, registerStream } from './api/stream.ts';
import { streamOptions } from './api/stream-options.ts';
import type { ServerOptions } from './server-options.ts';
import { AudioBudget } from './session/clip-audio.ts';
import { SYSTEM_CLOCK } from './session/clock.ts';
import { sessionOptions } from './session/session-options.ts';
import { SessionRegistry } from './session/session-registry.ts';

/**
 * A client that drips its headers is cut off after this time, in milliseconds. With Node's own limits 500 of 500 half-open
 * handshakes were still there after 25 s; with these, all had gone after 7 s.
 */
const SLOW_REQUEST_MS = 5_000;
const SLOW_REQUEST_CHECK_MS = 1_000;
/** A connection that moves nothing for this long is closed, in milliseconds; sockets have their heartbeat instead. */
const IDLE_CONNECTION_MS = 30_000;
/** What a request under way may still take when the server closes, in milliseconds: Node itself would wait for it without end. */
const CLOSE_GRACE_MS = 1_000;
/** The only body there is says who the SDK is. */
const MAX_BODY_BYTES = 4_096;
/** Room for plain requests beside the sockets: browsers open six connections for a page and keep them a while. */
const SPARE_CONNECTIONS = 1_000;
/** Clients that are sent away come back over this span, in milliseconds, not all at once. */
const DRAIN_SPREAD_MS = 3_000;

/** A server that is put together and does not listen yet. */
export interface OutspokenServer {
  /** The Fastify instance: call `listen`, and `close` after {@link OutspokenServer.drain}. */
  readonly app: FastifyInstance;
  /**
   * Takes on nothing new, tells the clients, lets the clips in flight finish for at most `timeoutMs`, then closes every socket with
   * 1001. `/healthz`, `/readyz` (503) and `/metrics` answer until the app is closed.
   */
  drain(timeoutMs: number): Promise<void>;
}

/**
 * Builds the server: the socket, its sessions, health, metrics and the web page, all under one base path.
 *
 * @throws RangeError or TypeError for an option that makes no sense.
 */
export async function buildServer(options: ServerOptions): Promise<OutspokenServer> {
  const basePath = checkBasePath(options.basePath ?? '');
  const context = createContext(options);
  const connections = new ConnectionSet();
  const app = createApp(options);
  app.server.maxConnections = context.sessionOptions.maximumSessions + SPARE_CONNECTIONS;
  app.server.on('drop', () => options.metrics.rejected('too_many_connections'));
  registerHooks(app, options.metrics);
  await registerSockets(app, connections, `${basePath}/v1/stream`);
  await app.register(
    async (scope) => {
      registerHealth(scope, context);
      registerSessions(scope, context);
      registerStream(scope, context, connections);
      if (options.isMetricsExposed ?? true) registerMetrics(scope, options.metrics);
      if (options.webRoot !== undefined) await registerDemo(scope, checkWebRoot(options.webRoot));
    },
    { prefix: basePath },
  );
  app.addHook('preClose', async () => {
    context.clock.schedule(CLOSE_GRACE_MS, () => app.server.closeAllConnections());
  });
  app.addHook('onClose', async () => context.registry.close());
  return {
    app,
    async drain(timeoutMs) {
      context.registry.startDraining(DRAIN_SPREAD_MS);
      connections.closeWithoutSession(1001, 'the server is shutting down');
      const isFinished = await context.registry.settled(timeoutMs);
      app.log.info({ isFinished, connections: connections.size }, 'drained');
      await connections.closeAll(1001, 'the server is shutting down');
    },
  };
}

function createContext(options: ServerOptions): ApiContext {
  const { scheduler, dispatcher, metrics, clock = SYSTEM_CLOCK } = options;
  const limits = sessionOptions(options.session);
  const registry = new SessionRegistry({
    services: {
      scheduler,
      model: () => dispatcher.model,
      metrics,
      clock,
      options: limits,
      budget: new AudioBudget(limits.maximumAudioBytes),
      log: options.logger ?? SILENT_LOG,
    },
    random: options.random ?? Math.random,
  });
  return {
    registry,
    scheduler,
    metrics,
    clock,
    origins: new OriginPolicy(options.allowedOrigins ?? []),
    sessionOptions: limits,
    streamOptions: streamOptions(options.stream),
    hasWorker: () => dispatcher.slots > 0,
  };
}

function createApp(options: ServerOptions): FastifyInstance {
  const proxies = options.trustedProxies ?? [];
  return fastify({
    ...(options.logger === undefined ? { logger: false } : { loggerInstance: options.logger }),
    // Its request lines carry the query; `http-hooks.ts` writes one without.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    trustProxy: proxies.length === 0 ? false : [...proxies],
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: SLOW_REQUEST_MS,
    connectionTimeout: IDLE_CONNECTION_MS,
    http: { headersTimeout: SLOW_REQUEST_MS, connectionsCheckingInterval: SLOW_REQUEST_CHECK_MS },
    clientErrorHandler: clientError,
    frameworkErrors: (error, _request, reply) => frameworkError(error, reply),
  });
}

const ignore = (): void => undefined;
const SILENT_LOG = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function checkBasePath(basePath: string): string {
  if (/^(\/[\w.~-]+)*$/.test(basePath)) return basePath;
  throw new RangeError(`basePath must be empty or like /speech, without a slash at its end, got ${basePath}`);
}

function checkWebRoot(webRoot: string): string {
  if (isAbsolute(webRoot)) return webRoot;
  throw new RangeError(`webRoot must be an absolute path, got ${webRoot}`);
}
