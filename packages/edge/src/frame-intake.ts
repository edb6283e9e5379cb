import { createDeferred } from './deferred.ts';
import type { FromWorkletMessage } from './worker-channel.ts';

const WATCH_INTERVAL_MS = 500;
/** Four looks without a frame are two seconds. Looks are counted, not time, so that a laptop's sleep is not a silence. */
const STALLED_LOOKS = 4;
/** How long the next frame is waited for at the end: a context that is suspended posts neither frames nor an end. */
const DRAIN_GRACE_MS = 50;

/** What an intake tells its owner. */
export interface FrameIntakeListener {
  /** Frames as recorded, one array for each channel, to be read before the call returns. */
  onFrames(channels: readonly Float32Array[]): void;
  /** Frames are missing before the next ones. */
  onGap(frameCount: number): void;
  /** The first frames since they are expected. */
  onFlowing(): void;
  /** Frames are expected, and none came for two seconds. */
  onStalled(): void;
}

/** The worker's end of the port to the worklet: reads frames, gives buffers back, notices gaps and silence of the graph. */
export class FrameIntake {
  readonly #port: MessagePort;
  readonly #listener: FrameIntakeListener;
  #nextFrame: number | undefined;
  #isRunning = false;
  #isFlowing = false;
  #looksWithoutFrames = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  readonly #drained = createDeferred();
  #isDraining = false;
  #drainTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(port: MessagePort, listener: FrameIntakeListener) {
    this.#port = port;
    this.#listener = listener;
    port.onmessage = (event: MessageEvent<FromWorkletMessage>): void => this.#receive(event.data);
  }

  /** Whether the audio context runs, so that frames are to be expected. */
  setRunning(isRunning: boolean): void {
    this.#isRunning = isRunning;
    this.#isFlowing = false;
    this.#looksWithoutFrames = 0;
    clearInterval(this.#timer);
    if (isRunning) {
      this.#timer = setInterval(() => this.#look(), WATCH_INTERVAL_MS);
    }
  }

  /** Resolves when all that waits in the port has been read: at the worklet's end, or when no further frame comes. */
  drain(): Promise<void> {
    this.#isDraining = true;
    this.#awaitNext();
    return this.#drained.promise;
  }

  /** Reads nothing more, not even what already waits in the port: the next source may not begin with it. */
  close(): void {
    this.setRunning(false);
    clearTimeout(this.#drainTimer);
    this.#port.onmessage = null;
    this.#port.close();
  }

  #receive(message: FromWorkletMessage): void {
    if (message.type === 'end') {
      this.#drained.resolve();
      return;
    }
    const { buffer, channelCount, frameCount, strideFrames, startFrame } = message;
    const missing = startFrame - (this.#nextFrame ?? startFrame);
    this.#nextFrame = startFrame + frameCount;
    this.#looksWithoutFrames = 0;
    if (this.#isRunning && !this.#isFlowing) {
      this.#isFlowing = true;
      this.#listener.onFlowing();
    }
    if (missing > 0) {
      this.#listener.onGap(missing);
    }
    const channels: Float32Array[] = [];
    for (let channel = 0; channel < channelCount; channel += 1) {
      channels.push(new Float32Array(buffer, channel * strideFrames * Float32Array.BYTES_PER_ELEMENT, frameCount));
    }
    this.#listener.onFrames(channels);
    this.#port.postMessage(buffer, [buffer]);
    if (this.#isDraining) {
      this.#awaitNext();
    }
  }

  #awaitNext(): void {
    clearTimeout(this.#drainTimer);
    this.#drainTimer = setTimeout(this.#drained.resolve, DRAIN_GRACE_MS);
  }

  #look(): void {
    this.#looksWithoutFrames += 1;
    if (this.#looksWithoutFrames >= STALLED_LOOKS) {
      this.setRunning(false);
      this.#listener.onStalled();
    }
  }
}
