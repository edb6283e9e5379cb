import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { lockDownload } from './download-lock.ts';
import type { HubFile } from './manifest.ts';
import { ModelError } from './model-error.ts';
import { fileChanged } from './model-files.ts';
import { codeOf } from './system-error.ts';

/** Options of {@link downloadHubFile}. */
export interface DownloadOptions {
  /** Address to download from; that of the manifest, or a mirror's. */
  readonly url: string;
  readonly signal?: AbortSignal;
  /** Told after each piece how many bytes of the file are on the disk. */
  readonly onProgress?: (receivedBytes: number) => void;
  /**
   * How often a broken connection is taken up again before it is given up.
   *
   * @defaultValue 3
   */
  readonly maximumRetries?: number;
  /**
   * Pause before each of them, in milliseconds.
   *
   * @defaultValue 1000
   */
  readonly retryDelayMs?: number;
  /** Free bytes of the file system that a folder lies on. @defaultValue what the system says */
  readonly freeBytes?: (folder: string) => Promise<number>;
}

const HTTP_OK = 200;
const HTTP_PARTIAL = 206;
const HTTP_RANGE_NOT_SATISFIABLE = 416;

/** A connection that broke, or a rest that the hub does not have: to be tried again. */
class Interruption extends Error {}

/**
 * Downloads one file, verifies it, and only then gives it its name. What a broken download leaves behind (`.part`) is continued
 * by the next one when the hub still has the very same file.
 *
 * @returns Whether anything was downloaded: false when the right file was there already.
 * @throws {@link ModelError} `network_unavailable`, `hub_refused`, `file_changed`, `disk_full`, `cache_unwritable` or
 * `pull_in_progress`, or the reason of the signal.
 */
export async function downloadHubFile(file: HubFile, path: string, options: DownloadOptions): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await using _lock = await lockDownload(`${path}.lock`, file.url);
    if ((await hashFile(path).catch(() => undefined))?.sha256 === file.sha256) {
      return false;
    }
    await requireRoom(file, path, options.freeBytes ?? freeBytesOf);
    await fetchUntilComplete(file, path, options);
    await acceptPart(file, path);
    return true;
  } catch (error) {
    throw describeDiskError(error, file, path);
  }
}

/** Names of what lies beside an unfinished file. */
function partsOf(path: string): { part: string; validator: string } {
  return { part: `${path}.part`, validator: `${path}.part.etag` };
}

async function fetchUntilComplete(file: HubFile, path: string, options: DownloadOptions): Promise<void> {
  const { maximumRetries = 3, retryDelayMs = 1000 } = options;
  for (let retries = 0; ; retries++) {
    try {
      await fetchRest(file, path, options);
      return;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof Interruption)) {
        throw error;
      }
      if (retries === maximumRetries) {
        throw new ModelError('network_unavailable', error.message, { file: file.url, cause: error.cause });
      }
      await setTimeout(retryDelayMs, undefined, options.signal ? { signal: options.signal } : {}).catch(() =>
        options.signal?.throwIfAborted(),
      );
    }
  }
}

/** Asks for what is missing and appends it. */
async function fetchRest(file: HubFile, path: string, options: DownloadOptions): Promise<void> {
  const { part, validator } = partsOf(path);
  const etag = await readFile(validator, 'utf8').catch(() => '');
  const size = (await stat(part).catch(() => undefined))?.size ?? 0;
  if (size === file.sizeBytes) {
    return;
  }
  // Without the validator nobody knows whether the hub still has the file that this is the beginning of.
  const startByte = etag !== '' && size < file.sizeBytes ? size : 0;
  const headers = startByte > 0 ? { range: `bytes=${startByte}-`, 'if-range': etag } : undefined;
  const response = await request(options, { 'accept-encoding': 'identity', ...headers });
  if (response.status === HTTP_RANGE_NOT_SATISFIABLE) {
    await response.body?.cancel();
    await rm(validator, { force: true });
    throw new Interruption('the hub does not have the rest of the file');
  }
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw refusal(response.status, options.url);
  }
  const isContinued = response.status === HTTP_PARTIAL && response.headers.get('content-range')?.startsWith(`bytes ${startByte}-`) === true;
  if (!isContinued && response.status !== HTTP_OK) {
    await response.body.cancel();
    throw refusal(response.status, options.url);
  }
  await writeFile(validator, strongEtag(response.headers));
  await using handle = await open(part, isContinued ? 'a' : 'w');
  await append(response.body, handle, isContinued ? startByte : 0, file, options);
}

