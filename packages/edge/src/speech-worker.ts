import { clipPolicyId } from '@outspoken/audio';
import { SpeechClient } from '@outspoken/client';
import type { OnnxRuntime } from '@outspoken/onnx';
import type { VadModel } from '@outspoken/vad';
import { EdgeError } from './edge-error.ts';
import { FrameIntake } from './frame-intake.ts';
import { LatencyBook } from './latency-book.ts';
import { requestSession } from './session-request.ts';
import { openSocket, type SocketConstructor } from './socket-transport.ts';
import { SpeechPipeline } from './speech-pipeline.ts';
import { UploadMonitor } from './upload-monitor.ts';
import { loadVad } from './vad-asset.ts';
import type { FromWorkerMessage, ToWorkerMessage, WorkerSetup } from './worker-channel.ts';

/** What the worker needs from its surroundings. */
export interface SpeechWorkerSettings {
  readonly runtime: OnnxRuntime;
  readonly post: (message: FromWorkerMessage) => void;
  readonly fetch: typeof globalThis.fetch;
  readonly Socket: SocketConstructor;
  /** Monotonic time, in milliseconds. */
  readonly now: () => number;
}

interface Engine {
  readonly model: VadModel;
  readonly client: SpeechClient;
  readonly monitor: UploadMonitor;
  readonly pipeline: SpeechPipeline;
}

/** The worker's side of a capture: carries out the page's messages one after the other, in the order in which they came. */
export class SpeechWorker {
  readonly #settings: SpeechWorkerSettings;
  #queue: Promise<void> = Promise.resolve();
  #engine: Engine | undefined;
  #intake: FrameIntake | undefined;
  #isMuted = false;
  #hasBeenAttached = false;

  constructor(settings: SpeechWorkerSettings) {
    this.#settings = settings;
  }

  /** Takes a message of the page; never throws, failures are posted. */
  handle(message: ToWorkerMessage): void {
    this.#queue = this.#queue.then(() => this.#act(message)).catch((cause: unknown) => this.#fail(cause));
  }

  /** Tries to reach the server now, not at the end of the present wait. */
  reconnect(): void {
    if (this.#hasBeenAttached) {
      this.#engine?.client.connect();
    }
  }

  async #act(message: ToWorkerMessage): Promise<void> {
    switch (message.type) {
      case 'setup':
        this.#engine = await this.#start(message.setup);
        this.#setMuted(this.#isMuted);
        return;
      case 'attach':
        this.#attach(message.attachId, message.port, message.sampleRateHz);
        return;
      case 'detach':
        await this.#detach();
        this.#settings.post({ type: 'done', requestId: message.requestId });
        return;
      case 'running':
        await this.#setRunning(message.isRunning);
        return;
      case 'muted':
        this.#setMuted(message.isMuted);
        return;
      case 'reconnect':
        this.reconnect();
        return;
      case 'close':
        await this.#close();
        this.#settings.post({ type: 'done', requestId: message.requestId });
        return;
      default:
        message satisfies never;
    }
  }

  async #start(setup: WorkerSetup): Promise<Engine> {
    const { runtime, post, fetch, Socket, now } = this.#settings;
    const serverUrl = new URL(setup.serverUrl);
    const [model, policyId] = await Promise.all([loadVad(runtime, new URL(setup.assetBaseUrl), fetch), clipPolicyId(setup.policy)]);
    const client = new SpeechClient({
      requestSession: (signal) => requestSession(serverUrl, { sdk: setup.sdk }, signal, fetch),
      openTransport: (grant, signal) => openSocket(serverUrl, grant, signal, Socket),
      sdk: setup.sdk,
      clipPolicyId: policyId,
      wantsInterims: setup.wantsInterims,
      format: setup.format,
      ...(setup.keywords.length === 0 ? {} : { keywords: setup.keywords }),
      closeTimeoutMs: setup.closeTimeoutMs,
    });
    const latencies = new LatencyBook(now);
    const monitor = new UploadMonitor(client, latencies, post);
    const pipeline = new SpeechPipeline({
      model,
      sink: client,
      policy: setup.policy,
      now,
      emit: (event) => {
        post(event);
        monitor.observe(event);
      },
      onClipCut: (clip) => latencies.open(clip),
      onFailure: (cause) => this.#fail(cause),
    });
    return { model, client, monitor, pipeline };
  }

  #attach(attachId: number, port: MessagePort, sampleRateHz: number): void {
    const { pipeline, client } = this.#requireEngine();
    const { post } = this.#settings;
    this.#intake?.close();
    pipeline.setInput(sampleRateHz);
    this.#intake = new FrameIntake(port, {
      onFrames: (channels) => pipeline.push(channels),
      onGap: (frameCount) => pipeline.skip(frameCount),
      onFlowing: () => post({ type: 'flowing', attachId }),
      onStalled: () => post({ type: 'stalled', attachId }),
    });
    // Nothing goes over the network before the person has started to listen; a wait for the next attempt ends with a new start.
    this.#hasBeenAttached = true;
    client.connect();
  }

  async #detach(): Promise<void> {
    const intake = this.#intake;
    if (!intake) {
      return;
    }
    this.#intake = undefined;
    await intake.drain();
    intake.close();
    await this.#requireEngine().pipeline.flush('stop');
  }

  async #setRunning(isRunning: boolean): Promise<void> {
    this.#intake?.setRunning(isRunning);
    if (!isRunning && this.#intake) {
      await this.#requireEngine().pipeline.flush('stop');
    }
  }

  /** May come before the set-up, when the person muted before the first start. */
  #setMuted(isMuted: boolean): void {
    this.#isMuted = isMuted;
    if (isMuted) {
      this.#engine?.pipeline.mute();
    } else {
      this.#engine?.pipeline.unmute();
    }
  }

  async #close(): Promise<void> {
    await this.#detach();
    const engine = this.#engine;
    this.#engine = undefined;
    engine?.monitor.expectClose();
    await engine?.client.close();
    await engine?.model.close();
  }

  #requireEngine(): Engine {
    if (!this.#engine) {
      throw new EdgeError('worker_failed', 'the worker is not set up');
    }
    return this.#engine;
  }

  #fail(cause: unknown): void {
    const error =
      cause instanceof EdgeError ? cause : new EdgeError('model_failed', `speech detection failed: ${String(cause)}`, { cause });
    this.#settings.post({ type: 'failed', error: error.toDetail() });
  }
}
