import type { ClipResult, Recognizer } from '@outspoken/asr';
import { BusyShare } from './busy-share.ts';
import { type ChildService, messageOf, type ServiceEnd, serveChild, type WorkerPort } from './child-service.ts';
import type { ParentMessage, WorkerClip, WorkerMessage } from './worker-protocol.ts';

/** Options of {@link serveRecognizer}. */
export interface ServeRecognizerOptions {
  /** Loads the model. Called once; a failure is told to the parent and ends the service. */
  readonly load: () => Promise<Recognizer>;
  /** Monotonic clock in milliseconds. @defaultValue `performance.now` */
  readonly now?: () => number;
  /** Time between two signs of life while a batch runs, in milliseconds. @defaultValue 500 */
  readonly heartbeatMs?: number;
}

/**
 * Runs in a worker process: loads a recognizer, tells the parent, and recognizes one batch at a time, in the order in which they come,
 * until the parent says `close` or is gone. Nothing is written to disk or to a log.
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

interface Clip extends WorkerClip {
  readonly controller: AbortController;
}

interface Batch {
  readonly batchId: number;
  clips: readonly Clip[];
}

class RecognizerService implements ChildService {
  readonly #recognizer: Recognizer;
  readonly #send: (message: WorkerMessage) => void;
  readonly #now: () => number;
  readonly #heartbeatMs: number;
  readonly #inbox: Batch[] = [];
  #running: Batch | undefined;

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
    if (message.type === 'batch') {
      const clips = message.clips.map((clip) => ({ ...clip, controller: new AbortController() }));
      this.#inbox.push({ batchId: message.batchId, clips });
      // Its failures are answers to the parent; see #run.
      void this.#work();
    } else if (message.type === 'cancel') {
      this.#cancel(message.jobId);
    } else if (message.type === 'withdraw') {
      this.#withdraw(message.batchId);
    }
  }

  abort(): void {
    this.#inbox.length = 0;
    for (const { controller } of this.#running?.clips ?? []) controller.abort();
  }

  #cancel(jobId: string): void {
    this.#running?.clips.find((clip) => clip.jobId === jobId)?.controller.abort();
    for (const [index, batch] of this.#inbox.entries()) {
      if (!batch.clips.some((clip) => clip.jobId === jobId)) continue;
      batch.clips = batch.clips.filter((clip) => clip.jobId !== jobId);
      if (batch.clips.length === 0) this.#inbox.splice(index, 1);
      this.#send({ type: 'cancelled', jobId });
      return;
    }
  }

  #withdraw(batchId: number): void {
    const index = this.#inbox.findIndex((batch) => batch.batchId === batchId);
    if (index >= 0) {
      this.#inbox.splice(index, 1);
      this.#send({ type: 'withdrawn', batchId });
    }
  }

  async #work(): Promise<void> {
    if (this.#running) return;
    for (let batch = this.#inbox.shift(); batch; batch = this.#inbox.shift()) {
      this.#running = batch;
      await this.#run(batch);
    }
    this.#running = undefined;
  }

  async #run({ batchId, clips }: Batch): Promise<void> {
    this.#send({ type: 'begun', batchId });
    const heartbeat = setInterval(() => this.#send({ type: 'heartbeat' }), this.#heartbeatMs);
    const busy = new BusyShare(
      clips.map(({ samples }) => samples.length),
      this.#now,
    );
    const open = new Set(clips.keys());
    const onResult = (index: number, result: ClipResult): void => {
      const clip = clips[index];
      if (clip && open.delete(index)) this.#send(answerOf(clip, result, { busyMs: busy.finish(index), batchSize: clips.length }));
    };
    let failure: unknown = new Error('the recognizer returned no transcript');
    try {
      await this.#recognizer.transcribeEach(
        clips.map(({ jobId: _, controller, ...clip }) => ({ ...clip, signal: controller.signal })),
        onResult,
      );
    } catch (error) {
      failure = error;
    }
    clearInterval(heartbeat);
    // Whatever the recognizer did, the parent waits for an answer to each clip.
    for (const index of [...open]) onResult(index, { type: 'error', error: failure });
  }
}

function answerOf(
  { jobId, controller }: Clip,
  result: ClipResult,
  cost: { readonly busyMs: number; readonly batchSize: number },
): WorkerMessage {
  if (result.type === 'transcript') return { type: 'result', jobId, transcript: result.transcript, ...cost };
  if (controller.signal.aborted) return { type: 'cancelled', jobId };
  return { type: 'failed', jobId, code: codeOf(result.error), message: messageOf(result.error) };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'model_failed';
}
