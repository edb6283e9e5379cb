import { loadModelFiles } from '@outspoken/models';
import type { Metrics } from '@outspoken/monitoring';
import {
  type FileReaderEvent,
  LocalFileReaders,
  type LocalFileReadersSettings,
  LocalWorkers,
  Scheduler,
  type SchedulerLimits,
  type WorkerEvent,
} from '@outspoken/server/engine';
import type { Logger } from 'pino';
import { spawnFileReader } from './file-reader-process.ts';
import { modelLabels } from './model-labels.ts';
import { SETTINGS, type Settings } from './settings.ts';
import { spawnWorker } from './worker-process.ts';

/** What recognizes speech, with and without a server in front of it. */
export interface Core {
  readonly workers: LocalWorkers;
  readonly scheduler: Scheduler;
  readonly readers: LocalFileReaders;
  /**
   * Starts recognition processes with these settings and gives them the work; those of before finish what they have.
   *
   * @throws `ModelError` or `DispatchError` when that is not possible: then those of before go on.
   */
  swap(settings: Settings): Promise<void>;
  /** Ends every process. Idempotent. */
  close(): Promise<void>;
}

/** What differs between a server and a program that only transcribes its own files. */
export interface CoreLimits {
  readonly scheduler?: Partial<SchedulerLimits>;
  readonly readers?: Partial<LocalFileReadersSettings>;
}

/**
 * Verifies the model and starts the recognition processes. File readers start when they are asked for.
 *
 * @throws `ModelError` when a model file is missing or not the one that is pinned.
 */
export async function startCore(settings: Settings, logger: Logger, metrics: Metrics, limits: CoreLimits = {}): Promise<Core> {
  const workers = new LocalWorkers({
    workers: settings.workers,
    jobTimeoutMs: settings.jobTimeoutMs,
    spawn: () => spawnWorker(settingsOf(settings, logger)),
    onEvent: (event) => reportWorker(event, logger, metrics),
  });
  const readers = new LocalFileReaders({
    maximumReaders: settings.fileReaders,
    maximumWaiting: settings.maximumUploads,
    spawn: spawnFileReader,
    onEvent: (event) => reportReader(event, logger),
    ...limits.readers,
  });
  const close = async (): Promise<void> => {
    await Promise.all([readers.close(), workers.close()]);
  };
  try {
    const { manifest } = await loadModelFiles(settings.model);
    // Which graph they use is known when the first of them is ready; whether one ever is, its own waiter hears.
    workers.ready().then(
      () => metrics.setModel(modelLabels(manifest, workers.model.graph)),
      () => {},
    );
    const { maximumPredictedWaitMs, effort } = settings;
    const scheduler = new Scheduler({ dispatcher: workers, metrics, maximumPredictedWaitMs, effort, ...limits.scheduler });
    metrics.watchQueue(() => scheduler.snapshot());
    return { workers, scheduler, readers, swap: (next) => swap(workers, settingsOf(next, logger), metrics), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The workers write as much to the log as their parent does, whatever the settings say: a program may have a logger of its own. */
function settingsOf(settings: Settings, logger: Logger): Settings {
  const logLevel = SETTINGS.logLevel.fromText(logger.level);
  return { ...settings, logLevel };
}

async function swap(workers: LocalWorkers, settings: Settings, metrics: Metrics): Promise<void> {
  const { manifest } = await loadModelFiles(settings.model);
  await workers.swap({
    spawn: () => spawnWorker(settings),
    onTakeOver: () => metrics.setModel(modelLabels(manifest, workers.model.graph)),
  });
}

function reportWorker(event: WorkerEvent, logger: Logger, metrics: Metrics): void {
  const { type, ...fields } = event;
  if (event.type === 'ready') {
    logger.info(fields, 'worker ready');
  } else if (event.restartInMs === undefined) {
    logger.error(fields, 'worker died');
  } else {
    logger.error(fields, 'worker died, a new one takes its place');
    metrics.workerRestarted(event.death);
  }
}

/** The death of a reader is what a broken file costs: its request says so, and nobody has to act. */
function reportReader(event: FileReaderEvent, logger: Logger): void {
  const { type, ...fields } = event;
  if (event.type === 'ready') {
    logger.info(fields, 'file reader ready');
  } else if (event.death === 'load_failed') {
    logger.error(fields, 'file reader does not start');
  } else {
    logger.warn(fields, 'file reader died, a new one takes its place');
  }
}
