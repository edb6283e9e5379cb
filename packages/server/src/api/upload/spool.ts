import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createSpoolFolder, removeLeftovers } from './spool-folder.ts';
import { storageError, UploadError } from './upload-error.ts';

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

interface OpenedFile {
  readonly path: string;
  readonly handle: FileHandle;
}

/** What a {@link SpoolFile} needs of its spool. */
interface SpoolFileOptions {
  /** Makes the file. */
  readonly open: () => Promise<OpenedFile>;
  readonly maximumBytes: number;
  readonly now: () => number;
  /** Takes room, or throws. */
  readonly take: (bytes: number) => void;
  readonly released: (bytes: number) => void;
}

/** One upload on disk. */
export class SpoolFile implements AsyncDisposable {
  readonly #options: SpoolFileOptions;
  #path: string | undefined;
  #sizeBytes = 0;
  #disposed: Promise<void> | undefined;
  #receiving: { readonly sinceMs: number; readonly onOusted: () => void } | undefined;
  #isOusted = false;

  constructor(options: SpoolFileOptions) {
    this.#options = options;
  }

  /** Bytes received so far. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Whether another upload has its place. */
  get isOusted(): boolean {
    return this.#isOusted;
  }

  /** For how long the upload has been coming in, in milliseconds; undefined for one that may not lose its place. */
  get receivingMs(): number | undefined {
    return this.#receiving && this.#options.now() - this.#receiving.sinceMs;
  }

  /**
   * Says that the upload comes in from now on and may lose its place if it is slow.
   *
   * @param onOusted - Called once when it has; the upload is to be given up.
   * @returns Says that it has come: what waits to be read keeps its place.
   */
  startReceiving(onOusted: () => void): () => void {
    this.#receiving = { sinceMs: this.#options.now(), onOusted };
    return () => {
      this.#receiving = undefined;
    };
  }

  /** Takes the place of the upload away. */
  oust(): void {
    const { onOusted } = this.#receiving ?? {};
    this.#isOusted = true;
    this.#receiving = undefined;
    onOusted?.();
  }

  /** Where the file lies. @throws Error before {@link receive}. */
  get path(): string {
    if (this.#path === undefined) throw new Error('nothing was received yet');
    return this.#path;
  }

  /**
   * Writes a stream to disk, no faster than the disk takes it. Once.
   *
   * @throws {@link UploadError}, or what the stream throws.
   */
  async receive(stream: AsyncIterable<Uint8Array>): Promise<void> {
    const handle = await this.#open();
    try {
      for await (const chunk of stream) await this.#write(handle, chunk);
    } finally {
      await handle.close();
      if (this.#disposed !== undefined) await this.unlink();
    }
  }

  /** Removes the name of the file: whoever has it open reads on. Its bytes count until the file is disposed of. */
  async unlink(): Promise<void> {
    // Where an open file cannot be removed, it is when it is disposed of.
    if (this.#path !== undefined) await rm(this.#path, { force: true }).catch(() => undefined);
  }

  /** Gives the room back. Idempotent; what is being received is given up at its next piece. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#dispose();
    return this.#disposed;
  }

  async #dispose(): Promise<void> {
    await this.unlink();
    this.#options.released(this.#sizeBytes);
  }

  async #write(handle: FileHandle, chunk: Uint8Array): Promise<void> {
    if (this.#disposed !== undefined) throw new UploadError('upload_incomplete', 'the upload was given up');
    if (this.#sizeBytes + chunk.length > this.#options.maximumBytes) {
      throw new UploadError('upload_too_large', `the file must be at most ${this.#options.maximumBytes} bytes`, { field: 'file' });
    }
    this.#options.take(chunk.length);
    this.#sizeBytes += chunk.length;
    try {
      await handle.writeFile(chunk);
    } catch (error) {
      throw storageError(error);
    }
  }

  async #open(): Promise<FileHandle> {
    try {
      const { path, handle } = await this.#options.open();
      this.#path = path;
      return handle;
    } catch (error) {
      throw error instanceof UploadError ? error : storageError(error);
    }
  }
}
