import { MediaError } from './media-error.ts';

/** An Opus identification header (RFC 7845, 5.1). */
export interface OpusHead {
  readonly channelCount: number;
  /** Samples at 48 kHz that the decoder gives before the sound begins. */
  readonly preSkipSamples: number;
  /** Factor for every sample. */
  readonly gainRatio: number;
  readonly streamCount: number;
  readonly coupledStreamCount: number;
  /** For each channel the index of a decoded one; 255 is silence. */
  readonly mapping: readonly number[];
}

/** Samples of one channel at 48 kHz in the longest packet, 120 ms. */
const MAX_OPUS_PACKET_SAMPLES = 5760;

const SILENT_CHANNEL = 255;

/** @throws MediaError `media_damaged`, or `media_too_complex` for a layout that is not one of loudspeakers. */
export function parseOpusHead(bytes: Uint8Array): OpusHead {
  if (bytes.length < 19) throw new MediaError('media_damaged', 'the header of Opus is cut short');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const channelCount = view.getUint8(9);
  const family = view.getUint8(18);
  const common = { channelCount, preSkipSamples: view.getUint16(10, true), gainRatio: 10 ** (view.getInt16(16, true) / 256 / 20) };
  if (family === 0 && (channelCount === 1 || channelCount === 2)) {
    return { ...common, streamCount: 1, coupledStreamCount: channelCount - 1, mapping: channelCount === 1 ? [0] : [0, 1] };
  }
  if (family === 2 || family === 3 || channelCount > 8) {
    throw new MediaError('media_too_complex', `Opus must have 1 to 8 channels for loudspeakers, got ${channelCount} of family ${family}`);
  }
  if (family === 0 || bytes.length < 21 + channelCount) throw new MediaError('media_damaged', 'the header of Opus contradicts itself');
  const head = {
    ...common,
    streamCount: view.getUint8(19),
    coupledStreamCount: view.getUint8(20),
    mapping: [...bytes.subarray(21, 21 + channelCount)],
  };
  const decodedCount = head.streamCount + head.coupledStreamCount;
  // What does not fit would make the decoder write beyond its memory.
  if (
    channelCount === 0 ||
    head.streamCount === 0 ||
    head.coupledStreamCount > head.streamCount ||
    decodedCount > 2 * channelCount ||
    head.mapping.some((index) => index >= decodedCount && index !== SILENT_CHANNEL)
  ) {
    throw new MediaError('media_damaged', 'the header of Opus contradicts itself');
  }
  return head;
}

/** Samples of one channel at 48 kHz in a packet, by its first bytes (RFC 6716, 3.1); undefined if it is none. */
export function opusPacketSamples(packet: Uint8Array): number | undefined {
  const [toc, countByte = 0] = packet;
  if (toc === undefined) return undefined;
  const config = toc >> 3;
  const frameSamples =
    config < 12 ? (config % 4 === 3 ? 2880 : 480 << (config % 4)) : config < 16 ? 480 << (config % 2) : 120 << (config % 4);
  const frameCount = [1, 2, 2, countByte & 0x3f][toc & 3] ?? 0;
  const total = frameSamples * frameCount;
  return total === 0 || total > MAX_OPUS_PACKET_SAMPLES ? undefined : total;
}
