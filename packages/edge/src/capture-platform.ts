import type { MicrophonePlatform } from './microphone.ts';

/** What a capture needs of the browser; a test passes its own. */
export interface CapturePlatform extends MicrophonePlatform {
  /** Address that relative URLs in the options are resolved against. */
  readonly baseUrl: string | undefined;
  readonly fetch: typeof globalThis.fetch;
  readonly createAudioContext: (() => AudioContext) | undefined;
  readonly createWorkletNode: ((context: AudioContext, name: string, options: AudioWorkletNodeOptions) => AudioWorkletNode) | undefined;
  readonly createWorker: ((url: URL) => Worker) | undefined;
  /** Calls the listener at each gesture that lets audio play; returns what takes the listener away. */
  onGesture(listener: () => void): () => void;
  /** Calls the listener when a device comes or goes; returns what takes the listener away. */
  onDeviceChange(listener: () => void): () => void;
}

const GESTURES = ['pointerup', 'keydown', 'touchend', 'click'];

/** The platform of the page that calls it; reads no global before that, so that the package can be imported on a server. */
export function browserPlatform(): CapturePlatform {
  const scope: Partial<typeof globalThis> = globalThis;
  const { AudioContext, AudioWorkletNode, Worker, document, navigator } = scope;
  const mediaDevices: MediaDevices | undefined = navigator?.mediaDevices;
  return {
    baseUrl: document?.baseURI,
    isSecureContext: scope.isSecureContext ?? false,
    mediaDevices,
    permissions: navigator?.permissions,
    fetch: (input, init) => globalThis.fetch(input, init),
    createAudioContext: AudioContext && (() => new AudioContext({ latencyHint: 'interactive' })),
    createWorkletNode: AudioWorkletNode && ((context, name, options) => new AudioWorkletNode(context, name, options)),
    createWorker: Worker && ((url) => new Worker(url, { type: 'module', name: 'outspoken-speech' })),
    onGesture: (listener) => listen(document, GESTURES, listener),
    onDeviceChange: (listener) => listen(mediaDevices, ['devicechange'], listener),
  };
}

function listen(target: EventTarget | undefined, types: readonly string[], listener: () => void): () => void {
  const abort = new AbortController();
  for (const type of types) {
    target?.addEventListener(type, listener, { capture: true, passive: true, signal: abort.signal });
  }
  return () => abort.abort();
}
