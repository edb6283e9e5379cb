import { checkAacConfig } from './aac-config.ts';
import { createAacDecoder } from './aac-decoder.ts';
import { ADTS_FRAMES } from './adts-frame.ts';
import { ByteStream } from './byte-stream.ts';
import { FrameWalker } from './frame-walker.ts';
import { MediaError } from './media-error.ts';
import { checkShape } from './media-limits.ts';
import type { MediaSource } from './media-source.ts';
import type { MediaTrack } from './media-track.ts';
import { PacketTally } from './packet-tally.ts';

const LOW_COMPLEXITY = 2;

/** Opens AAC in ADTS frames; `startByte` is the first of them, behind any tags. */
export async function openAdts(source: MediaSource, startByte: number): Promise<MediaTrack> {
  const first = await new FrameWalker(new ByteStream(source, startByte), ADTS_FRAMES).next();
  if (first === undefined) throw new MediaError('media_damaged', 'not a single whole AAC frame is there');
  const { sampleRateHz, channelCount, objectType } = first.header;
  if (objectType !== LOW_COMPLEXITY) {
    throw new MediaError('unsupported_media', 'of AAC only the profiles LC and HE can be decoded; convert the file to AAC-LC, MP3 or Opus');
  }
  checkShape(channelCount, sampleRateHz);
  const config = checkAacConfig(first.header);
  let isTruncated = false;
  return {
    description: { container: 'aac', codec: 'aac', sampleRateHz, channelCount, statedDurationMs: undefined },
    get isTruncated() {
      return isTruncated;
    },
    async *blocks() {
      const walker = new FrameWalker(new ByteStream(source, startByte), ADTS_FRAMES);
      const decoder = await createAacDecoder(config, new PacketTally());
      try {
        for (let frame = await walker.next(); frame !== undefined; frame = await walker.next()) {
          const block = await decoder.decode(frame.bytes.subarray(frame.header.headerBytes));
          if (block !== undefined) yield block;
        }
        const rest = await decoder.flush();
        if (rest !== undefined) yield rest;
      } finally {
        decoder.close();
      }
      isTruncated = walker.isTruncated;
    },
  };
}
