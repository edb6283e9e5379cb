import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { loadModelFiles } from '@outspoken/models';
import { createMetrics, type Metrics } from '@outspoken/monitoring';
import { buildServer, LocalWorkers, Scheduler, type WorkerEvent } from '@outspoken/server';
import type { Logger } from 'pino';
import { modelLabels } from './model-labels.ts';
import { NO_WEB_ROOT, type Settings } from './settings.ts';
import { spawnWorker } from './worker-process.ts';

/** A server that answers. */
export interface RunningServer {
  /** Where a browser on this machine finds it. */
  readonly url: string;
  /** Takes on nothing new, finishes the clips in flight within the drain time, and ends everything. Idempotent. */
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
  const workers = new LocalWorkers({
    workers: settings.workers,
    jobTimeoutMs: settings.jobTimeoutMs,
    spawn: () => spawnWorker(settings),
    onEvent: (event) => reportWorker(event, logger, metrics),
  });
  try {
    return await assemble(settings, logger, metrics, workers);
  } catch (error) {
    await workers.close();
    throw error;
  }
}

async function assemble(settings: Settings, logger: Logger, metrics: Metrics, workers: LocalWorkers): Promise<RunningServer> {
  const { manifest } = await loadModelFiles(settings.model);
  metrics.setModel(modelLabels(manifest));
  const { maximumPredictedWaitMs } = settings;
  const scheduler = new Scheduler({ dispatcher: workers, metrics, maximumPredictedWaitMs });
  metrics.watchQueue(() => scheduler.snapshot());
  const webRoot = findWebRoot(settings, logger);
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
  });
  const shutDown = async (): Promise<void> => {
    await server.drain(settings.drainTimeoutMs);
    await scheduler.close({ signal: AbortSignal.timeout(SCHEDULER_GRACE_MS) });
    await server.app.close();
    await workers.close();
  };
  try {
    await workers.ready();
    await server.app.listen({ host: settings.host, port: settings.port });
  } catch (error) {
    await server.app.close();
    throw error;
  }
  warnAboutMicrophone(settings, logger);
  let closing: Promise<void> | undefined;
  return {
    url: addressOf(settings, server.app.server.address()),
    close() {
      closing ??= shutDown();
      return closing;
    },
  };
}

function reportWorker(event: WorkerEvent, logger: Logger, metrics: Metrics): void {
  const { type, ...fields } = event;
  if (event.type === 'ready') {
    logger.info(fields, 'worker ready');
  } else {
    logger.error(fields, 'worker died, a new one takes its place');
    metrics.workerRestarted(event.death);
  }
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
