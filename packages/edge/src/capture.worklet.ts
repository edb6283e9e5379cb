// Runs on the audio thread and is loaded as a file of its own: it imports nothing, copies and posts, and never infers, logs or throws.
export {};

/** Frames (samples of each channel) in one message: 21 ms at 48 kHz. */
const BLOCK_FRAMES = 1024;
const MAXIMUM_CHANNELS = 2;
/** Blocks that may be on their way to the worker at once (10 s at 48 kHz); beyond, new ones are dropped and show as a gap. */
const MAXIMUM_BLOCKS_IN_FLIGHT = 480;
const MAXIMUM_POOLED_BLOCKS = 16;

// The three names of the AudioWorkletGlobalScope that are used here; TypeScript's DOM library does not have them.
declare const currentFrame: number;
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

/** Message of the worklet to the worker: planar samples, channel c at float offset c * stride. The buffer is to be posted back. */
interface FramesMessage {
  type: 'frames';
  buffer: ArrayBuffer;
  channelCount: number;
  frameCount: number;
  strideFrames: number;
  startFrame: number;
}

class CaptureProcessor extends AudioWorkletProcessor {
  #output: MessagePort | undefined;
  #block = new Float32Array(BLOCK_FRAMES * MAXIMUM_CHANNELS);
  #filledFrames = 0;
  #channelCount = 0;
  #hasEnded = false;
  #blocksInFlight = 0;
  readonly #pool: ArrayBuffer[] = [];
  readonly #transfer: ArrayBuffer[] = [];
  readonly #message: FramesMessage = {
    type: 'frames',
    buffer: this.#block.buffer,
    channelCount: 0,
    frameCount: 0,
    strideFrames: BLOCK_FRAMES,
    startFrame: 0,
  };

  constructor() {
    super();
    this.port.onmessage = (event: MessageEvent): void => {
      if (event.data?.type === 'connect') {
        this.#connect(event.data.port);
      } else if (event.data?.type === 'end') {
        this.#end();
      }
    };
  }

  process(inputs: readonly (readonly Float32Array[])[]): boolean {
    const input = inputs[0];
    const output = this.#output;
    const first = input?.[0];
    if (this.#hasEnded || !output || !input || !first || first.length > BLOCK_FRAMES) {
      return !this.#hasEnded;
    }
    const channelCount = Math.min(input.length, MAXIMUM_CHANNELS);
    if (channelCount !== this.#channelCount || this.#filledFrames + first.length > BLOCK_FRAMES) {
      this.#post(output);
      this.#channelCount = channelCount;
    }
    if (this.#filledFrames === 0) {
      this.#message.startFrame = currentFrame;
    }
    for (let channel = 0; channel < channelCount; channel += 1) {
      const samples = input[channel];
      if (samples) {
        this.#block.set(samples, channel * BLOCK_FRAMES + this.#filledFrames);
      }
    }
    this.#filledFrames += first.length;
    if (this.#filledFrames === BLOCK_FRAMES) {
      this.#post(output);
    }
    return true;
  }

  #connect(port: MessagePort): void {
    this.#output = port;
    port.onmessage = (event: MessageEvent): void => {
      this.#blocksInFlight -= 1;
      if (event.data instanceof ArrayBuffer && this.#pool.length < MAXIMUM_POOLED_BLOCKS) {
        this.#pool.push(event.data);
      }
    };
  }

  #post(output: MessagePort): void {
    const frameCount = this.#filledFrames;
    this.#filledFrames = 0;
    if (frameCount === 0 || this.#blocksInFlight >= MAXIMUM_BLOCKS_IN_FLIGHT) {
      return;
    }
    const message = this.#message;
    message.buffer = this.#block.buffer;
    message.channelCount = this.#channelCount;
    message.frameCount = frameCount;
    this.#transfer[0] = message.buffer;
    output.postMessage(message, this.#transfer);
    this.#blocksInFlight += 1;
    const recycled = this.#pool.pop();
    this.#block = recycled ? new Float32Array(recycled) : new Float32Array(BLOCK_FRAMES * MAXIMUM_CHANNELS);
  }

  #end(): void {
    const output = this.#output;
    if (output && !this.#hasEnded) {
      this.#post(output);
      output.postMessage({ type: 'end' });
    }
    this.#hasEnded = true;
  }
}

registerProcessor('outspoken-capture', CaptureProcessor);
