import type { CapturePlatform } from '../../src/capture-platform.ts';
import type { EdgeErrorDetail } from '../../src/edge-error.ts';
import type { FromWorkerMessage, ToWorkerMessage } from '../../src/worker-channel.ts';

export class FakeTrack extends EventTarget {
  readyState: 'live' | 'ended' = 'live';
  stop(): void {
    this.readyState = 'ended';
  }
  getSettings(): MediaTrackSettings {
    return { echoCancellation: true };
  }
  /** What the browser does when the device is unplugged. */
  unplug(): void {
    this.readyState = 'ended';
    this.dispatchEvent(new Event('ended'));
  }
}

export function fakeStream(): { stream: MediaStream; track: FakeTrack } {
  const track = new FakeTrack();
  return { track, stream: { getTracks: () => [track], getAudioTracks: () => [track] } as unknown as MediaStream };
}

class FakeNode extends EventTarget {
  readonly posted: unknown[] = [];
  readonly port = { postMessage: (message: unknown) => this.posted.push(message), close: () => undefined };
  connect(): void {}
  disconnect(): void {}
}

export class FakeContext extends EventTarget {
  readonly sampleRate = 48_000;
  readonly destination = {};
  state: string;
  resumeCalls = 0;
  readonly audioWorklet = { addModule: (url: string): Promise<void> => this.browser.addModule(url) };
  readonly browser: FakeBrowser;
  constructor(browser: FakeBrowser) {
    super();
    this.browser = browser;
    this.state = browser.contextState;
  }
  createMediaStreamSource(): FakeNode {
    return new FakeNode();
  }
  async resume(): Promise<void> {
    this.resumeCalls += 1;
    if (this.browser.mayRun) this.change('running');
    else await new Promise(() => undefined);
  }
  async close(): Promise<void> {
    this.state = 'closed';
  }
  change(state: string): void {
    this.state = state;
    this.dispatchEvent(new Event('statechange'));
  }
}

/** A worker that answers like ours, with frames as soon as the context runs. */
export class FakeWorker extends EventTarget {
  readonly received: ToWorkerMessage[] = [];
  readonly browser: FakeBrowser;
  isTerminated = false;
  attachId = 0;
  constructor(browser: FakeBrowser) {
    super();
    this.browser = browser;
    if (browser.workerLoads) queueMicrotask(() => this.say({ type: 'loaded' }));
  }
  postMessage(message: ToWorkerMessage): void {
    this.received.push(message);
    const { setupError } = this.browser;
    if (message.type === 'setup' && setupError) queueMicrotask(() => this.say({ type: 'failed', error: setupError }));
    if (message.type === 'attach') {
      this.attachId = message.attachId;
      message.port.close();
    }
    if (message.type === 'running' && message.isRunning && this.browser.framesFlow && !setupError) {
      const { attachId } = this;
      queueMicrotask(() => this.say({ type: 'flowing', attachId }));
    }
    if (message.type === 'detach' || message.type === 'close') {
      const { requestId } = message;
      queueMicrotask(() => this.say({ type: 'done', requestId }));
    }
  }
  terminate(): void {
    this.isTerminated = true;
  }
  say(message: FromWorkerMessage): void {
    if (!this.isTerminated) this.dispatchEvent(new MessageEvent('message', { data: message }));
  }
  types(): string[] {
    return this.received.map(({ type }) => type);
  }
}

/** A browser in which a test decides what works. */
export class FakeBrowser {
  contextState = 'running';
  mayRun = true;
  framesFlow = true;
  workerLoads = true;
  setupError: EdgeErrorDetail | undefined;
  getUserMedia: () => Promise<MediaStream> = async () => {
    const { stream, track } = fakeStream();
    this.tracks.push(track);
    return stream;
  };
  addModule: (url: string) => Promise<void> = async () => undefined;
  fetch: typeof globalThis.fetch = async () => new Response('', { status: 404, headers: { 'content-type': 'text/plain' } });
  readonly tracks: FakeTrack[] = [];
  readonly contexts: FakeContext[] = [];
  readonly nodes: FakeNode[] = [];
  readonly workers: FakeWorker[] = [];
  readonly workerUrls: string[] = [];
  readonly gestures = new Set<() => void>();
  readonly deviceListeners = new Set<() => void>();

  get worker(): FakeWorker {
    return this.workers.at(-1)!;
  }
  get context(): FakeContext {
    return this.contexts.at(-1)!;
  }
  gesture(): void {
    for (const listener of [...this.gestures]) listener();
  }
  plugIn(): void {
    for (const listener of [...this.deviceListeners]) listener();
  }

  platform(overrides: Partial<CapturePlatform> = {}): CapturePlatform {
    return {
      baseUrl: 'https://app.example/talk/',
      isSecureContext: true,
      mediaDevices: { getUserMedia: () => this.getUserMedia() },
      permissions: undefined,
      fetch: (...request) => this.fetch(...request),
      createAudioContext: () => remember(this.contexts, new FakeContext(this)) as unknown as AudioContext,
      createWorkletNode: () => remember(this.nodes, new FakeNode()) as unknown as AudioWorkletNode,
      createWorker: (url) => {
        this.workerUrls.push(url.href);
        return remember(this.workers, new FakeWorker(this)) as unknown as Worker;
      },
      onGesture: (listener) => listenIn(this.gestures, listener),
      onDeviceChange: (listener) => listenIn(this.deviceListeners, listener),
      ...overrides,
    };
  }
}

function remember<Value>(list: Value[], value: Value): Value {
  list.push(value);
  return value;
}

function listenIn(set: Set<() => void>, listener: () => void): () => void {
  set.add(listener);
  return () => set.delete(listener);
}
