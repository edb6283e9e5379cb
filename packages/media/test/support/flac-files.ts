import { flacChecksum16 } from '../../src/flac-header.ts';

/** The file of RFC 9639, D.1: one sample of two channels, verbatim. */
export const EXAMPLE_1: Uint8Array = bytesOf(
  '664c6143 80000022 10001000 00000f00 000f0ac4 42f00000 00013e84 b41807dc 69030758 6a3dad1a 2e0f fff8 69180000bf 0358fd03 128b aa9a',
);

/** The file of RFC 9639, D.3: 24 samples of 8 bits, predicted by a linear predictor. */
export const EXAMPLE_3: Uint8Array = bytesOf(
  '664c6143 80000022 10001000 00001f00 001f07d0 00700000 0018f8f9 e396f5cb cfc6dc80 7f997790 6b32 fff8 68020017 e944004f 6f313d10 47d227cb 6d090831 452bdc28 22228057 a3',
);

/** Fields of a frame: a value and its number of bits; negative ones in two's complement. */
export type Field = readonly [value: number, bitCount: number];

/** Writes bits one after the other, zeros to the end of the last byte. */
function packed(fields: readonly Field[]): Uint8Array {
  const text = fields.map(([value, bitCount]) =>
    BigInt.asUintN(bitCount, BigInt(value)).toString(2).padStart(bitCount, '0').slice(-bitCount),
  );
  const bits = text.filter((_, i) => fields[i]![1] > 0).join('');
  return Uint8Array.from({ length: Math.ceil(bits.length / 8) }, (_, i) => Number.parseInt(bits.slice(8 * i, 8 * i + 8).padEnd(8, '0'), 2));
}

/** Puts the checksum behind a header. */
export function header(...bytes: readonly number[]): Uint8Array {
  let value = 0;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = value & 0x80 ? ((value << 1) ^ 0x107) & 0xff : value << 1;
  }
  return Uint8Array.of(...bytes, value);
}

/** A frame of `blockSamples` of the stream's own rate and width, with both checksums right. */
export function frame(shape: { blockSamples: number; assignment: number; number?: number }, fields: readonly Field[]): Uint8Array {
  const { blockSamples, assignment, number = 0 } = shape;
  const content = Buffer.concat([header(0xff, 0xf8, 0x60, assignment << 4, number, blockSamples - 1), packed(fields)]);
  const checksum = flacChecksum16(content);
  return new Uint8Array(Buffer.concat([content, Uint8Array.of(checksum >> 8, checksum & 0xff)]));
}

function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}
