// Builds WAV files byte by byte, right and wrong ones.

export interface FormatFields {
  readonly tag: number;
  readonly channelCount?: number;
  readonly sampleRateHz?: number;
  readonly bitsPerSample: number;
  readonly blockBytes?: number;
}

export function text(characters: string): Uint8Array {
  return Uint8Array.from(characters, (character) => character.charCodeAt(0));
}

export function u32(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
}

export function join(...parts: readonly ArrayLike<number>[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => Array.from(part)));
}

export function chunk(id: string, payload: ArrayLike<number>, statedBytes = payload.length): Uint8Array {
  return join(text(id), u32(statedBytes), payload, payload.length % 2 === 1 ? [0] : []);
}

export function format(fields: FormatFields): Uint8Array {
  const { tag, channelCount = 1, sampleRateHz = 16000, bitsPerSample, blockBytes = (channelCount * bitsPerSample) / 8 } = fields;
  const view = new DataView(new ArrayBuffer(16));
  view.setUint16(0, tag, true);
  view.setUint16(2, channelCount, true);
  view.setUint32(4, sampleRateHz, true);
  view.setUint32(8, sampleRateHz * blockBytes, true);
  view.setUint16(12, blockBytes, true);
  view.setUint16(14, bitsPerSample, true);
  return new Uint8Array(view.buffer);
}

export function extensibleFormat(fields: FormatFields): Uint8Array {
  const guidTail = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
  const extension = [22, 0, fields.bitsPerSample, 0, 0, 0, 0, 0, fields.tag, 0, ...guidTail];
  return join(format({ ...fields, tag: 0xfffe }), extension);
}

export function riff(chunks: readonly Uint8Array[], options: { id?: string; statedBytes?: number } = {}): Uint8Array {
  const body = join(text('WAVE'), ...chunks);
  return join(text(options.id ?? 'RIFF'), u32(options.statedBytes ?? body.length), body);
}

export function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
