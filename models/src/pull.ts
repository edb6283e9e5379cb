import { downloadHubFile } from './hub-download.ts';
import { type HubFile, isHubFile, type ModelManifest } from './manifest.ts';
import { cachedFilePath, modelCacheFolder } from './model-cache.ts';

/** How far a download has come. */
export interface PullProgress {
  /** Name of the file that is being downloaded. */
  readonly role: string;
  /** Bytes of the whole model that are on the disk, those of an earlier try included. */
  readonly receivedBytes: number;
  /** Bytes of the whole model that come from the hub. */
  readonly totalBytes: number;
}

/** Options of {@link pullModel}. */
export interface PullOptions {
  /** @defaultValue {@link modelCacheFolder} */
  readonly cacheFolder?: string;
  /** Address of a mirror that has the hub's paths; the pinned hashes hold for it as well. @defaultValue the hub of the manifest */
  readonly hubUrl?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: PullProgress) => void;
  /** How often a broken connection is taken up again. @defaultValue 3 */
  readonly maximumRetries?: number;
  /** Pause before that, in milliseconds. @defaultValue 1000 */
  readonly retryDelayMs?: number;
}

/** What {@link pullModel} did. */
export interface PullResult {
  /** Files that were downloaded now. */
  readonly downloaded: readonly string[];
  /** Files that were downloaded before. */
  readonly present: readonly string[];
  /** Files that come with an npm package. */
  readonly carried: readonly string[];
}

/**
 * Downloads the files of a model that do not come with an npm package, each verified before it gets its name.
 *
 * @throws ModelError `network_unavailable`, `hub_refused`, `file_changed`, `disk_full`, `cache_unwritable` or `pull_in_progress`,
 * or the reason of the signal. What was complete stays; the rest goes on from where it broke off.
 */
export async function pullModel(manifest: ModelManifest, options: PullOptions = {}): Promise<PullResult> {
  const { cacheFolder = modelCacheFolder(), hubUrl, onProgress, ...rest } = options;
  const entries = Object.entries(manifest.files);
  const fromHub = entries.flatMap(([role, file]) => (isHubFile(file) ? [{ role, file }] : []));
  const totalBytes = fromHub.reduce((sum, { file }) => sum + file.sizeBytes, 0);
  const downloaded: string[] = [];
  const present: string[] = [];
  let completeBytes = 0;
  for (const { role, file } of fromHub) {
    const isNew = await downloadHubFile(file, cachedFilePath(file, cacheFolder), {
      ...rest,
      url: addressOf(file, hubUrl),
      onProgress: (fileBytes) => onProgress?.({ role, receivedBytes: completeBytes + fileBytes, totalBytes }),
    });
    (isNew ? downloaded : present).push(role);
    completeBytes += file.sizeBytes;
  }
  return { downloaded, present, carried: entries.flatMap(([role, file]) => (isHubFile(file) ? [] : [role])) };
}

function addressOf(file: HubFile, hubUrl: string | undefined): string {
  return hubUrl === undefined ? file.url : hubUrl.replace(/\/+$/, '') + new URL(file.url).pathname;
}
