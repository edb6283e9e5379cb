import { ByteStream } from './byte-stream.ts';
import { FrameWalker } from './frame-walker.ts';
import { MediaError } from './media-error.ts';
import { checkShape } from './media-limits.ts';
import type { MediaSource } from './media-source.ts';
import type { MediaTrack } from './media-track.ts';
import { createMp3Decoder } from './mp3-decoder.ts';
import { MPEG_FRAMES, type MpegTag, parseMpegTag } from './mpeg-frame.ts';
import { PacketTally } from './packet-tally.ts';
import { cropped, lengthOf, type SoundBlock } from './sound-block.ts';

// What any decoder of layer III puts before the sound; the tag counts only the encoder's part (LAME, mp3-infotag).
const DECODER_DELAY_SAMPLES = 529;

/** Opens an MP3 file; `startByte` is its first frame, behind any tags. */
export async function openMp3(source: MediaSource, startByte: number): Promise<MediaTrack> {
  const first = await new FrameWalker(new ByteStream(source, startByte), MPEG_FRAMES).next();
  if (first === undefined) throw new MediaError('media_damaged', 'not a single whole MP3 frame is there');
  const { sampleRateHz, channelCount, frameSamples, layer } = first.header;
  if (layer !== 3) throw new MediaError('unsupported_media', 'of MPEG audio only layer III, MP3, can be decoded; convert the file to MP3');
  checkShape(channelCount, sampleRateHz);
  const tag = parseMpegTag(first.bytes, first.header);
  const statedSamples = tag?.frameCount === undefined ? undefined : soundSamples(tag, tag.frameCount * frameSamples);
  let isTruncated = false;
  return {
    description: {
      container: 'mp3',
      codec: 'mp3',
      sampleRateHz,
      channelCount,
      statedDurationMs: statedSamples === undefined ? undefined : (1000 * statedSamples) / sampleRateHz,
    },
    get isTruncated() {
      return isTruncated;
    },
    async *blocks() {
      const walker = new FrameWalker(new ByteStream(source, startByte), MPEG_FRAMES);
      // The frame with the tag holds no sound and is not counted by it.
      if (tag !== undefined) await walker.next();
      const decoder = await createMp3Decoder(first.header, new PacketTally());
      const trim = new Trim(tag === undefined ? 0 : tag.delaySamples + DECODER_DELAY_SAMPLES, statedSamples);
      let frameCount = 0;
      try {
        for (let frame = await walker.next(); frame !== undefined; frame = await walker.next()) {
          frameCount++;
          const block = await decoder.decode(frame.bytes);
          if (block !== undefined) yield trim.apply(block);
        }
        const rest = await decoder.flush();
        if (rest !== undefined) yield trim.apply(rest);
      } finally {
        decoder.close();
      }
      isTruncated = walker.isTruncated || frameCount < (tag?.frameCount ?? 0);
    },
  };
}

/** Samples of sound among those that are decoded, without what the encoder put around it. */
function soundSamples({ delaySamples, paddingSamples }: MpegTag, decodedSamples: number): number {
  return Math.max(0, decodedSamples - delaySamples - paddingSamples);
}

/** Leaves out what is not sound at the start, and what goes beyond the sound at the end. */
class Trim {
  #skipSamples: number;
  #remainingSamples: number;

  constructor(skipSamples: number, soundSamples = Number.POSITIVE_INFINITY) {
    this.#skipSamples = skipSamples;
    this.#remainingSamples = soundSamples;
  }

  apply(block: SoundBlock): SoundBlock {
    const start = Math.min(this.#skipSamples, lengthOf(block));
    const end = Math.min(lengthOf(block), start + this.#remainingSamples);
    this.#skipSamples -= start;
    this.#remainingSamples -= end - start;
    return cropped(block, start, end);
  }
}
