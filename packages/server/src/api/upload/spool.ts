import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type OpenedFile, SpoolFile } from './spool-file.ts';
import { createSpoolFolder, removeLeftovers } from './spool-folder.ts';
import { UploadError } from './upload-error.ts';

/**
 * An upload that is slower than this, in bytes per second, may lose its place to a newcomer when all are taken. Speech as Opus at
 * 16 kbit/s is 2 kB/s, so that whoever keeps a place sends at least four times as fast as is spoken.
 */
const FAIR_BYTES_PER_SECOND = 8_192;

/** Limits of {@link Spool}. */
export interface SpoolOptions {
  /** Folder in which the spool makes its own. */
  readonly folder: string;
  /** Most bytes of one upload. */
  readonly maximumUploadBytes: number;
  /** Most bytes of all uploads that are held. */
  readonly maximumSpoolBytes: number;
  /** Most uploads held at once. */
  readonly maximumUploads: number;
  /** Time in which an upload may be slow and keeps its place even so, in milliseconds. */
  readonly slowAfterMs: number;
  /** Monotonic clock in milliseconds. */
  readonly now: () => number;
}

/**
 * Holds uploads on disk until they have been read. The folder is made for the first upload and readable by this user only; it is
 * gone after {@link Spool.close}. At each bound new uploads are refused, unless one that drips holds a place.
 */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #files = new Set<SpoolFile>();
  #folder: Promise<string> | undefined;
  #swept: Promise<void> | undefined;
  #heldBytes = 0;
  #nextNumber = 1;
  #isClosed = false;

  constructor(options: SpoolOptions) {
    this.#options = options;
  }

  /** Uploads that are held. */
  get fileCount(): number {
    return this.#files.size;
  }

  /** Bytes of all uploads that are held. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Removes what dead processes of this user left in the folder. Once; later calls wait for the first. */
  sweep(): Promise<void> {
    this.#swept ??= removeLeftovers(this.#options.folder);
    return this.#swept;
  }

  /**
   * Asks for room before anything is sent.
   *
   * @param sizeBytes - What the client says it will send, if it says so.
   * @throws {@link UploadError} `upload_too_large`, `too_many_uploads` or `spool_full`.
   */
  checkRoom(sizeBytes: number | undefined): void {
    const { maximumUploads, maximumSpoolBytes } = this.#options;
    const isFull = this.#placesTaken() >= maximumUploads && this.#slowest() === undefined;
    if (isFull) throw new UploadError('too_many_uploads', 'the server holds as many uploads as it may');
    if (sizeBytes !== undefined && this.#heldBytes + sizeBytes > maximumSpoolBytes) {
      throw new UploadError('spool_full', 'the server has no room for the file now');
    }
  }

  /**
   * Makes room for one upload; dispose of it in every case. Where all places are taken, the slowest upload loses its own.
   *
   * @throws {@link UploadError} `too_many_uploads` or `spool_full`.
   */
  create(): SpoolFile {
    this.checkRoom(undefined);
    if (this.#isClosed) throw new UploadError('spool_failed', 'the server is shutting down');
    if (this.#placesTaken() >= this.#options.maximumUploads) this.#slowest()?.oust();
    const number = this.#nextNumber;
    this.#nextNumber += 1;
    const file: SpoolFile = new SpoolFile({
      open: () => this.#open(`upload-${number}`),
      maximumBytes: this.#options.maximumUploadBytes,
      now: this.#options.now,
      take: (bytes) => this.#take(bytes),
      released: (bytes) => {
        this.#heldBytes -= bytes;
        this.#files.delete(file);
      },
    });
    this.#files.add(file);
    return file;
  }

  /** Removes every upload and the folder. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#files].map((file) => file[Symbol.asyncDispose]()));
    const folder = await this.#folder?.catch(() => undefined);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }

  /** An upload that has lost its place holds bytes until it is disposed of, and nothing else. */
  #placesTaken(): number {
    return [...this.#files].filter(({ isOusted }) => !isOusted).length;
  }

  /** The upload that has earned its place least, if there is one that may lose it. */
  #slowest(): SpoolFile | undefined {
    let slowest: SpoolFile | undefined;
    let leastBytesPerSecond = FAIR_BYTES_PER_SECOND;
    for (const file of this.#files) {
      const ageMs = file.receivingMs ?? 0;
      const bytesPerSecond = (file.sizeBytes * 1_000) / ageMs;
      if (ageMs > this.#options.slowAfterMs && bytesPerSecond < leastBytesPerSecond) {
        slowest = file;
        leastBytesPerSecond = bytesPerSecond;
      }
    }
    return slowest;
  }

  #take(bytes: number): void {
    if (this.#heldBytes + bytes > this.#options.maximumSpoolBytes) {
      throw new UploadError('spool_full', 'the server has no room for the file now');
    }
    this.#heldBytes += bytes;
  }

  async #open(name: string, isAgain = false): Promise<OpenedFile> {
    if (this.#isClosed) throw new UploadError('spool_failed', 'the server is shutting down');
    const folder = this.#ownFolder();
    try {
      const path = join(await folder, name);
      return { path, handle: await open(path, 'wx', 0o600) };
    } catch (error) {
      if (isAgain || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      // Whatever tidies up temporary files has taken the folder: it stands empty most of the time. Another upload may have made it anew.
      if (this.#folder === folder) this.#folder = undefined;
      return this.#open(name, true);
    }
  }

  #ownFolder(): Promise<string> {
    this.#folder ??= createSpoolFolder(this.#options.folder).catch((error: unknown) => {
      // Whoever owns the folder may mend it: the next upload tries again.
      this.#folder = undefined;
      throw error;
    });
    return this.#folder;
  }
}
