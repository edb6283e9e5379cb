import type { ByteStream } from './byte-stream.ts';

/** What a frame's header says. */
export interface FrameHeader {
  /** Length of the frame, header included, in bytes; at least that of the header. */
  readonly frameBytes: number;
  readonly sampleRateHz: number;
  readonly channelCount: number;
  /** Samples of one channel in the frame. */
  readonly frameSamples: number;
}

/** A format that is a row of frames, each beginning with 0xFF and a header that states its length. */
export interface FrameFormat<Header extends FrameHeader> {
  readonly headerBytes: number;
  readonly maximumFrameBytes: number;
  /** The header at `offset`, of which {@link headerBytes} are there; undefined if it is none. */
  parse(bytes: Uint8Array, offset: number): Header | undefined;
}

/** A frame and its bytes; they hold until the next call. */
export interface Frame<Header extends FrameHeader> {
  readonly header: Header;
  readonly bytes: Uint8Array;
}

// Behind longer junk than this no sound is looked for.
const MAX_JUNK_BYTES = 4 * 1024 * 1024;

/**
 * Walks through the frames of a stream and finds back into step where bytes are damaged.
 *
 * All frames must have the rate of the first. Out of step, two headers in a row are asked for, as 0xFF stands within frames too.
 */
export class FrameWalker<Header extends FrameHeader> {
  readonly #stream: ByteStream;
  readonly #format: FrameFormat<Header>;
  #sampleRateHz: number | undefined;
  #isInStep = true;
  #junkBytes = 0;
  #isTruncated = false;

  constructor(stream: ByteStream, format: FrameFormat<Header>) {
    this.#stream = stream;
    this.#format = format;
  }

  /** Whether the last frame goes on beyond the end of the file, or junk without end took the place of frames. */
  get isTruncated(): boolean {
    return this.#isTruncated;
  }

  /** The next frame; undefined at the end. */
  async next(): Promise<Frame<Header> | undefined> {
    const { headerBytes, maximumFrameBytes } = this.#format;
    while (this.#junkBytes <= MAX_JUNK_BYTES) {
      const bytes = await this.#stream.peek(maximumFrameBytes + headerBytes);
      if (bytes.length < headerBytes) {
        this.#isTruncated = bytes.length > 0 && this.#isInStep;
        return undefined;
      }
      const header = this.#parse(bytes, 0);
      if (header !== undefined && (this.#isInStep || this.#isFollowed(bytes, header.frameBytes))) {
        if (header.frameBytes > bytes.length) {
          this.#isTruncated = true;
          return undefined;
        }
        this.#isInStep = true;
        this.#junkBytes = 0;
        this.#sampleRateHz ??= header.sampleRateHz;
        this.#stream.skip(header.frameBytes);
        return { header, bytes: bytes.subarray(0, header.frameBytes) };
      }
      this.#isInStep = false;
      this.#stepOver(bytes);
    }
    this.#isTruncated = true;
    return undefined;
  }

  #parse(bytes: Uint8Array, offset: number): Header | undefined {
    if (offset + this.#format.headerBytes > bytes.length) return undefined;
    const header = this.#format.parse(bytes, offset);
    return header === undefined || header.sampleRateHz === (this.#sampleRateHz ?? header.sampleRateHz) ? header : undefined;
  }

  #isFollowed(bytes: Uint8Array, frameBytes: number): boolean {
    return frameBytes === bytes.length || this.#parse(bytes, frameBytes) !== undefined;
  }

  /** Goes on to the next place in these bytes where a frame may begin. */
  #stepOver(bytes: Uint8Array): void {
    const { headerBytes, maximumFrameBytes } = this.#format;
    // The last bytes may be the beginning of a header.
    const end = bytes.length - headerBytes + 1;
    let offset = bytes.indexOf(0xff, 1);
    for (; offset !== -1 && offset < end; offset = bytes.indexOf(0xff, offset + 1)) {
      const header = this.#parse(bytes, offset);
      // Near the end of the block the header is tried again with more bytes behind it.
      if (
        header !== undefined &&
        (offset + maximumFrameBytes > bytes.length || this.#isFollowed(bytes.subarray(offset), header.frameBytes))
      ) {
        break;
      }
    }
    const step = offset === -1 ? end : Math.min(offset, end);
    this.#junkBytes += step;
    this.#stream.skip(step);
  }
}
