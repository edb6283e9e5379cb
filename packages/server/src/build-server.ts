import { randomUUID } from 'node:crypto';
import { isAbsolute } from 'node:path';
import { type FastifyInstance, fastify, LogController } from 'fastify';
import type { ApiContext } from './api/api-context.ts';
import { BodyDeadlines } from './api/body-deadlines.ts';
import { ConnectionSet } from './api/connection-set.ts';
import { registerDemo } from './api/demo.ts';
import { registerHealth } from './api/health.ts';
import { clientError, frameworkError, registerHooks } from './api/http-hooks.ts';
import { type HttpOptions, httpOptions } from './api/http-options.ts';
import { registerMetrics } from './api/metrics.ts';
import { registerOpenAI } from './api/openai/openai.ts';
import { registerOpenApi, registerReference } from './api/openapi.ts';
import { OriginPolicy } from './api/origin.ts';
import { registerSessions } from './api/sessions.ts';
import { registerSockets, registerStream } from './api/stream.ts';
import { streamOptions } from './api/stream-options.ts';
import { Spool } from './api/upload/spool.ts';
import { buildServices, createFileTranscriber } from './build-services.ts';
import type { ServerOptions } from './server-options.ts';
import { fileOptions } from './session/file-options.ts';
import { SessionRegistry } from './session/session-registry.ts';

/** A client that drips its headers is cut off after this time, in milliseconds; `BodyDeadlines` does the same for bodies. */
const SLOW_HEADERS_MS = 5_000;
const SLOW_HEADERS_CHECK_MS = 1_000;
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
   * Takes on nothing new, tells the clients, lets the clips and files in flight finish for at most `timeoutMs`, closes every socket
   * with 1001 and gives up what is left of the files. `/healthz`, `/readyz` (503) and `/metrics` answer until the app is closed.
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
  const http = httpOptions(options.http);
  const { context, spool } = await createContext(options, http);
  const { files } = context;
  const connections = new ConnectionSet();
  const deadlines = new BodyDeadlines({ clock: context.clock, limits: http });
  const app = createApp(options, http, basePath);
  app.server.maxConnections = context.sessionOptions.maximumSessions + SPARE_CONNECTIONS;
  app.server.on('drop', () => options.metrics.rejected('too_many_connections'));
  deadlines.watch(app.server);
  registerHooks(app, { metrics: options.metrics, deadlines });
  await registerSockets(app, connections, `${basePath}/v1/stream`);
  await app.register(
    async (scope) => {
      await registerOpenApi(scope, basePath);
      registerHealth(scope, context);
      registerSessions(scope, context);
      registerStream(scope, context, connections);
      if (files !== undefined) {
        await registerOpenAI(scope, context, { transcriber: files, spool, deadlines, http, language: options.language ?? 'en' });
      }
      if (options.isMetricsExposed ?? true) registerMetrics(scope, options.metrics);
      await registerReference(scope, basePath);
      if (options.webRoot !== undefined) await registerDemo(scope, checkWebRoot(options.webRoot));
    },
    { prefix: basePath },
  );
  app.addHook('onReady', () => spool.sweep());
  app.addHook('preClose', async () => {
    context.clock.schedule(CLOSE_GRACE_MS, () => app.server.closeAllConnections());
  });
  app.addHook('onClose', async () => {
    await spool.close();
    context.registry.close();
  });
  return {
    app,
    async drain(timeoutMs) {
      context.registry.startDraining(DRAIN_SPREAD_MS);
      files?.startDraining();
      connections.closeWithoutSession(1001, 'the server is shutting down');
      // Sockets need not stay open for a file.
      const filesSettled = files?.settled(timeoutMs);
      const areSessionsFinished = await context.registry.settled(timeoutMs);
      const { size } = connections;
      await connections.closeAll(1001, 'the server is shutting down');
      const areFilesFinished = (await filesSettled) ?? true;
      app.log.info({ areSessionsFinished, areFilesFinished, connections: size }, 'drained');
    },
  };
}

async function createContext(
  options: ServerOptions,
  { uploadIdleMs }: HttpOptions,
): Promise<{ readonly context: ApiContext; readonly spool: Spool }> {
  const { dispatcher, fileReaders } = options;
  const services = buildServices(options);
  const limits = fileOptions(options.files);
  const parts = { dispatcher, maximumFileMs: limits.maximumFileMs };
  const context: ApiContext = {
    registry: new SessionRegistry({ services, random: options.random ?? Math.random }),
    scheduler: services.scheduler,
    metrics: services.metrics,
    clock: services.clock,
    files: fileReaders === undefined ? undefined : await createFileTranscriber(services, { ...parts, fileReaders }),
    origins: new OriginPolicy(options.allowedOrigins ?? []),
    sessionOptions: services.options,
    fileOptions: limits,
    streamOptions: streamOptions(options.stream),
    model: () => dispatcher.model,
    hasWorker: () => dispatcher.slots > 0,
  };
  const now = (): number => context.clock.nowMs();
  return { context, spool: new Spool({ ...limits, folder: limits.spoolFolder, slowAfterMs: uploadIdleMs, now }) };
}

function createApp(options: ServerOptions, http: HttpOptions, basePath: string): FastifyInstance {
  const proxies = options.trustedProxies ?? [];
  return fastify({
    ...(options.logger === undefined ? { logger: false } : { loggerInstance: options.logger }),
    // Its request lines carry the query; `http-hooks.ts` writes one without.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    trustProxy: proxies.length === 0 ? false : [...proxies],
    bodyLimit: MAX_BODY_BYTES,
    // The whole request, an upload as well; every other body has its own limit in `BodyDeadlines`.
    requestTimeout: SLOW_HEADERS_MS + http.uploadTimeoutMs,
    connectionTimeout: http.idleConnectionMs,
    http: { headersTimeout: SLOW_HEADERS_MS, connectionsCheckingInterval: SLOW_HEADERS_CHECK_MS },
    clientErrorHandler: clientError,
    frameworkErrors: (error, request, reply) => frameworkError(error, request, reply, basePath),
  });
}

function checkBasePath(basePath: string): string {
  if (/^(\/[\w.~-]+)*$/.test(basePath)) return basePath;
  throw new RangeError(`basePath must be empty or like /speech, without a slash at its end, got ${basePath}`);
}

function checkWebRoot(webRoot: string): string {
  if (isAbsolute(webRoot)) return webRoot;
  throw new RangeError(`webRoot must be an absolute path, got ${webRoot}`);
}
