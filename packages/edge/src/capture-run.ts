import { AudioGraph, type ContextState, createAudioContext, createCaptureNode, loadWorklet } from './audio-graph.ts';
import type { CapturePlatform } from './capture-platform.ts';
import type { CaptureSignal } from './capture-state.ts';
import { abortable, createDeferred, type Deferred } from './deferred.ts';
import { EdgeError, type EdgeErrorCode } from './edge-error.ts';
import { type AudioSource, type OpenAudioSource, openAudioSource } from './microphone.ts';
import type { WorkerLink } from './worker-link.ts';

/** What a run needs from the capture that it belongs to. */
export interface CaptureRunHost {
  readonly platform: CapturePlatform;
  readonly assetBaseUrl: URL;
  /** The worker, started when it is not there yet. Throws an EdgeError when it cannot be. */
  link(): WorkerLink;
  /** Moves the visible state. */
  signal(signal: CaptureSignal): void;
  /** Shows an error that the run lives through or dies of. */
  report(error: EdgeError): void;
}

/** Time given to a context to begin to run before we say that a gesture is needed: it starts in a few ms when it may. */
const RESUME_GRACE_MS = 500;
/** Waits before the attempts to open a lost device again; a change of devices cuts a wait short. About one minute in all. */
const RECOVERY_DELAYS_MS: readonly number[] = [0, 500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000, 8_000, 8_000];
/** Failures that go away by themselves; any other ends a recovery. */
const TRANSIENT_CODES: ReadonlySet<EdgeErrorCode> = new Set(['no_device', 'device_in_use', 'constraints', 'device_lost', 'no_frames']);

/** One span of listening, from `start()` to `stop()`: opens the audio graph, and opens it again when the device is lost. */
export class CaptureRun {
  readonly #host: CaptureRunHost;
  readonly #source: AudioSource;
  readonly #abort = new AbortController();
  #graph: AudioGraph | undefined;
  #link: WorkerLink | undefined;
  #attachId = 0;
  /** Settles when the present graph delivers sound, is held back by the browser, or has failed. */
  #outcome: Deferred<void> = createDeferred();
  #isOpening = false;
  #isRecovering = false;
  #stopListeningForGesture: () => void = () => undefined;

  constructor(host: CaptureRunHost, source: AudioSource) {
    this.#host = host;
    this.#source = source;
  }

  get trackSettings(): MediaTrackSettings | undefined {
    return this.#graph?.trackSettings;
  }

  /** Opens everything; resolves when sound arrives or the browser waits for a gesture. */
  async start(): Promise<void> {
    this.#host.signal('start');
    try {
      await this.#open();
    } catch (cause) {
      const error = asEdgeError(cause);
      if (!isTransient(error) || !this.#graph) {
        throw await this.#die(error);
      }
      await this.#recover(error);
    }
  }

  /** Ends the run: tracks are stopped before this returns, the promise resolves when the open clip is in the outbox. */
  async stop(): Promise<void> {
    this.#abort.abort(new EdgeError('aborted', 'listening was stopped'));
    this.#host.signal('stop');
    await this.#release();
  }

  /** Lets a suspended context run; works only inside a gesture. */
  async resume(): Promise<void> {
    // Resuming an interrupted context wedges it for good in Safari; it comes back as suspended, then it may be asked.
    if (this.#graph?.contextState === 'suspended') {
      await this.#graph.resume();
    }
  }

  /** The worker hears the graph that it was given. */
  handleFlowing(attachId: number): void {
    if (attachId === this.#attachId && this.#graph) {
      this.#stopListeningForGesture();
      this.#outcome.resolve();
      this.#host.signal('flowing');
    }
  }

  /** The worker has heard nothing for two seconds. */
  handleStalled(attachId: number): void {
    if (attachId === this.#attachId) {
      this.#lose(new EdgeError('no_frames', 'the microphone is open but has delivered nothing for two seconds'));
    }
  }

  /** The worker is gone: the run ends. */
  async handleWorkerFailure(error: EdgeError): Promise<void> {
    if (!this.#abort.signal.aborted) {
      await this.#die(error);
    }
  }

