import { CaptureEvent, type CaptureEventMap, type CaptureEventName, type CaptureEventTarget, type CaptureStats } from './capture-event.ts';
import { type ResolvedCaptureOptions, resolveCaptureOptions, type SpeechCaptureOptions } from './capture-options.ts';
import { browserPlatform, type CapturePlatform } from './capture-platform.ts';
import { CaptureRun, type CaptureRunHost } from './capture-run.ts';
import { type CaptureSignal, type CaptureStatus, INITIAL_STATUS, nextCaptureState } from './capture-state.ts';
import { createDeferred } from './deferred.ts';
import { EdgeError } from './edge-error.ts';
import type { AudioSource } from './microphone.ts';
import { SDK } from './sdk.ts';
import type { CaptureMessage, WorkerEventMessage } from './worker-channel.ts';
import { WorkerLink } from './worker-link.ts';

const NO_STATS: CaptureStats = Object.freeze({
  capturedMs: 0,
  voicedMs: 0,
  sentMs: 0,
  capturedBytes: 0,
  sentBytes: 0,
  droppedMs: 0,
  clips: 0,
  misfires: 0,
});

// The platform's own class under a type that knows our events; only #dispatch fires them.
const TypedEventTarget = EventTarget as unknown as new () => CaptureEventTarget;

/**
 * Listens on this device and sends only what is spoken: microphone, speech detection and delivery behind one object.
 *
 * All audio work and the connection live in a worker; the page's thread gets typed events. After any error but `closed`,
 * {@link SpeechCapture.start} on the same object works again.
 */
export class SpeechCapture extends TypedEventTarget {
  readonly #options: ResolvedCaptureOptions;
  readonly #platform: CapturePlatform;
  #status: CaptureStatus = INITIAL_STATUS;
  #stats: CaptureStats = NO_STATS;
  #link: WorkerLink | undefined;
  #run: CaptureRun | undefined;
  #starting: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  /**
   * Checks the options; opens nothing and asks for nothing.
   *
   * @param platform - What a test puts in the browser's place.
   * @throws TypeError or RangeError naming the option that is wrong.
   */
  constructor(options: SpeechCaptureOptions, platform: CapturePlatform = browserPlatform()) {
    super();
    this.#options = resolveCaptureOptions(options, platform.baseUrl);
    this.#platform = platform;
  }

  /** The present status: the same object until something changes, so it can be compared by identity. */
  get status(): CaptureStatus {
    return this.#status;
  }

  /** What the microphone side is doing. */
  get state(): CaptureStatus['state'] {
    return this.#status.state;
  }

  /** What was captured, voiced and sent so far, as of the latest `stats` event. */
  get stats(): CaptureStats {
    return this.#stats;
  }

  /** What the browser granted of echo cancellation, noise suppression and gain control; undefined while nothing is open. */
  get trackSettings(): MediaTrackSettings | undefined {
    return this.#run?.trackSettings;
  }

