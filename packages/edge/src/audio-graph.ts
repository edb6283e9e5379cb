import { assetUrl, explainAssetFailure } from './assets.ts';
import type { CapturePlatform } from './capture-platform.ts';
import { EdgeError } from './edge-error.ts';
import type { OpenAudioSource } from './microphone.ts';

/** State of an audio context; `interrupted` is Safari's, during a call or when another app takes the microphone. */
export type ContextState = AudioContextState | 'interrupted';

/** What an audio graph tells its owner. */
export interface AudioGraphListener {
  onContextState(state: ContextState): void;
  /** The device went away, or the processor failed. */
  onLost(error: EdgeError): void;
}

const PROCESSOR_NAME = 'outspoken-capture';

/**
 * Creates the audio context. Safari lets it run only when it is made inside the gesture, so this is called before anything is awaited.
 *
 * @throws {@link EdgeError} `unsupported`, `insecure_context`
 */
export function createAudioContext(platform: CapturePlatform): AudioContext {
  // Outside secure contexts audioWorklet does not exist: say so, rather than "too old".
  if (!platform.isSecureContext) {
    throw new EdgeError('insecure_context', 'the page is not a secure context, so it has no audio worklet and no microphone');
  }
  if (!platform.createAudioContext || !platform.createWorkletNode || !platform.createWorker) {
    throw new EdgeError('unsupported', 'AudioContext, AudioWorkletNode or Worker is missing');
  }
  const context = platform.createAudioContext();
  if (!context.audioWorklet) {
    // Nothing was connected; there is nobody to tell if closing fails.
    context.close().catch(() => undefined);
    throw new EdgeError('unsupported', 'AudioContext.audioWorklet is missing');
  }
  return context;
}

/**
 * Loads the worklet file into a context.
 *
 * @throws {@link EdgeError} `asset_failed`
 */
export async function loadWorklet(context: AudioContext, platform: CapturePlatform, assetBaseUrl: URL): Promise<void> {
  const url = assetUrl(assetBaseUrl, 'worklet');
  try {
    await context.audioWorklet.addModule(url.href);
  } catch (cause) {
    throw await explainAssetFailure(url, platform.fetch, cause);
  }
}

/** Source → worklet → destination (silent), with the port on which the frames arrive. */
export class AudioGraph {
  /** To be handed to the worker; the page's thread never reads it. */
  readonly framesPort: MessagePort;
  readonly sampleRateHz: number;
  readonly #context: AudioContext;
  readonly #source: OpenAudioSource;
  readonly #sourceNode: MediaStreamAudioSourceNode;
  readonly #node: AudioWorkletNode;
  readonly #abort = new AbortController();

  constructor(context: AudioContext, source: OpenAudioSource, node: AudioWorkletNode, listener: AudioGraphListener) {
    this.#context = context;
    this.#source = source;
    this.#node = node;
    this.sampleRateHz = context.sampleRate;
    const channel = new MessageChannel();
    this.framesPort = channel.port2;
    node.port.postMessage({ type: 'connect', port: channel.port1 }, [channel.port1]);
    this.#sourceNode = context.createMediaStreamSource(source.stream);
    const { signal } = this.#abort;
    context.addEventListener('statechange', () => listener.onContextState(context.state as ContextState), { signal });
    node.addEventListener('processorerror', () => listener.onLost(new EdgeError('no_frames', 'the audio processor failed')), { signal });
    for (const track of source.stream.getAudioTracks()) {
      track.addEventListener('ended', () => listener.onLost(new EdgeError('device_lost', 'the audio track has ended')), { signal });
    }
  }

  get contextState(): ContextState {
    return this.#context.state as ContextState;
  }

  /** What the browser granted: whether echo cancellation, noise suppression and gain control are really on. */
  get trackSettings(): MediaTrackSettings | undefined {
    return this.#source.stream.getAudioTracks()[0]?.getSettings();
  }

  /** Lets sound flow; called once the worker has the port. */
  connect(): void {
    this.#sourceNode.connect(this.#node);
    // The node writes nothing, so this is silent; a graph that reaches no destination is not pulled by every browser.
    this.#node.connect(this.#context.destination);
  }

  /** Asks the browser to let the context run. */
  async resume(): Promise<void> {
    await this.#context.resume();
  }

  /** Stops the tracks that are ours, at once, and has the worklet post what it still holds. */
  stop(): void {
    this.#abort.abort();
    this.#source.stop();
    this.#node.port.postMessage({ type: 'end' });
  }

  /** Takes the graph down; after {@link stop}, when the worker has read the last frames. */
  close(): void {
    this.#sourceNode.disconnect();
    this.#node.disconnect();
    this.#node.port.close();
    // A context that is already closed has nothing to tell.
    this.#context.close().catch(() => undefined);
  }
}

/** Builds the node with the options that keep what the worklet gets as it was recorded: at most two channels, never mixed. */
export function createCaptureNode(context: AudioContext, platform: CapturePlatform): AudioWorkletNode {
  if (!platform.createWorkletNode) {
    throw new EdgeError('unsupported', 'AudioWorkletNode is missing');
  }
  return platform.createWorkletNode(context, PROCESSOR_NAME, {
    numberOfInputs: 1,
    numberOfOutputs: 1,
    outputChannelCount: [1],
    channelCount: 2,
    channelCountMode: 'clamped-max',
    channelInterpretation: 'discrete',
  });
}
