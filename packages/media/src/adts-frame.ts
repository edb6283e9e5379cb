import { AAC_PACKET_SAMPLES, AAC_RATES_HZ, type AacConfig } from './aac-config.ts';
import type { FrameFormat, FrameHeader } from './frame-walker.ts';

/** Header of an ADTS frame (ISO 13818-7, 6.2). */
export interface AdtsHeader extends FrameHeader, AacConfig {
  /** 7, or 9 with a checksum. */
  readonly headerBytes: number;
  /** Audio object type: 2 is AAC-LC. */
  readonly objectType: number;
}

const HEADER_BYTES = 7;
const MAX_FRAME_BYTES = 0x1fff;

/** Longest AAC packet that fits into an ADTS frame, in bytes. */
export const MAX_AAC_PACKET_BYTES: number = MAX_FRAME_BYTES - HEADER_BYTES;

/** AAC as a row of ADTS frames. */
export const ADTS_FRAMES: FrameFormat<AdtsHeader> = {
  headerBytes: HEADER_BYTES,
  maximumFrameBytes: MAX_FRAME_BYTES,
  parse(bytes, offset) {
    const [sync = 0, kind = 0, profile = 0, high = 0, middle = 0, low = 0, blocks = 0] = bytes.subarray(offset, offset + HEADER_BYTES);
    if (sync !== 0xff || (kind & 0xf6) !== 0xf0) return undefined;
    const rateIndex = (profile >> 2) & 15;
    const sampleRateHz = AAC_RATES_HZ[rateIndex];
    const channelConfig = ((profile & 1) << 2) | (high >> 6);
    const headerBytes = kind & 1 ? HEADER_BYTES : HEADER_BYTES + 2;
    const frameBytes = ((high & 3) << 11) | (middle << 3) | (low >> 5);
    // Frames with several raw blocks are allowed, but nothing writes them.
    if (sampleRateHz === undefined || frameBytes < headerBytes || (blocks & 3) !== 0) return undefined;
    return {
      rateIndex,
      channelConfig,
      headerBytes,
      frameBytes,
      sampleRateHz,
      objectType: (profile >> 6) + 1,
      channelCount: channelConfig === 7 ? 8 : channelConfig,
      frameSamples: AAC_PACKET_SAMPLES,
    };
  },
};

/** Puts an ADTS header before each packet and joins them. Packets are at most {@link MAX_AAC_PACKET_BYTES} long. */
export function wrapAdts(packets: readonly Uint8Array[], config: AacConfig): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(packets.reduce((sum, packet) => sum + HEADER_BYTES + packet.length, 0));
  let offset = 0;
  for (const packet of packets) {
    const frameBytes = HEADER_BYTES + packet.length;
    bytes.set(
      [
        0xff,
        0xf1,
        0x40 | (config.rateIndex << 2) | (config.channelConfig >> 2),
        ((config.channelConfig & 3) << 6) | (frameBytes >> 11),
        (frameBytes >> 3) & 0xff,
        ((frameBytes & 7) << 5) | 0x1f,
        0xfc,
      ],
      offset,
    );
    bytes.set(packet, offset + HEADER_BYTES);
    offset += frameBytes;
  }
  return bytes;
}
