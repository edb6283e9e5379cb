import type { Recognizer } from '@outspoken/asr';
import { type ChildService, messageOf, type ServiceEnd, serveChild, type WorkerPort } from './child-service.ts';
import type { ParentMessage, WorkerMessage } from './worker-protocol.ts';

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
export function serveRecognizer(port: WorkerPort, options: ServeRecognizerOptions): Promise<ServiceEnd> {
  return serveChild(port, {
    load: options.load,
    start(recognizer, send: (message: WorkerMessage) => void) {
      const service = new RecognizerService({ recognizer, send, now: options.now, heartbeatMs: options.heartbeatMs });
      send({ type: 'ready', model: recognizer.model });
      return service;
    },
  });
}

class RecognizerService implements ChildService {
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

  receive(value: { readonly type: string }): void {
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
