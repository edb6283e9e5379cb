const EBML = 0x1a45dfa3;
const SEGMENT = 0x18538067;

/** Where a WebM or Matroska file should end, from its first bytes; undefined if it does not say, as a live recorder cannot. */
export function ebmlEndByte(head: Uint8Array): number | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const header = head.length < 5 || view.getUint32(0) !== EBML ? undefined : sizeAt(head, 4);
  if (header?.sizeBytes === undefined) return undefined;
  const segmentByte = header.endByte + header.sizeBytes;
  if (segmentByte + 12 > head.length || view.getUint32(segmentByte) !== SEGMENT) return undefined;
  const segment = sizeAt(head, segmentByte + 4);
  return segment?.sizeBytes === undefined ? undefined : segment.endByte + segment.sizeBytes;
}

/** A length of 1 to 8 bytes (RFC 8794, 6); its size is undefined if all its bits are set. */
function sizeAt(bytes: Uint8Array, offset: number): { sizeBytes: number | undefined; endByte: number } | undefined {
  const first = bytes[offset] ?? 0;
  const length = Math.clz32(first) - 23;
  if (length > 8) return undefined;
  let sizeBytes = first & (0xff >> length);
  let isUnknown = sizeBytes === 0xff >> length;
  for (let i = 1; i < length; i++) {
    const byte = bytes[offset + i] ?? 0;
    isUnknown &&= byte === 0xff;
    sizeBytes = sizeBytes * 256 + byte;
  }
  return { sizeBytes: isUnknown ? undefined : sizeBytes, endByte: offset + length };
}