  async #open(): Promise<void> {
    const { signal } = this.#abort;
    // A listener of the state may have stopped the run: then nobody is asked for the microphone.
    if (signal.aborted) {
      throw signal.reason;
    }
    const { platform, assetBaseUrl } = this.#host;
    this.#outcome = createDeferred();
    this.#outcome.promise.catch(() => undefined);
    const context = createAudioContext(platform);
    this.#isOpening = true;
    const opening = openAudioSource(this.#source, platform);
    try {
      // The worker loads while the person is asked.
      const link = this.#host.link();
      const [source] = await abortable(Promise.all([opening, loadWorklet(context, platform, assetBaseUrl)]), signal);
      this.#connect(context, source, link);
    } catch (cause) {
      // The question for the microphone may still stand open: whatever it yields later is let go at once.
      opening.then((source) => source.stop()).catch(() => undefined);
      context.close().catch(() => undefined);
      this.#isOpening = false;
      throw cause;
    }
    await abortable(this.#outcome.promise, signal).finally(() => {
      this.#isOpening = false;
    });
  }

  #connect(context: AudioContext, source: OpenAudioSource, link: WorkerLink): void {
    const graph = new AudioGraph(context, source, createCaptureNode(context, this.#host.platform), {
      onContextState: (state) => this.#handleContextState(state),
      onLost: (error) => this.#lose(error),
    });
    this.#graph = graph;
    this.#link = link;
    this.#attachId = link.attach(graph);
    graph.connect();
    if (graph.contextState === 'running') {
      link.setRunning(true);
      return;
    }
    // Never settles while the browser waits for a gesture; a refusal shows as the state not being "running".
    graph.resume().catch(() => undefined);
    setTimeout(() => {
      if (this.#graph === graph && graph.contextState !== 'running') {
        this.#handleContextState(graph.contextState);
      }
    }, RESUME_GRACE_MS);
  }

  #handleContextState(state: ContextState): void {
    const link = this.#link;
    if (!this.#graph || !link || state === 'closed') {
      return;
    }
    if (state === 'running') {
      link.setRunning(true);
      return;
    }
    link.setRunning(false);
    this.#stopListeningForGesture();
    this.#stopListeningForGesture = this.#host.platform.onGesture(() => this.#resumeQuietly());
    this.#resumeQuietly();
    this.#outcome.resolve();
    this.#host.signal('suspended');
    this.#host.report(new EdgeError('context_suspended', `the audio context is ${state}`));
  }

  #resumeQuietly(): void {
    // A refusal leaves the context suspended, which has been reported; the next gesture asks again.
    this.resume().catch(() => undefined);
  }

  #lose(error: EdgeError): void {
    if (this.#abort.signal.aborted || !this.#graph) {
      return;
    }
    if (this.#isOpening || this.#isRecovering) {
      this.#outcome.reject(error);
      return;
    }
    // A failed recovery has been reported and has ended the run; there is nobody left to tell.
    this.#recover(error).catch(() => undefined);
  }

  async #recover(lost: EdgeError): Promise<void> {
    this.#isRecovering = true;
    this.#host.signal('lost');
    this.#host.report(lost);
    let error = lost;
    for (const delayMs of RECOVERY_DELAYS_MS) {
      await this.#release();
      try {
        await this.#waitForDevice(delayMs);
        await this.#open();
        this.#isRecovering = false;
        return;
      } catch (cause) {
        error = asEdgeError(cause);
      }
      if (!isTransient(error) || this.#source.type === 'stream') {
        break;
      }
    }
    throw await this.#die(error);
  }

  async #waitForDevice(delayMs: number): Promise<void> {
    const { promise, resolve } = createDeferred();
    const timer = setTimeout(resolve, delayMs);
    const stopListening = this.#host.platform.onDeviceChange(resolve);
    try {
      await abortable(promise, this.#abort.signal);
    } finally {
      clearTimeout(timer);
      stopListening();
    }
  }

  async #die(error: EdgeError): Promise<EdgeError> {
    if (!this.#abort.signal.aborted) {
      this.#abort.abort(error);
      this.#host.signal('failed');
      this.#host.report(error);
    }
    await this.#release();
    return error;
  }

  async #release(): Promise<void> {
    const graph = this.#graph;
    this.#graph = undefined;
    this.#stopListeningForGesture();
    if (graph) {
      graph.stop();
      await this.#link?.detach();
      graph.close();
    }
  }
}

function isTransient(error: EdgeError): boolean {
  return TRANSIENT_CODES.has(error.code);
}

function asEdgeError(cause: unknown): EdgeError {
  return cause instanceof EdgeError ? cause : new EdgeError('unsupported', 'the audio graph could not be built', { cause });
}