  /**
   * Asks for the microphone and listens. Call it in a click or key handler: browsers let audio run only then.
   *
   * @param options - `source` to listen to this time, in place of the one in the constructor's options.
   * @returns Resolves when sound arrives, or in state `suspended` when the browser waits for a gesture. While listening it changes nothing.
   * @throws {@link EdgeError}; an `error` event with the same detail comes before it, except for `aborted` and `closed`.
   */
  start(options: { readonly source?: AudioSource } = {}): Promise<void> {
    if (this.#closing) {
      return Promise.reject(new EdgeError('closed', 'the capture is closed'));
    }
    if (this.#starting) {
      return this.#starting;
    }
    const run = new CaptureRun(this.#createHost(), options.source ?? this.#options.source);
    const { promise, resolve, reject } = createDeferred();
    this.#run = run;
    // Kept before the run tells its first state: a listener may stop it, or call start again, before run.start() returns.
    this.#starting = promise;
    run.start().then(resolve, reject);
    return promise;
  }

  /**
   * Stops listening: our tracks end at once, an open clip is ended with reason `stop` and delivered like any other.
   *
   * @returns Resolves when the clip is in the outbox; transcripts may still arrive.
   */
  async stop(): Promise<void> {
    const run = this.#run;
    this.#forgetRun();
    await run?.stop();
  }

  /** Ends an open clip with reason `mute` and lets nothing more through; the microphone stays open, so {@link unmute} is instant. */
  mute(): void {
    this.#setMuted(true);
  }

  /** Listens again after {@link mute}; nothing said before is ever part of a clip. */
  unmute(): void {
    this.#setMuted(false);
  }

  /** Lets audio run after `context_suspended`; call it in a gesture. The next gesture anywhere on the page does it as well. */
  async resume(): Promise<void> {
    await this.#run?.resume();
  }

  /** Tries to reach the server now, not at the end of the present wait: for a "try again" button. */
  reconnect(): void {
    this.#link?.reconnect();
  }

  /**
   * Stops listening, waits up to `closeTimeoutMs` for the transcripts that are still out, and ends the worker; idempotent.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    await this.stop();
    await this.#link?.close();
    this.#link = undefined;
    this.#setStatus({ ...this.#status, state: nextCaptureState(this.#status.state, 'close'), connection: 'closed', isUploading: false });
  }

  #setMuted(isMuted: boolean): void {
    if (this.#status.isMuted !== isMuted && !this.#closing) {
      this.#link?.setMuted(isMuted);
      this.#setStatus({ ...this.#status, isMuted });
    }
  }

  #createHost(): CaptureRunHost {
    return {
      platform: this.#platform,
      assetBaseUrl: this.#options.assetBaseUrl,
      link: () => this.#startLink(),
      signal: (signal) => this.#signal(signal),
      report: (error) => this.#dispatch('error', error.toDetail()),
    };
  }

  #startLink(): WorkerLink {
    if (this.#link && !this.#link.hasFailed) {
      return this.#link;
    }
    const { serverUrl, assetBaseUrl, ...rest } = this.#options;
    const { policy, wantsInterims, format, keywords, closeTimeoutMs } = rest;
    const setup = {
      serverUrl: serverUrl.href,
      assetBaseUrl: assetBaseUrl.href,
      policy,
      wantsInterims,
      format,
      keywords,
      closeTimeoutMs,
      sdk: SDK,
    };
    const link = new WorkerLink(this.#platform, setup, (message) => this.#receive(link, message));
    link.setMuted(this.#status.isMuted);
    this.#link = link;
    return link;
  }

  #receive(link: WorkerLink, message: CaptureMessage): void {
    if (link !== this.#link) {
      return;
    }
    switch (message.type) {
      case 'event':
        this.#pass(message);
        return;
      case 'upload':
        this.#setStatus({ state: this.#status.state, isMuted: this.#status.isMuted, ...message.status });
        return;
      case 'flowing':
        this.#run?.handleFlowing(message.attachId);
        return;
      case 'stalled':
        this.#run?.handleStalled(message.attachId);
        return;
      case 'error':
        this.#dispatch('error', message.error);
        return;
      case 'failed':
        this.#receiveFailure(EdgeError.fromDetail(message.error));
        return;
      default:
        message satisfies never;
    }
  }

  #receiveFailure(error: EdgeError): void {
    const { state, isMuted } = this.#status;
    this.#setStatus({ state, isMuted, isUploading: false, connection: 'idle' });
    // Never rejects: a run that dies reports through the error event.
    this.#run?.handleWorkerFailure(error).catch(() => undefined);
  }

  #pass(message: WorkerEventMessage): void {
    if (message.name === 'stats') {
      this.#stats = message.detail;
    }
    this.#dispatch(message.name, message.detail as CaptureEventMap[typeof message.name]);
  }

  #signal(signal: CaptureSignal): void {
    this.#setStatus({ ...this.#status, state: nextCaptureState(this.#status.state, signal) });
    if (signal === 'failed') {
      this.#forgetRun();
    }
  }

  #forgetRun(): void {
    this.#run = undefined;
    this.#starting = undefined;
  }

  #setStatus(status: CaptureStatus): void {
    const previous = this.#status;
    const keys: (keyof CaptureStatus)[] = ['state', 'isMuted', 'isUploading', 'connection', 'retryInMs'];
    if (keys.some((key) => previous[key] !== status[key])) {
      this.#status = Object.freeze(status);
      this.#dispatch('state', this.#status);
    }
  }

  #dispatch<Name extends CaptureEventName>(name: Name, detail: CaptureEventMap[Name]): void {
    this.dispatchEvent(new CaptureEvent(name, detail));
  }
}
