/** One field of a protobuf message as it lies on the wire: a number, or the bytes of a string, a message or a packed list. */
export interface WireField {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

/**
 * Reads the fields of a protobuf message one after the other; bytes are views.
 *
 * @throws RangeError when the message is cut off or uses a wire type that ONNX does not have.
 */
export function* readFields(message: Uint8Array): Generator<WireField> {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  let at = 0;
  const readVarint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = view.getUint8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
  };
  while (at < message.length) {
    const tag = Number(readVarint());
    const number = tag >>> 3;
    if ((tag & 7) === 0) {
      yield { number, value: readVarint() };
    } else {
      const size = { 1: 8, 2: -1, 5: 4 }[tag & 7];
      if (size === undefined) throw new RangeError(`wire type must be 0, 1, 2 or 5, got ${tag & 7}`);
      const length = size < 0 ? Number(readVarint()) : size;
      yield { number, value: message.subarray(at, at + length) };
      at += length;
    }
  }
}

/** A field that holds a whole number of at least 0. */
export function numberField(number: number, value: number): Uint8Array {
  return Buffer.from([...varint(number << 3), ...varint(value)]);
}

/** A field that holds bytes, a text or messages of their own. */
export function bytesField(number: number, ...parts: readonly (Uint8Array | string)[]): Uint8Array {
  const value = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  return Buffer.concat([Buffer.from([...varint((number << 3) | 2), ...varint(value.length)]), value]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return [...bytes, rest];
}
