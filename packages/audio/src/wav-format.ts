import { AudioError } from './audio-error.ts';

/** How the samples of a WAV file are written. */
export type WavEncoding = 'u8' | 's16' | 's24' | 's32' | 'f32' | 'f64' | 'alaw' | 'mulaw';

/** What a `fmt ` chunk says. */
export interface WavFormat {
  readonly encoding: WavEncoding;
  readonly channelCount: number;
  readonly sampleRateHz: number;
  /** Bytes of one sample of every channel. */
  readonly blockBytes: number;
}

const MAX_CHANNELS = 8;
const TAG_EXTENSIBLE = 0xfffe;
// Keys are the format tag and the bits per sample (RFC 2361; "Multiple Channel Audio Data and WAVE Files", Microsoft 2001).
const ENCODINGS: Readonly<Record<string, WavEncoding>> = Object.freeze({
  '1/8': 'u8',
  '1/16': 's16',
  '1/24': 's24',
  '1/32': 's32',
  '3/32': 'f32',
  '3/64': 'f64',
  '6/8': 'alaw',
  '7/8': 'mulaw',
});
// The part that all sub-formats of WAVE_FORMAT_EXTENSIBLE share; the format tag stands in the two bytes before it.
const GUID_TAIL = [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xaa, 0x00, 0x38, 0x9b, 0x71];

/**
 * Reads the payload of a `fmt ` chunk.
 *
 * @throws AudioError `wav_format_invalid` if it is too short or contradicts itself, `wav_format_unsupported` if this package cannot decode it,
 *   `wav_channels` if it has more than 8 channels.
 */
export function parseWavFormat(payload: DataView): WavFormat {
  if (payload.byteLength < 16)
    throw new AudioError('wav_format_invalid', `fmt chunk must have at least 16 bytes, got ${payload.byteLength}`);
  const bitsPerSample = payload.getUint16(14, true);
  const tag = payload.getUint16(0, true) === TAG_EXTENSIBLE ? extensibleTag(payload) : payload.getUint16(0, true);
  const encoding = ENCODINGS[`${tag}/${bitsPerSample}`];
  if (encoding === undefined) {
    throw new AudioError('wav_format_unsupported', `format tag ${tag} with ${bitsPerSample} bits per sample is not supported`);
  }
  const channelCount = payload.getUint16(2, true);
  if (channelCount === 0) throw new AudioError('wav_format_invalid', 'channel count must be at least 1, got 0');
  if (channelCount > MAX_CHANNELS) {
    throw new AudioError('wav_channels', `channel count must be at most ${MAX_CHANNELS}, got ${channelCount}`);
  }
  const sampleRateHz = payload.getUint32(4, true);
  if (sampleRateHz === 0) throw new AudioError('wav_format_invalid', 'sample rate must be at least 1 Hz, got 0');
  const blockBytes = payload.getUint16(12, true);
  if (blockBytes !== (channelCount * bitsPerSample) / 8) {
    throw new AudioError('wav_format_invalid', `block align must be ${(channelCount * bitsPerSample) / 8} bytes, got ${blockBytes}`);
  }
  return { encoding, channelCount, sampleRateHz, blockBytes };
}

function extensibleTag(payload: DataView): number {
  if (payload.byteLength < 40) {
    throw new AudioError('wav_format_invalid', `extensible fmt chunk must have at least 40 bytes, got ${payload.byteLength}`);
  }
  if (GUID_TAIL.some((byte, i) => payload.getUint8(26 + i) !== byte)) {
    throw new AudioError('wav_format_unsupported', 'sub-format of the extensible fmt chunk is not supported');
  }
  return payload.getUint16(24, true);
}
