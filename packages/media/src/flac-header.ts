/** What the STREAMINFO block says (RFC 9639, 8.2). */
export interface FlacStreamInfo {
  readonly maximumBlockSamples: number;
  readonly sampleRateHz: number;
  readonly channelCount: number;
  readonly bitsPerSample: number;
  /** Samples of one channel in all; 0 if the encoder did not know. */
  readonly totalSamples: number;
}

/** Header of a frame (RFC 9639, 9.1). */
export interface FlacFrameHeader {
  readonly headerBytes: number;
  readonly blockSamples: number;
  /** 0 to 7: channels less one, all independent; 8 to 10: left and side, side and right, mid and side. */
  readonly assignment: number;
  readonly channelCount: number;
  readonly bitsPerSample: number;
  /** Sample at which the frame begins. */
  readonly startSample: number;
}

export const FLAC_INFO_BYTES = 34;
export const MAX_FLAC_HEADER_BYTES = 16;

const CHECKSUMS_8 = checksums(8, 0x07);
const CHECKSUMS_16 = checksums(16, 0x8005);
const BLOCK_SAMPLES = [0, 192, 576, 1152, 2304, 4608, 0, 0, 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768];
const BITS_PER_SAMPLE = [0, 8, 12, 0, 16, 20, 24, 32];
const RATES_HZ = [0, 88_200, 176_400, 192_000, 8000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000];

export function parseFlacStreamInfo(bytes: Uint8Array): FlacStreamInfo {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    maximumBlockSamples: view.getUint16(2),
    sampleRateHz: view.getUint32(10) >>> 12,
    channelCount: ((view.getUint8(12) >> 1) & 7) + 1,
    bitsPerSample: ((view.getUint16(12) >> 4) & 31) + 1,
    totalSamples: (view.getUint8(13) & 15) * 2 ** 32 + view.getUint32(14),
  };
}

/** Reads the header of a frame; undefined if there is none with the right checksum that fits the stream. */
export function parseFlacFrameHeader(bytes: Uint8Array, offset: number, info: FlacStreamInfo): FlacFrameHeader | undefined {
  const [sync = 0, kind = 0, sizes = 0, layout = 0] = bytes.subarray(offset, offset + 4);
  const assignment = layout >> 4;
  const bitsCode = (layout >> 1) & 7;
  const isVariable = (kind & 1) === 1;
  if (sync !== 0xff || (kind & 0xfe) !== 0xf8 || assignment > 10 || bitsCode === 3 || (layout & 1) === 1) return undefined;
  const number = codedNumber(bytes, offset + 4);
  if (number === undefined) return undefined;
  let end = number.endByte;
  const sizeCode = sizes >> 4;
  let blockSamples = BLOCK_SAMPLES[sizeCode] ?? 0;
  if (sizeCode === 6) blockSamples = (bytes[end++] ?? 0) + 1;
  if (sizeCode === 7) blockSamples = (bytes[end++] ?? 0) * 256 + (bytes[end++] ?? 0) + 1;
  const rateCode = sizes & 15;
  let rateHz = RATES_HZ[rateCode] || info.sampleRateHz;
  if (rateCode === 12) rateHz = (bytes[end++] ?? 0) * 1000;
  if (rateCode > 12) rateHz = ((bytes[end++] ?? 0) * 256 + (bytes[end++] ?? 0)) * (rateCode === 14 ? 10 : 1);
  const channelCount = assignment < 8 ? assignment + 1 : 2;
  if (blockSamples === 0 || rateCode === 15 || rateHz !== info.sampleRateHz || channelCount !== info.channelCount) return undefined;
  if (end >= bytes.length || checksum8(bytes.subarray(offset, end)) !== bytes[end]) return undefined;
  return {
    headerBytes: end + 1 - offset,
    blockSamples,
    assignment,
    channelCount,
    bitsPerSample: BITS_PER_SAMPLE[bitsCode] || info.bitsPerSample,
    startSample: isVariable ? number.value : number.value * info.maximumBlockSamples,
  };
}

/** Checksum at the end of a frame; over the frame with its checksum it is 0. */
export function flacChecksum16(bytes: Uint8Array): number {
  let value = 0;
  for (let i = 0; i < bytes.length; i++) value = ((value << 8) & 0xffff) ^ (CHECKSUMS_16[(value >> 8) ^ (bytes[i] ?? 0)] ?? 0);
  return value;
}

/** A number of up to 36 bits, written as UTF-8 writes characters. */
function codedNumber(bytes: Uint8Array, offset: number): { value: number; endByte: number } | undefined {
  const first = bytes[offset] ?? 0;
  if (first < 0x80) return { value: first, endByte: offset + 1 };
  const length = Math.clz32(~(first << 24));
  if (length < 2 || length > 7) return undefined;
  let value = first & (0x7f >> length);
  for (let i = 1; i < length; i++) {
    const byte = bytes[offset + i] ?? 0;
    if (byte >> 6 !== 2) return undefined;
    value = value * 64 + (byte & 63);
  }
  return { value, endByte: offset + length };
}

function checksum8(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => CHECKSUMS_8[value ^ byte] ?? 0, 0);
}

function checksums(bitCount: number, polynomial: number): Uint16Array {
  const top = 1 << (bitCount - 1);
  return Uint16Array.from({ length: 256 }, (_, byte) => {
    let value = byte << (bitCount - 8);
    for (let bit = 0; bit < 8; bit++) value = (value & top ? (value << 1) ^ polynomial : value << 1) & (2 * top - 1);
    return value;
  });
}
