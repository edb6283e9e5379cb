/** Canonical lower-case form of a UUID. */
export const UUID_PATTERN: RegExp = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const MAX_TIME_MS = 2 ** 48 - 1;

/** Whether a text is a UUID in canonical lower-case form, of any version. */
export function isUuid(text: string): boolean {
  return text.length === 36 && UUID_PATTERN.test(text);
}

/**
 * Makes a UUIDv7 (RFC 9562 §5.7): 48 bits of Unix time, 74 random bits.
 *
 * @param nowMs Wall-clock time in milliseconds since 1970.
 * @throws RangeError when the time does not fit in 48 bits.
 */
export function createUuidV7(nowMs: number): string {
  if (!(nowMs >= 0 && nowMs <= MAX_TIME_MS)) throw new RangeError(`nowMs must be 0-${MAX_TIME_MS}, got ${nowMs}`);
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const view = new DataView(bytes.buffer);
  const timeMs = Math.floor(nowMs);
  view.setUint32(0, Math.floor(timeMs / 0x10000));
  view.setUint16(4, timeMs % 0x10000);
  view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x70);
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80);
  return formatUuid(bytes);
}

/** Writes 16 bytes as a UUID. */
export function formatUuid(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < 16; index++) {
    if (index === 4 || index === 6 || index === 8 || index === 10) text += '-';
    text += HEX[bytes[index] ?? 0];
  }
  return text;
}

/**
 * Reads a canonical UUID into its 16 bytes.
 *
 * @throws TypeError when the text is not a canonical UUID.
 */
export function parseUuid(text: string): Uint8Array<ArrayBuffer> {
  if (!isUuid(text)) throw new TypeError(`uuid must be canonical lower-case, got a string of ${text.length} characters`);
  const digits = text.replaceAll('-', '');
  return Uint8Array.from({ length: 16 }, (_, index) => Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16));
}
