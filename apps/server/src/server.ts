import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createMetrics, type Metrics } from '@outspoken/monitoring';
import type { Logger } from 'pino';
import { type Core, startCore } from './core.ts';
import { NO_WEB_ROOT, type Settings } from './settings.ts';

/** A server that answers. */
export interface RunningServer {
  /** Where a browser on this machine finds it. */
  readonly url: string;
  /** Starts recognition with these settings beside the one of before, and moves the work over; see `Core.swap`. */
  swap(settings: Settings): Promise<void>;
  /** Takes on nothing new, finishes the clips and files in flight within the drain time, and ends everything. Idempotent. */
  close(): Promise<void>;
}

// After the sessions have had their time, what the scheduler still holds is nobody's any more.
const SCHEDULER_GRACE_MS = 500;

/**
 * Verifies the model, starts the workers, and listens when the first of them is ready to answer.
 *
 * @throws `ModelError` when a model file is missing or not the one that is pinned, `DispatchError` when no worker can load it,
 * and the system's error when the address is not free.
 */
export async function startServer(settings: Settings, logger: Logger): Promise<RunningServer> {
  const metrics = createMetrics();
  const core = await startCore(settings, logger, metrics);
  try {
    return await assemble(settings, logger, metrics, core);
  } catch (error) {
    await core.close();
    throw error;
  }
}

async function assemble(settings: Settings, logger: Logger, metrics: Metrics, core: Core): Promise<RunningServer> {
  const { workers, scheduler, readers } = core;
  const webRoot = findWebRoot(settings, logger);
  // The part with the web server in it is loaded while the workers load their model, not before they are started.
  const { buildServer } = await import('@outspoken/server');
  const server = await buildServer({
    scheduler,
    dispatcher: workers,
    metrics,
    logger,
    basePath: settings.basePath === '/' ? '' : settings.basePath,
    ...(webRoot === undefined ? {} : { webRoot }),
    allowedOrigins: settings.allowedOrigins,
    trustedProxies: settings.trustedProxies,
    isMetricsExposed: settings.exposeMetrics,
    session: {
      maximumSessions: settings.maximumSessions,
      windowClips: settings.windowClips,
      resumeWindowMs: settings.resumeWindowMs,
      finalDeadlineMs: settings.finalDeadlineMs,
    },
    fileReaders: readers,
    files: {
      maximumFileMs: settings.maximumFileMs,
      maximumUploadBytes: settings.maximumUploadBytes,
      maximumSpoolBytes: settings.maximumSpoolBytes,
      maximumUploads: settings.maximumUploads,
      spoolFolder: settings.spoolFolder,
    },
  });
  const shutDown = async (): Promise<void> => {
    await server.drain(settings.drainTimeoutMs);
    await scheduler.close({ signal: AbortSignal.timeout(SCHEDULER_GRACE_MS) });
    await server.app.close();
    await core.close();
  };
  try {
    await workers.ready();
    await server.app.listen({ host: settings.host, port: settings.port });
  } catch (error) {
    await server.app.close();
    throw error;
  }
  // Only now: the workers had the processor to themselves, and the server answers a moment sooner.
  readers.warmUp();
  warnAboutMicrophone(settings, logger);
  let closing: Promise<void> | undefined;
  return {
    url: addressOf(settings, server.app.server.address()),
    swap: (next) => core.swap(next),
    close() {
      closing ??= shutDown();
      return closing;
    },
  };
}

function findWebRoot(settings: Settings, logger: Logger): string | undefined {
  const { webRoot } = settings;
  if (webRoot === NO_WEB_ROOT) {
    return undefined;
  }
  if (!existsSync(webRoot)) {
    logger.warn({ webRoot }, 'the folder of the web page does not exist, only the API is served');
    return undefined;
  }
  return webRoot;
}

function warnAboutMicrophone(settings: Settings, logger: Logger): void {
  if (!/^(127\.|::1$|localhost$)/.test(settings.host)) {
    logger.warn({ host: settings.host }, 'browsers give the microphone only to https pages: put a TLS proxy in front of this address');
  }
}

/** The address for a person: an address that means "every network" is no place to open in a browser. */
function addressOf(settings: Settings, address: AddressInfo | string | null): string {
  const port = typeof address === 'object' && address !== null ? address.port : settings.port;
  const named = /^(0\.0\.0\.0|::)$/.test(settings.host) ? 'localhost' : settings.host;
  const host = named.includes(':') ? `[${named}]` : named;
  return `http://${host}:${port}${settings.basePath === '/' ? '/' : `${settings.basePath}/`}`;
}
