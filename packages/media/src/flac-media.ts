import { ByteStream } from './byte-stream.ts';
import { decodeFlacFrame, type FlacFrame } from './flac-frame.ts';
import {
  FLAC_INFO_BYTES,
  type FlacFrameHeader,
  type FlacStreamInfo,
  MAX_FLAC_HEADER_BYTES,
  parseFlacFrameHeader,
  parseFlacStreamInfo,
} from './flac-header.ts';
import { MediaError } from './media-error.ts';
import { checkShape } from './media-limits.ts';
import type { MediaSource } from './media-source.ts';
import type { MediaTrack } from './media-track.ts';
import { PacketTally } from './packet-tally.ts';
import { silence } from './sound-block.ts';

const STREAM_INFO = 0;
const MAX_METADATA_BLOCKS = 1000;
// Behind longer damage no frame is looked for.
const MAX_JUNK_BYTES = 16 * 1024 * 1024;
// A longer gap is a wrong number in a header.
const MAX_GAP_SECONDS = 600;

/** Opens a FLAC file; `startByte` is its signature, behind any tags. */
export async function openFlac(source: MediaSource, startByte: number): Promise<MediaTrack> {
  const { info, framesStartByte } = await readMetadata(new ByteStream(source, startByte));
  const { sampleRateHz, channelCount, totalSamples } = info;
  checkShape(channelCount, sampleRateHz);
  let isTruncated = false;
  return {
    description: {
      container: 'flac',
      codec: 'flac',
      sampleRateHz,
      channelCount,
      statedDurationMs: totalSamples === 0 ? undefined : (1000 * totalSamples) / sampleRateHz,
    },
    get isTruncated() {
      return isTruncated;
    },
    async *blocks() {
      const frames = new FlacFrames(new ByteStream(source, framesStartByte), info);
      let startSample: number | undefined;
      let position = 0;
      for (let frame = await frames.next(); frame !== undefined; frame = await frames.next()) {
        // A stream that was cut out of another begins at 0; silence stands for first frames that are damaged.
        startSample ??= frames.hasLeftOut ? 0 : frame.header.startSample;
        const gapSamples = frame.header.startSample - startSample - position;
        if (gapSamples > 0 && gapSamples < MAX_GAP_SECONDS * sampleRateHz) {
          // By the second: ten minutes at once would be hundreds of megabytes.
          for (let rest = gapSamples; rest > 0; rest -= sampleRateHz)
            yield silence(channelCount, sampleRateHz, Math.min(rest, sampleRateHz));
          position += gapSamples;
        }
        position += frame.header.blockSamples;
        yield { sampleRateHz, channels: frame.channels };
      }
      isTruncated = frames.isTruncated || position < totalSamples;
    },
  };
}

async function readMetadata(stream: ByteStream): Promise<{ info: FlacStreamInfo; framesStartByte: number }> {
  stream.skip(4); // 'fLaC'
  let info: FlacStreamInfo | undefined;
  for (let count = 0; count < MAX_METADATA_BLOCKS; count++) {
    const bytes = await stream.peek(4 + FLAC_INFO_BYTES);
    if (bytes.length < 4) break;
    const [kind = 0, high = 0, middle = 0, low = 0] = bytes;
    const isInfo = (kind & 0x7f) === STREAM_INFO && bytes.length >= 4 + FLAC_INFO_BYTES;
    if (isInfo) info ??= parseFlacStreamInfo(bytes.subarray(4, 4 + FLAC_INFO_BYTES));
    stream.skip(4 + high * 65536 + middle * 256 + low);
    if (kind >= 0x80 && info !== undefined) return { info, framesStartByte: stream.position };
  }
  throw new MediaError('media_damaged', 'the header of this FLAC file is damaged');
}

/** Walks through the frames of a stream; damaged ones are left out. */
class FlacFrames {
  readonly #stream: ByteStream;
  readonly #info: FlacStreamInfo;
  readonly #maximumFrameBytes: number;
  readonly #tally = new PacketTally();
  #isTruncated = false;
  #hasLeftOut = false;

  constructor(stream: ByteStream, info: FlacStreamInfo) {
    this.#stream = stream;
    this.#info = info;
    // Samples as they are, a bit more for a side channel, and room for the headers.
    const sampleBytes = Math.ceil((info.bitsPerSample + 1) / 8);
    this.#maximumFrameBytes = info.maximumBlockSamples * info.channelCount * sampleBytes + 256;
  }

  /** Whether the file ends within a frame. */
  get isTruncated(): boolean {
    return this.#isTruncated;
  }

  /** Whether anything was left out so far. */
  get hasLeftOut(): boolean {
    return this.#hasLeftOut;
  }

  async next(): Promise<(FlacFrame & { header: FlacFrameHeader }) | undefined> {
    let junkBytes = 0;
    while (junkBytes <= MAX_JUNK_BYTES) {
      const bytes = await this.#stream.peek(this.#maximumFrameBytes);
      if (bytes.length === 0) return undefined;
      const header = parseFlacFrameHeader(bytes, 0, this.#info);
      const frame = header && header.blockSamples <= this.#info.maximumBlockSamples ? decoded(bytes, header) : undefined;
      if (header !== undefined && frame !== undefined) {
        this.#isTruncated = false;
        this.#tally.good();
        this.#stream.skip(frame.frameBytes);
        return { ...frame, header };
      }
      if (header !== undefined) this.#tally.bad();
      this.#isTruncated ||= header !== undefined;
      this.#hasLeftOut = true;
      const offset = this.#nextHeader(bytes);
      junkBytes += offset;
      this.#stream.skip(offset);
    }
    return undefined;
  }

  #nextHeader(bytes: Uint8Array): number {
    // The last bytes may be the beginning of a header, unless they are the last of the file.
    const isEnd = this.#stream.position + bytes.length >= this.#stream.sizeBytes;
    const end = isEnd ? bytes.length : bytes.length - MAX_FLAC_HEADER_BYTES;
    for (let offset = bytes.indexOf(0xff, 1); offset !== -1 && offset < end; offset = bytes.indexOf(0xff, offset + 1)) {
      if (parseFlacFrameHeader(bytes, offset, this.#info) !== undefined) return offset;
    }
    return Math.max(1, end);
  }
}

function decoded(bytes: Uint8Array, header: FlacFrameHeader): FlacFrame | undefined {
  try {
    return decodeFlacFrame(bytes, 0, header);
  } catch (error) {
    if (error instanceof RangeError) return undefined; // damaged: the walk goes on behind it
    throw error;
  }
}
