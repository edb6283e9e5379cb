import type { Recognizer } from '@outspoken/asr';
import { isTyped, type ParentMessage, type WorkerMessage } from './worker-protocol.ts';

/** The worker's end of the channel to its parent; `process` of a forked child fits. */
export interface WorkerPort {
  readonly connected?: boolean;
  send?(message: unknown, handle?: undefined, options?: undefined, callback?: (error: Error | null) => void): boolean;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
}

/** Options of {@link serveRecognizer}. */
export interface ServeRecognizerOptions {
  /** Loads the model. Called once; a failure is told to the parent and ends the service. */
  readonly load: () => Promise<Recognizer>;
  /** Monotonic clock in milliseconds. @defaultValue `performance.now` */
  readonly now?: () => number;
  /** Time between two signs of life while a job runs, in milliseconds. @defaultValue 500 */
  readonly heartbeatMs?: number;
}

/**
 * Runs in a worker process: loads a recognizer, tells the parent, and recognizes one clip at a time until the parent says `close`
 * or is gone. Nothing is written to disk or to a log.
 *
 * @returns Why it ended. The program then ends the process: a decode that is stuck in native code cannot be waited for.
 */
export async function serveRecognizer(
  port: WorkerPort,
  options: ServeRecognizerOptions,
): Promise<'closed' | 'disconnected' | 'load_failed'> {
  const ending = new Promise<'closed' | 'disconnected'>((resolve) => {
    port.on('disconnect', () => resolve('disconnected'));
    port.on('message', (message) => {
      if (isTyped(message) && message.type === 'close') {
        resolve('closed');
      }
    });
  });
  const send = (message: WorkerMessage): void => {
    if (port.connected ?? true) {
      // A failure means that the parent is gone, which `disconnect` says too.
      port.send?.(message, undefined, undefined, () => {});
    }
  };
  const loading = options.load().then(
    (recognizer) => ({ recognizer }),
    (error: unknown) => ({ error }),
  );
  const loaded = await Promise.race([loading, ending]);
  if (typeof loaded === 'string') {
    return loaded;
  }
  if ('error' in loaded) {
    send({ type: 'load_failed', message: messageOf(loaded.error) });
    // The parent ends this process: one that ends by itself can be gone before its last message is read.
    await ending;
    return 'load_failed';
  }
  const service = new RecognizerService({ recognizer: loaded.recognizer, send, now: options.now, heartbeatMs: options.heartbeatMs });
  port.on('message', (message) => service.receive(message));
  send({ type: 'ready', model: loaded.recognizer.model });
  const reason = await ending;
  service.abort();
  return reason;
}

class RecognizerService {
  readonly #recognizer: Recognizer;
  readonly #send: (message: WorkerMessage) => void;
  readonly #now: () => number;
  readonly #heartbeatMs: number;
  #current: { readonly jobId: string; readonly controller: AbortController } | undefined;

  constructor(options: {
    readonly recognizer: Recognizer;
    readonly send: (message: WorkerMessage) => void;
    readonly now: (() => number) | undefined;
    readonly heartbeatMs: number | undefined;
  }) {
    this.#recognizer = options.recognizer;
    this.#send = options.send;
    this.#now = options.now ?? (() => performance.now());
    this.#heartbeatMs = options.heartbeatMs ?? 500;
  }

  receive(value: unknown): void {
    if (!isTyped(value)) {
      return;
    }
    // The parent is this program's own other half; what does not fit is from a newer version of it and is passed over.
    const message = value as ParentMessage;
    if (message.type === 'job') {
      // Its failures are answers to the parent; see #answer.
      void this.#run(message.jobId, message.samples);
    } else if (message.type === 'cancel' && message.jobId === this.#current?.jobId) {
      this.abort();
    }
  }

  abort(): void {
    this.#current?.controller.abort();
  }

  async #run(jobId: string, samples: Float32Array): Promise<void> {
    if (this.#current) {
      this.#send({ type: 'failed', jobId, code: 'model_failed', message: 'the worker was given a second clip while one runs' });
      return;
    }
    const controller = new AbortController();
    this.#current = { jobId, controller };
    // The first one says that the job has begun: if the process dies later, the clip may be the reason.
    this.#send({ type: 'heartbeat' });
    const heartbeat = setInterval(() => this.#send({ type: 'heartbeat' }), this.#heartbeatMs);
    try {
      this.#send(await this.#answer(jobId, samples, controller.signal));
    } finally {
      clearInterval(heartbeat);
      this.#current = undefined;
    }
  }

  async #answer(jobId: string, samples: Float32Array, signal: AbortSignal): Promise<WorkerMessage> {
    const startedAtMs = this.#now();
    try {
      const [transcript] = await this.#recognizer.transcribe([{ samples }], { signal });
      if (!transcript) {
        return { type: 'failed', jobId, code: 'model_failed', message: 'the recognizer returned no transcript' };
      }
      return { type: 'result', jobId, transcript, busyMs: this.#now() - startedAtMs };
    } catch (error) {
      if (signal.aborted) {
        return { type: 'cancelled', jobId };
      }
      return { type: 'failed', jobId, code: codeOf(error), message: messageOf(error) };
    }
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'model_failed';
}

/** The message and those of its causes: an error does not cross the process boundary itself. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const [firstLine = ''] = error.message.split('\n');
  return error.cause === undefined ? firstLine : `${firstLine}: ${messageOf(error.cause)}`;
}