async function request(options: DownloadOptions, headers: Readonly<Record<string, string>>): Promise<Response> {
  const { url, signal } = options;
  try {
    return await fetch(url, { headers, ...(signal ? { signal } : {}) });
  } catch (cause) {
    signal?.throwIfAborted();
    const reason = cause instanceof Error ? (codeOf(cause.cause) ?? cause.message) : String(cause);
    throw new Interruption(`cannot reach ${new URL(url).host} (${reason}), check the network connection and try again`, { cause });
  }
}

async function append(body: AsyncIterable<Uint8Array>, handle: FileHandle, startByte: number, file: HubFile, options: DownloadOptions) {
  let receivedBytes = startByte;
  const chunks = body[Symbol.asyncIterator]();
  for (;;) {
    const chunk = await nextChunk(chunks, options, `${receivedBytes} of ${file.sizeBytes} bytes`);
    if (chunk === undefined) {
      break;
    }
    receivedBytes += chunk.byteLength;
    if (receivedBytes > file.sizeBytes) {
      await chunks.return?.();
      throw new ModelError('file_changed', `${options.url} is longer than the ${file.sizeBytes} bytes that the manifest pins`, {
        file: file.url,
        expected: file.sha256,
        got: `more than ${file.sizeBytes} bytes`,
      });
    }
    await handle.writeFile(chunk);
    options.onProgress?.(receivedBytes);
  }
  await handle.sync();
}

/** A piece of the body; only what happens here is the network's fault. */
async function nextChunk(chunks: AsyncIterator<Uint8Array>, options: DownloadOptions, got: string): Promise<Uint8Array | undefined> {
  try {
    const { done, value } = await chunks.next();
    return done ? undefined : value;
  } catch (cause) {
    options.signal?.throwIfAborted();
    throw new Interruption(`the connection to ${new URL(options.url).host} broke after ${got}, try again to go on from there`, { cause });
  }
}

/** Verifies what was downloaded and gives it its name. */
async function acceptPart(file: HubFile, path: string): Promise<void> {
  const { part, validator } = partsOf(path);
  const found = await hashFile(part);
  if (found.sha256 !== file.sha256 || found.sizeBytes !== file.sizeBytes) {
    await rm(part, { force: true });
    await rm(validator, { force: true });
    throw fileChanged(file, found);
  }
  await rename(part, path);
  await rm(validator, { force: true });
}

async function hashFile(path: string): Promise<{ sha256: string; sizeBytes: number }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  return { sha256: hash.digest('hex'), sizeBytes };
}

/** The name of the content; a weak one does not promise equal bytes. */
function strongEtag(headers: Headers): string {
  const etag = headers.get('etag') ?? '';
  return etag.startsWith('"') ? etag : '';
}

function refusal(status: number, url: string): ModelError {
  return new ModelError('hub_refused', `${new URL(url).host} answered ${status} for ${url}, try again later or from another hub`, {
    file: url,
    got: String(status),
  });
}

async function requireRoom(file: HubFile, path: string, freeBytes: (folder: string) => Promise<number>): Promise<void> {
  const size = (await stat(partsOf(path).part).catch(() => undefined))?.size ?? 0;
  const neededBytes = file.sizeBytes - Math.min(size, file.sizeBytes);
  const free = await freeBytes(dirname(path));
  if (free < neededBytes) {
    throw new ModelError(
      'disk_full',
      `${dirname(path)} has ${free} bytes free and needs ${neededBytes}, make room or set OUTSPOKEN_CACHE`,
      {
        file: file.url,
      },
    );
  }
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

const DISK_FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const UNWRITABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOENT']);

/** Turns a failure of the file system into one that says what to do. */
export function describeDiskError(error: unknown, file: HubFile, path: string): unknown {
  const code = codeOf(error);
  if (error instanceof ModelError || code === undefined) {
    return error;
  }
  if (DISK_FULL.has(code)) {
    const message = `no room left in ${dirname(path)} (${code}), make room or set OUTSPOKEN_CACHE and try again`;
    return new ModelError('disk_full', message, { file: file.url, cause: error });
  }
  if (UNWRITABLE.has(code)) {
    const message = `cannot write to ${dirname(path)} (${code}), set OUTSPOKEN_CACHE to a folder that you may write`;
    return new ModelError('cache_unwritable', message, { file: file.url, cause: error });
  }
  return error;
}
