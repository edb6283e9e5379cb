/** A page of an Ogg file (RFC 3533, 6). */
export interface OggPage {
  readonly isContinued: boolean;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Position at the end of the last packet that ends on the page; -1 if none does. */
  readonly granule: number;
  readonly serial: number;
  readonly sequence: number;
  /** Lengths of the segments; one under 255 ends a packet. */
  readonly lacing: Uint8Array;
  readonly payload: Uint8Array;
  readonly pageBytes: number;
}

export const OGG_HEADER_BYTES = 27;
export const MAX_OGG_PAGE_BYTES: number = OGG_HEADER_BYTES + 255 + 255 * 255;

const CONTINUED = 1;
const FIRST = 2;
const LAST = 4;
const CHECKSUM_OFFSET = 22;
const CHECKSUMS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit++) value = value < 0 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value;
});

/** Reads the page at the start of `bytes`; undefined if there is no whole one with the right checksum. */
export function readOggPage(bytes: Uint8Array): OggPage | undefined {
  if (bytes.length < OGG_HEADER_BYTES || String.fromCharCode(...bytes.subarray(0, 5)) !== 'OggS\0') return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const payloadStart = OGG_HEADER_BYTES + view.getUint8(26);
  if (bytes.length < payloadStart) return undefined;
  const lacing = bytes.slice(OGG_HEADER_BYTES, payloadStart);
  const pageBytes = payloadStart + lacing.reduce((sum, length) => sum + length, 0);
  if (bytes.length < pageBytes || checksumOf(bytes.subarray(0, pageBytes)) !== view.getUint32(CHECKSUM_OFFSET, true)) return undefined;
  const flags = view.getUint8(5);
  return {
    isContinued: (flags & CONTINUED) !== 0,
    isFirst: (flags & FIRST) !== 0,
    isLast: (flags & LAST) !== 0,
    granule: Number(view.getBigInt64(6, true)),
    serial: view.getUint32(14, true),
    sequence: view.getUint32(18, true),
    lacing,
    payload: bytes.slice(payloadStart, pageBytes),
    pageBytes,
  };
}

/** Writes whole Ogg files of one stream; each group of packets begins on a page of its own, the first with the header. */
export function writeOgg(groups: readonly (readonly Uint8Array[])[]): Uint8Array<ArrayBuffer> {
  const pages: Uint8Array[] = [];
  groups.forEach((packets, group) => {
    const lacing = packets.flatMap((packet) => [...new Array<number>(Math.floor(packet.length / 255)).fill(255), packet.length % 255]);
    const payload = Buffer.concat(packets);
    let offset = 0;
    for (let start = 0; start < lacing.length; start += 255) {
      const part = lacing.slice(start, start + 255);
      const end = offset + part.reduce((sum, length) => sum + length, 0);
      const isLast = group === groups.length - 1 && start + 255 >= lacing.length;
      const flags = (lacing[start - 1] === 255 ? CONTINUED : 0) | (pages.length === 0 ? FIRST : 0) | (isLast ? LAST : 0);
      // No reader here needs positions, but one that stands still would look like a fault. The headers stand at 0.
      const granule = !part.some((length) => length < 255) ? -1n : group < 2 ? 0n : 2n ** 40n + BigInt(pages.length);
      pages.push(pageOf({ flags, granule, sequence: pages.length, lacing: part, payload: payload.subarray(offset, end) }));
      offset = end;
    }
  });
  return new Uint8Array(Buffer.concat(pages));
}

function pageOf(page: { flags: number; granule: bigint; sequence: number; lacing: readonly number[]; payload: Uint8Array }): Uint8Array {
  const bytes = new Uint8Array(OGG_HEADER_BYTES + page.lacing.length + page.payload.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x4f, 0x67, 0x67, 0x53, 0, page.flags]);
  view.setBigInt64(6, page.granule, true);
  view.setUint32(14, 1, true);
  view.setUint32(18, page.sequence, true);
  bytes[26] = page.lacing.length;
  bytes.set(page.lacing, OGG_HEADER_BYTES);
  bytes.set(page.payload, OGG_HEADER_BYTES + page.lacing.length);
  view.setUint32(CHECKSUM_OFFSET, checksumOf(bytes), true);
  return bytes;
}

/** Checksum of a page, its own place counted as 0. */
function checksumOf(page: Uint8Array): number {
  let value = 0;
  for (let i = 0; i < page.length; i++) {
    const byte = i >= CHECKSUM_OFFSET && i < CHECKSUM_OFFSET + 4 ? 0 : (page[i] ?? 0);
    value = (value << 8) ^ (CHECKSUMS[(value >>> 24) ^ byte] ?? 0);
  }
  return value >>> 0;
}
