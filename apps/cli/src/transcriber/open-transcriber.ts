import { createLogger, loadConfig, startEngine } from '@outspoken/server-app';
import type { TextFormat } from '@outspoken/text';
import { CliError } from '../cli-error.ts';
import { readKeywords } from '../input/keywords.ts';
import { LocalTranscriber } from './local-transcriber.ts';
import { RemoteTranscriber } from './remote-transcriber.ts';
import type { Transcriber } from './transcriber.ts';
import { WholeFileTranscriber } from './whole-file-transcriber.ts';

/** What decides who transcribes. */
export interface OpenTranscriberOptions {
  readonly server?: URL;
  readonly jobs: number;
  readonly workers?: number;
  readonly model?: string;
  /** What is spent on a clip. @defaultValue that of the settings */
  readonly effort?: string;
  /** Whether each file is recognized in one piece, without the cut. */
  readonly whole?: boolean;
  /** How texts are written. @defaultValue as they were heard */
  readonly textFormat?: TextFormat;
  /** Words and phrases that are expected: a list with commas, or a file. */
  readonly keywords?: string;
  readonly verbose?: boolean;
}

/** What {@link openTranscriber} takes from the program around it. */
export interface TranscriberSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths of the settings start from; absolute. */
  readonly folder: string;
  /** Takes the lines of the engine's log, when somebody wants them. */
  readonly log: (line: string) => void;
  readonly onWait: (waitMs: number, reason: string) => void;
}

// The limit protects a server from strangers' files; here it is the person's own machine and recording.
const LONGEST_FILE_MS = 86_400_000;

/**
 * Starts the engine on this machine, or prepares to talk to a server.
 *
 * @throws `ConfigError`, `ModelError` or `DispatchError` when the engine cannot start.
 */
export async function openTranscriber(options: OpenTranscriberOptions, surroundings: TranscriberSurroundings): Promise<Transcriber> {
  const { server, jobs, workers, model, effort, verbose, whole, textFormat } = options;
  const keywords = options.keywords === undefined ? [] : await readKeywords(options.keywords, surroundings.folder);
  if (whole && (server ?? workers) !== undefined) {
    throw new CliError('usage', '--whole is done by this program alone, leave --server and --workers out');
  }
  const { environment, folder, log, onWait } = surroundings;
  if (server) {
    if (workers !== undefined) {
      throw new CliError('usage', '--workers is about this machine, a server has its own');
    }
    if (effort !== undefined) {
      throw new CliError('usage', '--effort is about this machine, a server has its own');
    }
    return new RemoteTranscriber({
      serverUrl: server,
      onWait,
      ...(model === undefined ? {} : { model }),
      ...(textFormat === undefined ? {} : { textFormat }),
      keywords,
    });
  }
  const argv = [
    ...['--file-readers', String(jobs)],
    ...(workers === undefined ? [] : ['--workers', String(workers)]),
    ...(model === undefined ? [] : ['--model', model]),
    ...(effort === undefined ? [] : ['--effort', effort]),
  ];
  const command = loadConfig({ argv, folder, environment: { OUTSPOKEN_MAXIMUM_FILE_MS: String(LONGEST_FILE_MS), ...environment } });
  if (command.type !== 'run') {
    throw new TypeError(`these arguments must ask for a run, got ${command.type}`);
  }
  const { settings } = command;
  if (whole) {
    // It brings the runtime with it, which nothing else needs in this process.
    const { loadWholeFileRecognizer } = await import('@outspoken/server-app/whole-files');
    return new WholeFileTranscriber(await loadWholeFileRecognizer(settings), keywords);
  }
  const logger = createLogger({ level: verbose ? settings.logLevel : 'silent', destination: { write: log } });
  return new LocalTranscriber(await startEngine(settings, logger), { format: textFormat, keywords });
}
