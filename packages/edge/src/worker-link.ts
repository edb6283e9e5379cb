import { assetUrl, explainAssetFailure } from './assets.ts';
import type { AudioGraph } from './audio-graph.ts';
import type { CapturePlatform } from './capture-platform.ts';
import { createDeferred } from './deferred.ts';
import { EdgeError } from './edge-error.ts';
import type { CaptureMessage, FromWorkerMessage, ToWorkerMessage, WorkerSetup } from './worker-channel.ts';

/** How long the worker is waited for. Usually it answers at once; one that still loads reads what waits in its port after this. */
const DETACH_TIMEOUT_MS = 1_000;

/** Omit that keeps a union a union. */
type WithoutId<Message> = Message extends { requestId: number } ? Omit<Message, 'requestId'> : never;

/**
 * The page's end of the speech worker. It can be handed audio at once: what is heard while the detector loads waits in the port (ten
 * seconds of it), so that the first word is whole even on a slow network.
 */
export class WorkerLink {
  readonly #worker: Worker;
  readonly #setup: WorkerSetup;
  readonly #platform: CapturePlatform;
  readonly #onMessage: (message: CaptureMessage) => void;
  readonly #requests = new Map<number, () => void>();
  /** What is said before the worker's file runs. */
  #unsent: { readonly message: ToWorkerMessage; readonly transfer: Transferable[] }[] = [];
  #isLoaded = false;
  #hasFailed = false;
  #lastId = 0;

  /**
   * Starts the worker.
   *
   * @param onMessage - Everything the worker says, failures of the worker itself as `failed`.
   * @throws {@link EdgeError} `unsupported`, or `asset_failed` when the file may not be used as a worker (another origin).
   */
  constructor(platform: CapturePlatform, setup: WorkerSetup, onMessage: (message: CaptureMessage) => void) {
    this.#platform = platform;
    this.#setup = setup;
    this.#onMessage = onMessage;
    this.#worker = startWorker(platform, new URL(setup.assetBaseUrl));
    this.#worker.addEventListener('message', (event: MessageEvent<FromWorkerMessage>) => this.#receive(event.data));
    this.#worker.addEventListener('error', (event) => this.#receiveError(event));
  }

  /** Whether the worker is beyond use and a new one must be started. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Hands a graph's frames to the worker. @returns the id that the worker names in `flowing` and `stalled` */
  attach(graph: AudioGraph): number {
    this.#lastId += 1;
    const { framesPort, sampleRateHz } = graph;
    this.#post({ type: 'attach', attachId: this.#lastId, port: framesPort, sampleRateHz }, [framesPort]);
    return this.#lastId;
  }

  setRunning(isRunning: boolean): void {
    this.#post({ type: 'running', isRunning });
  }

  setMuted(isMuted: boolean): void {
    this.#post({ type: 'muted', isMuted });
  }

  reconnect(): void {
    this.#post({ type: 'reconnect' });
  }

  /** Has the worker read the last frames and put the open clip into the outbox. */
  detach(): Promise<void> {
    return this.#request({ type: 'detach' }, DETACH_TIMEOUT_MS);
  }

  /** Waits for outstanding transcripts, up to the time in the set-up, then ends the worker. */
  async close(): Promise<void> {
    await this.#request({ type: 'close' }, this.#setup.closeTimeoutMs + DETACH_TIMEOUT_MS);
    this.terminate();
  }

  /** Ends the worker at once; clips that are not delivered are lost. */
  terminate(): void {
    this.#hasFailed = true;
    this.#worker.terminate();
    for (const resolve of this.#requests.values()) {
      resolve();
    }
    this.#requests.clear();
  }

  #receive(message: FromWorkerMessage): void {
    switch (message.type) {
      case 'loaded':
        this.#load();
        return;
      case 'done':
        this.#requests.get(message.requestId)?.();
        return;
      case 'failed':
        this.#fail(EdgeError.fromDetail(message.error));
        return;
      default:
        this.#onMessage(message);
    }
  }

  #load(): void {
    this.#isLoaded = true;
    this.#post({ type: 'setup', setup: this.#setup });
    for (const { message, transfer } of this.#unsent) {
      this.#post(message, transfer);
    }
    this.#unsent = [];
  }

  #receiveError(event: ErrorEvent): void {
    // Do not let the browser log it as an uncaught error of the page: it is reported as a typed one.
    event.preventDefault();
    if (this.#isLoaded) {
      this.#fail(new EdgeError('worker_failed', `the speech worker failed: ${event.message || 'no message'}`));
      return;
    }
    const url = assetUrl(new URL(this.#setup.assetBaseUrl), 'worker');
    explainAssetFailure(url, this.#platform.fetch, event).then(
      (error) => this.#fail(error),
      () => undefined,
    );
  }

  #fail(error: EdgeError): void {
    if (!this.#hasFailed) {
      this.terminate();
      this.#onMessage({ type: 'failed', error: error.toDetail() });
    }
  }

  async #request(message: WithoutId<ToWorkerMessage>, timeoutMs: number): Promise<void> {
    if (this.#hasFailed) {
      return;
    }
    this.#lastId += 1;
    const requestId = this.#lastId;
    const { promise, resolve } = createDeferred();
    const timer = setTimeout(resolve, timeoutMs);
    this.#requests.set(requestId, resolve);
    this.#post({ ...message, requestId });
    await promise;
    clearTimeout(timer);
    this.#requests.delete(requestId);
  }

  #post(message: ToWorkerMessage, transfer: Transferable[] = []): void {
    if (this.#isLoaded) {
      this.#worker.postMessage(message, transfer);
    } else {
      this.#unsent.push({ message, transfer });
    }
  }
}

function startWorker(platform: CapturePlatform, assetBaseUrl: URL): Worker {
  const url = assetUrl(assetBaseUrl, 'worker');
  if (!platform.createWorker) {
    throw new EdgeError('unsupported', 'Worker is missing');
  }
  try {
    return platform.createWorker(url);
  } catch (cause) {
    throw new EdgeError('asset_failed', `${url} may not be started as a worker: it must lie on the page's own origin`, { cause });
  }
}
