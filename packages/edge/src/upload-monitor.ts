import { type ClientError, SessionRefusedError, type SpeechClient } from '@outspoken/client';
import { EdgeError, type EdgeErrorCode } from './edge-error.ts';
import type { LatencyBook } from './latency-book.ts';
import type { FromWorkerMessage, UploadStatus, WorkerEventMessage } from './worker-channel.ts';

/** Tells the page what the client does: transcripts, the state of the connection, and what hinders it. */
export class UploadMonitor {
  readonly #client: SpeechClient;
  readonly #post: (message: FromWorkerMessage) => void;
  #status: UploadStatus = { connection: 'idle', isUploading: false };
  /** The hindrance that the page knows of, so that each attempt to connect does not report it again. */
  #reportedCode: EdgeErrorCode | undefined;
  #isClipOpen = false;
  #isClosing = false;

  constructor(client: SpeechClient, latencies: LatencyBook, post: (message: FromWorkerMessage) => void) {
    this.#client = client;
    this.#post = post;
    const { events } = client;
    events.addEventListener('interim', ({ detail: { type: _type, ...detail } }) => post({ type: 'event', name: 'interim', detail }));
    events.addEventListener('final', ({ detail: { type: _type, ...detail } }) => {
      post({ type: 'event', name: 'transcript', detail: { ...detail, ...latencies.close(detail.clipId) } });
      this.#update();
    });
    // To the page the rest of a clip that the server closed as stalled is a clip like any other.
    events.addEventListener('continued', ({ detail }) => post({ type: 'event', name: 'clipstart', detail: { ...detail, preRollMs: 0 } }));
    events.addEventListener('rejected', ({ detail: { clipId, code, message } }) => {
      latencies.close(clipId);
      post({ type: 'event', name: 'rejected', detail: { clipId, code, message } });
      this.#update();
    });
    events.addEventListener('error', ({ detail: cause }) => {
      post({ type: 'error', error: new EdgeError('server_away', cause.message, { cause, causeCode: cause.code }).toDetail() });
    });
    events.addEventListener('state', ({ detail }) => {
      const { state: connection, retryInMs, cause } = detail;
      this.#setStatus({ connection, isUploading: this.#isUploading(), ...(retryInMs === undefined ? {} : { retryInMs }) });
      this.#tellHindrance(connection, cause);
    });
  }

  /** From here on the end of the connection is what we want, not an error. */
  expectClose(): void {
    this.#isClosing = true;
  }

  /** Notes an event of the pipeline: clips open and close, and with each one audio may have left. */
  observe(event: WorkerEventMessage): void {
    if (event.name === 'clipstart' || event.name === 'clip') {
      this.#isClipOpen = event.name === 'clipstart';
    }
    this.#update();
  }

  #update(): void {
    this.#setStatus({ ...this.#status, isUploading: this.#isUploading() });
  }

  #isUploading(): boolean {
    const { CAPTURED, BACKOFF } = this.#client.stats.clips;
    return this.#isClipOpen || CAPTURED + BACKOFF > 0;
  }

  #setStatus(status: UploadStatus): void {
    const previous = this.#status;
    this.#status = status;
    const { connection, isUploading, retryInMs } = status;
    if (connection !== previous.connection || isUploading !== previous.isUploading || retryInMs !== previous.retryInMs) {
      this.#post({ type: 'upload', status });
    }
  }

  #tellHindrance(connection: UploadStatus['connection'], cause: ClientError | undefined): void {
    if (connection === 'open') {
      this.#reportedCode = undefined;
    }
    if (!cause || this.#isClosing) {
      return;
    }
    const error = hindrance(cause);
    if (error.code !== this.#reportedCode) {
      this.#reportedCode = error.code;
      this.#post({ type: 'error', error: error.toDetail() });
    }
  }
}

function hindrance(cause: ClientError): EdgeError {
  const options = { cause, causeCode: cause.code };
  if (cause instanceof SessionRefusedError || cause.code === 'connection_refused') {
    return new EdgeError('server_refused', cause.message, options);
  }
  return new EdgeError(cause.code === 'server_unreachable' ? 'server_unreachable' : 'server_away', cause.message, options);
}
