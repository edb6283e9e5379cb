import { Writable } from 'node:stream';

/** A stream that keeps what is written to it; a terminal when told so. */
export class CapturedStream extends Writable {
  readonly isTTY: boolean;
  readonly columns: number;
  text = '';
  /** Set to let every write fail with this code. */
  failure: string | undefined;

  constructor(options: { readonly isTTY?: boolean; readonly columns?: number } = {}) {
    super();
    this.isTTY = options.isTTY ?? false;
    this.columns = options.columns ?? 100;
    // What a stream does on a failed write beside calling back.
    this.on('error', () => {});
  }

  override _write(chunk: Buffer, _encoding: string, callback: (error?: Error) => void): void {
    if (this.failure) {
      callback(Object.assign(new Error('write failed'), { code: this.failure }));
      return;
    }
    this.text += chunk.toString();
    callback();
  }

  get lines(): string[] {
    return this.text.split('\n').filter((line) => line !== '');
  }
}
