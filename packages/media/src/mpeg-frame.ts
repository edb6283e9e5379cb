import type { FrameFormat, FrameHeader } from './frame-walker.ts';

/** Header of an MPEG audio frame. */
export interface MpegHeader extends FrameHeader {
  /** 2 or 3. */
  readonly layer: number;
  /** Place of a Xing or Info tag from the start of a layer III frame, behind the side information. */
  readonly tagOffsetBytes: number;
}

/** What a Xing or Info tag says about the file. */
export interface MpegTag {
  readonly frameCount: number | undefined;
  /** Samples that the encoder put before the sound; 0 if it does not say. */
  readonly delaySamples: number;
  /** Samples that it put behind the sound; 0 if it does not say. */
  readonly paddingSamples: number;
}

// kbit/s by index (ISO 11172-3, 2.4.2.3, and 13818-3, 2.4.2.3); 0 and 15 are free format and forbidden.
const BITRATES_KBPS: Readonly<Record<string, readonly number[]>> = Object.freeze({
  '1/2': [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  '1/3': [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  '2/2': [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  '2/3': [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
});
// Hertz by index, MPEG-1; MPEG-2 has half of it and MPEG-2.5 a quarter.
const RATES_HZ = [44_100, 48_000, 32_000];

/** MPEG audio, layers II and III: the former is known for what it is, and not decoded. */
export const MPEG_FRAMES: FrameFormat<MpegHeader> = {
  headerBytes: 4,
  // 384 kbit/s at 32 kHz: 144 * 384000 / 32000 + 1.
  maximumFrameBytes: 1729,
  parse: parseMpegHeader,
};

function parseMpegHeader(bytes: Uint8Array, offset: number): MpegHeader | undefined {
  const [sync = 0, kind = 0, rates = 0, mode = 0] = bytes.subarray(offset, offset + 4);
  const versionBits = (kind >> 3) & 3;
  const layer = 4 - ((kind >> 1) & 3);
  if (sync !== 0xff || kind < 0xe0 || versionBits === 1 || layer < 2 || layer > 3) return undefined;
  const bitrateKbps = BITRATES_KBPS[`${versionBits === 3 ? 1 : 2}/${layer}`]?.[rates >> 4];
  const baseRateHz = RATES_HZ[(rates >> 2) & 3];
  if (!bitrateKbps || baseRateHz === undefined) return undefined;
  const sampleRateHz = versionBits === 3 ? baseRateHz : versionBits === 2 ? baseRateHz / 2 : baseRateHz / 4;
  const frameSamples = layer === 3 && versionBits !== 3 ? 576 : 1152;
  const channelCount = mode >> 6 === 3 ? 1 : 2;
  const sideBytes = versionBits === 3 ? [17, 32] : [9, 17];
  return {
    layer,
    sampleRateHz,
    channelCount,
    frameSamples,
    frameBytes: Math.floor((frameSamples * 125 * bitrateKbps) / sampleRateHz) + ((rates >> 1) & 1),
    tagOffsetBytes: 4 + (sideBytes[channelCount - 1] ?? 0),
  };
}

/** Reads the tag of encoders with a variable rate from the first frame of a file; undefined if the frame is plain sound. */
export function parseMpegTag(bytes: Uint8Array, header: MpegHeader): MpegTag | undefined {
  const tag = bytes.subarray(header.tagOffsetBytes);
  const name = String.fromCharCode(...tag.subarray(0, 4));
  if (header.layer !== 3 || (name !== 'Xing' && name !== 'Info') || tag.length < 16) return undefined;
  const view = new DataView(tag.buffer, tag.byteOffset, tag.byteLength);
  const frameCount = view.getUint32(4) & 1 ? view.getUint32(8) : undefined;
  // LAME's part: delay and padding, 12 bits each, stand 141 bytes behind the name.
  const isLong = tag.length >= 144;
  return { frameCount, delaySamples: isLong ? view.getUint16(141) >> 4 : 0, paddingSamples: isLong ? view.getUint16(142) & 0xfff : 0 };
}
