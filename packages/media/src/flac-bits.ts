/** Reads bits from bytes, the highest first. Reading beyond the end throws. */
export class FlacBits {
  readonly #bytes: Uint8Array;
  readonly #endBit: number;
  #bit: number;

  constructor(bytes: Uint8Array, startByte: number) {
    this.#bytes = bytes;
    this.#bit = 8 * startByte;
    this.#endBit = 8 * bytes.length;
  }

  /** First byte that has not been begun. */
  get nextByte(): number {
    return (this.#bit + 7) >> 3;
  }

  /** An unsigned number of 0 to 32 bits. @throws RangeError at the end of the bytes. */
  unsigned(bitCount: number): number {
    if (bitCount > 16) return this.unsigned(bitCount - 16) * 65536 + this.unsigned(16);
    if (bitCount === 0) return 0;
    const value = (this.#window() << (this.#bit & 7)) >>> (32 - bitCount);
    this.#advance(bitCount);
    return value;
  }

  /** A two's complement number of 1 to 33 bits. @throws RangeError at the end of the bytes. */
  signed(bitCount: number): number {
    if (bitCount > 32) return -this.unsigned(1) * 2 ** (bitCount - 1) + this.unsigned(bitCount - 1);
    const value = this.unsigned(bitCount);
    const half = 2 ** (bitCount - 1);
    return value < half ? value : value - 2 * half;
  }

  /** Counts zeros up to the next one, which is passed. @throws RangeError at the end of the bytes. */
  unary(): number {
    let zeros = 0;
    for (;;) {
      const shift = this.#bit & 7;
      const run = Math.clz32(this.#window() << shift);
      const seen = 32 - shift;
      if (run < seen) {
        this.#advance(run + 1);
        return zeros + run;
      }
      this.#advance(seen);
      zeros += seen;
    }
  }

  /** 32 bits from the byte that the position is in; zeros beyond the end. */
  #window(): number {
    const byte = this.#bit >>> 3;
    const bytes = this.#bytes;
    return ((bytes[byte] ?? 0) << 24) | ((bytes[byte + 1] ?? 0) << 16) | ((bytes[byte + 2] ?? 0) << 8) | (bytes[byte + 3] ?? 0);
  }

  #advance(bitCount: number): void {
    this.#bit += bitCount;
    if (this.#bit > this.#endBit) throw new RangeError('the bits end here');
  }
}
