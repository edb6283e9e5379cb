import { createMetrics } from '@outspoken/monitoring';
import { buildFileTranscriber, type FileEvent } from '@outspoken/server/engine';
import type { TextFormat } from '@outspoken/text';
import type { Logger } from 'pino';
import { startCore } from './core.ts';
import type { Settings } from './settings.ts';

/** What turns files into transcripts on this machine, without a server. */
export interface Engine {
  /**
   * Transcribes one file; several may run at once. Nothing begins before the first event is asked for, and nothing of a file runs any
   * more when its iterator has ended.
   *
   * @throws `FileReaderError` when the file cannot be read, `SessionError` when a part of it could not be recognized, or the reason
   *   of the signal.
   */
  transcribe(
    path: string,
    options: { readonly signal: AbortSignal; readonly format?: TextFormat; readonly keywords?: readonly string[] },
  ): AsyncGenerator<FileEvent, void, undefined>;
  /** Recognition processes that are ready. */
  readonly slots: number;
  /** Form of the weights that they use. */
  readonly graph: string;
  /** Gives up what runs and ends every process. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts the workers, scheduler and file readers that the server has, and resolves when the first worker is ready.
 *
 * @throws `ModelError` when a model file is missing or not the one that is pinned, `DispatchError` when no worker can load it.
 */
export async function startEngine(settings: Settings, logger: Logger): Promise<Engine> {
  const metrics = createMetrics({ collectsProcess: false });
  // Whoever starts an engine waits for all that he gives it: nothing is refused.
  const core = await startCore(settings, logger, metrics, {
    scheduler: { maximumFileWaitMs: Number.POSITIVE_INFINITY },
    readers: { maximumWaiting: Number.POSITIVE_INFINITY },
  });
  const { workers, scheduler, readers } = core;
  try {
    readers.warmUp();
    const files = await buildFileTranscriber({
      scheduler,
      dispatcher: workers,
      metrics,
      logger,
      fileReaders: readers,
      maximumFileMs: settings.maximumFileMs,
    });
    await workers.ready();
    const shutDown = async (): Promise<void> => {
      files.startDraining();
      await files.settled(0);
      await scheduler.close({ signal: AbortSignal.abort() });
      await core.close();
    };
    let closing: Promise<void> | undefined;
    return {
      transcribe: (path, options) => files.transcribe(path, { ...options, protocol: 'other' }),
      get slots() {
        return workers.slots;
      },
      get graph() {
        return workers.model.graph;
      },
      close() {
        closing ??= shutDown();
        return closing;
      },
    };
  } catch (error) {
    await core.close();
    throw error;
  }
}
