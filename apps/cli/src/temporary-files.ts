import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';

/**
 * Files and folders that must not outlive the program. Whoever makes one says so here first; what is left when the program is
 * ended at once is removed without waiting.
 */
export class TemporaryFiles implements AsyncDisposable {
  readonly #paths = new Set<string>();

  /** Takes charge of a path, which need not exist yet. */
  add(path: string): void {
    this.#paths.add(path);
  }

  /** Gives a path back: it has been renamed, or is gone. */
  forget(path: string): void {
    this.#paths.delete(path);
  }

  /** Removes one path. */
  async remove(path: string): Promise<void> {
    await rm(path, { recursive: true, force: true });
    this.#paths.delete(path);
  }

  /** Removes everything, in the last moment of the process. */
  removeAllNow(): void {
    for (const path of this.#paths) {
      try {
        rmSync(path, { recursive: true, force: true });
      } catch {
        // There is nobody left to tell, and the next path still wants to go.
      }
    }
    this.#paths.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#paths].map((path) => this.remove(path)));
  }
}
