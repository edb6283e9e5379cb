import type { OnnxRuntime } from '@outspoken/onnx';
import type { SocketConstructor } from './socket-transport.ts';
import { SpeechWorker } from './speech-worker.ts';
import type { FromWorkerMessage, ToWorkerMessage } from './worker-channel.ts';

/** The part of a worker's global scope that is used: `self` fits. */
export interface SpeechWorkerScope {
  postMessage(message: FromWorkerMessage): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<ToWorkerMessage>) => void): void;
  addEventListener(type: 'online', listener: () => void): void;
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
  readonly WebSocket: SocketConstructor;
  readonly performance: { now(): number };
}

/**
 * Makes a worker the speech worker: everything from the microphone's frames to the server runs in it.
 *
 * The entry file of the worker chooses the runtime and calls this once, at its top level:
 *
 * ```ts
 * import { serveSpeechWorker } from '@outspoken/edge/worker';
 * import * as ort from 'onnxruntime-web/wasm';
 *
 * ort.env.wasm.wasmPaths = new URL('./', import.meta.url).href;
 * ort.env.wasm.numThreads = 1;
 * serveSpeechWorker(self, ort);
 * ```
 *
 * @param scope - `self`.
 * @param runtime - `onnxruntime-web`, set up to find its `.wasm` file beside the worker.
 */
export function serveSpeechWorker(scope: SpeechWorkerScope, runtime: OnnxRuntime): void {
  const worker = new SpeechWorker({
    runtime,
    post: (message) => scope.postMessage(message),
    fetch: (input, init) => scope.fetch(input, init),
    Socket: scope.WebSocket,
    now: () => scope.performance.now(),
  });
  scope.addEventListener('message', (event) => worker.handle(event.data));
  scope.addEventListener('online', () => worker.reconnect());
  scope.postMessage({ type: 'loaded' });
}
