import { type FileHandle, rm } from 'node:fs/promises';
import { storageError, UploadError } from './upload-error.ts';

/** A file that was made for an upload. */
export interface OpenedFile {
  readonly path: string;
  readonly handle: FileHandle;
}

/** What a {@link SpoolFile} needs of its spool. */
export interface SpoolFileOptions {
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
