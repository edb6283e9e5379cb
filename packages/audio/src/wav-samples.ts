import type { WavEncoding, WavFormat } from './wav-format.ts';

/** Sample as a number in -1..1, read at a byte offset. */
type SampleReader = (view: DataView, offset: number) => number;

const READERS: Readonly<Record<WavEncoding, SampleReader>> = Object.freeze({
  u8: (view, offset) => (view.getUint8(offset) - 128) / 128,
  s16: (view, offset) => view.getInt16(offset, true) / 32768,
  s24: (view, offset) => (view.getUint16(offset, true) + view.getInt8(offset + 2) * 65536) / 8388608,
  s32: (view, offset) => view.getInt32(offset, true) / 2147483648,
  f32: (view, offset) => view.getFloat32(offset, true),
  f64: (view, offset) => view.getFloat64(offset, true),
  alaw: (view, offset) => decodeALaw(view.getUint8(offset)) / 32768,
  mulaw: (view, offset) => decodeMuLaw(view.getUint8(offset)) / 32768,
});

/** Separates the channels of interleaved samples; bytes after the last whole block are left out. */
export function deinterleave(data: DataView, format: WavFormat): Float32Array<ArrayBuffer>[] {
  const { channelCount, blockBytes, encoding } = format;
  const read = READERS[encoding];
  const length = Math.floor(data.byteLength / blockBytes);
  const sampleBytes = blockBytes / channelCount;
  return Array.from({ length: channelCount }, (_, channel) => {
    const samples = new Float32Array(length);
    for (let i = 0, offset = channel * sampleBytes; i < length; i++, offset += blockBytes) samples[i] = read(data, offset);
    return samples;
  });
}

/** One byte of mu-law as a 16-bit value (ITU-T G.711, table 2, scaled from 14 bits). */
export function decodeMuLaw(byte: number): number {
  const bits = ~byte & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + 0x84) << ((bits & 0x70) >> 4)) - 0x84;
  return bits & 0x80 ? -magnitude : magnitude;
}

/** One byte of A-law as a 16-bit value (ITU-T G.711, table 1, scaled from 13 bits). */
export function decodeALaw(byte: number): number {
  const bits = byte ^ 0x55;
  const exponent = (bits & 0x70) >> 4;
  const mantissa = ((bits & 0x0f) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return bits & 0x80 ? magnitude : -magnitude;
}
