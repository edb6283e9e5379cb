import { clipPolicyId, DEFAULT_CLIP_POLICY } from '@outspoken/audio';
import type { FileReaders } from './dispatch/file-reader.ts';
import type { ServerOptions } from './server-options.ts';
import { AudioBudget } from './session/clip-audio.ts';
import { SYSTEM_CLOCK } from './session/clock.ts';
import { type FileOptions, fileOptions } from './session/file-options.ts';
import { FileTranscriber } from './session/file-transcriber.ts';
import type { SessionMetrics } from './session/session-metrics.ts';
import { sessionOptions } from './session/session-options.ts';
import type { SessionServices } from './session/session-services.ts';

const ignore = (): void => undefined;
const SILENT_LOG = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** What sessions and files are made of; a part of {@link ServerOptions}. */
export interface ServiceOptions extends Pick<ServerOptions, 'scheduler' | 'dispatcher' | 'logger' | 'session' | 'clock'> {
  readonly metrics: SessionMetrics;
}

/** Options of {@link buildFileTranscriber}. */
export interface FileTranscriberParts extends ServiceOptions {
  readonly fileReaders: FileReaders;
  /** @defaultValue the default of {@link FileOptions} */
  readonly maximumFileMs?: number;
}

/** What every session and file of a server shares. @throws RangeError for a limit that makes no sense. */
export function buildServices(options: ServiceOptions): SessionServices {
  const { scheduler, dispatcher, metrics, clock = SYSTEM_CLOCK, logger = SILENT_LOG } = options;
  const limits = sessionOptions(options.session);
  const budget = new AudioBudget(limits.maximumAudioBytes);
  return { scheduler, model: () => dispatcher.model, metrics, clock, options: limits, budget, log: logger };
}

/**
 * Puts together what turns files into transcripts, for a program without a server. The caller closes scheduler, dispatcher and
 * readers.
 *
 * @throws RangeError for a limit that makes no sense.
 */
export function buildFileTranscriber(options: FileTranscriberParts): Promise<FileTranscriber> {
  const limits: Partial<FileOptions> = options.maximumFileMs === undefined ? {} : { maximumFileMs: options.maximumFileMs };
  const { maximumFileMs } = fileOptions(limits);
  return createFileTranscriber(buildServices(options), { ...options, maximumFileMs });
}

/** The same on services that sessions share. */
export async function createFileTranscriber(
  services: SessionServices,
  parts: Pick<FileTranscriberParts, 'dispatcher' | 'fileReaders'> & Pick<FileOptions, 'maximumFileMs'>,
): Promise<FileTranscriber> {
  const { dispatcher, fileReaders, maximumFileMs } = parts;
  return new FileTranscriber({
    services,
    readers: fileReaders,
    clipPolicyId: await clipPolicyId(DEFAULT_CLIP_POLICY),
    slots: () => dispatcher.slots,
    maximumFileMs,
  });
}
