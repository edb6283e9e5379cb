import { expect, test } from 'vitest';
import { FlacBits } from '../src/flac-bits.ts';

test('unsigned numbers of any width follow each other, across bytes', () => {
  const bits = new FlacBits(Uint8Array.of(0b1011_0011, 0b0111_1111, 0xff, 0xff, 0xff, 0x80), 0);
  expect([bits.unsigned(1), bits.unsigned(0), bits.unsigned(3), bits.unsigned(5), bits.unsigned(32)]).toEqual([1, 0, 3, 6, 0xffffffff]);
});

test('a number of 32 bits is right at every place within a byte', () => {
  for (let shift = 0; shift < 8; shift++) {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, 0xdeadbeefn << BigInt(32 - shift));
    const bits = new FlacBits(bytes, 0);
    expect(bits.unsigned(shift)).toBe(0);
    expect(bits.unsigned(32)).toBe(0xdeadbeef);
  }
});

test.each([
  [1, [0x80], -1],
  [1, [0x00], 0],
  [5, [0x80], -16],
  [8, [0xff], -1],
  [16, [0x80, 0], -32_768],
  [32, [0x80, 0, 0, 0], -(2 ** 31)],
  [32, [0x7f, 0xff, 0xff, 0xff], 2 ** 31 - 1],
  [33, [0x80, 0, 0, 0, 0], -(2 ** 32)],
  [33, [0xff, 0xff, 0xff, 0xff, 0x80], -1],
  [33, [0x7f, 0xff, 0xff, 0xff, 0x80], 2 ** 32 - 1],
])('%i bits are a number in two’s complement', (bitCount, bytes, value) => {
  expect(new FlacBits(Uint8Array.from(bytes), 0).signed(bitCount)).toBe(value);
});

test('zeros are counted up to the next one, however many bytes they take', () => {
  for (const zeros of [0, 1, 7, 8, 24, 25, 31, 32, 33, 100]) {
    for (let shift = 0; shift < 8; shift++) {
      const bytes = new Uint8Array(16);
      const end = shift + zeros;
      bytes[end >> 3]! |= 0x80 >> (end & 7);
      const bits = new FlacBits(bytes, 0);
      bits.unsigned(shift);
      expect(bits.unary()).toBe(zeros);
      expect(bits.nextByte).toBe((end + 8) >> 3);
    }
  }
});

test('nothing is read beyond the end', () => {
  expect(() => new FlacBits(Uint8Array.of(0xff), 0).unsigned(9)).toThrow(RangeError);
  expect(() => new FlacBits(new Uint8Array(9), 0).unary()).toThrow(RangeError);
  expect(() => new FlacBits(Uint8Array.of(1, 2), 2).signed(1)).toThrow(RangeError);
  expect(new FlacBits(Uint8Array.of(0xff), 0).unsigned(8)).toBe(255);
});

test('a byte that has been begun is not the next one', () => {
  const bits = new FlacBits(new Uint8Array(4), 1);
  expect(bits.nextByte).toBe(1);
  bits.unsigned(1);
  expect(bits.nextByte).toBe(2);
  bits.unsigned(7);
  expect(bits.nextByte).toBe(2);
});
