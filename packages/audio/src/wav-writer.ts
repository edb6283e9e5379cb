import { encodePcm, type PcmEncoding, pcmSampleBytes } from './pcm.ts';

/** How {@link writeWav} writes. */
export interface WavWriterOptions {
  /** Rate of the samples in hertz, an integer of at least 1. */
  readonly sampleRateHz: number;
  /** @defaultValue 'pcm_s16le' */
  readonly encoding?: PcmEncoding;
}

/**
 * Writes a RIFF WAV file of 16-bit integers or 32-bit floats.
 *
 * @param channels - One array for each of 1 to 8 channels, of one length.
 * @throws RangeError if the channels or the rate are not as said, or the file would pass 4 GiB.
 */
export function writeWav(channels: readonly Float32Array[], options: WavWriterOptions): Uint8Array<ArrayBuffer> {
  const { sampleRateHz, encoding = 'pcm_s16le' } = options;
  const isFloat = encoding === 'pcm_f32le';
  const sampleBytes = pcmSampleBytes(encoding);
  const length = checkChannels(channels);
  const blockBytes = channels.length * sampleBytes;
  // Whatever is not PCM has a longer fmt chunk and a fact chunk with the length ("Multimedia Programming Interface", IBM and Microsoft 1991).
  const headerBytes = isFloat ? 58 : 44;
  const dataBytes = length * blockBytes;
  checkSize('sampleRateHz', sampleRateHz * blockBytes, sampleRateHz);
  checkSize('file bytes', headerBytes + dataBytes, headerBytes + dataBytes);

  const bytes = new Uint8Array(headerBytes + dataBytes);
  const view = new DataView(bytes.buffer);
  writeText(bytes, 0, 'RIFF');
  view.setUint32(4, bytes.length - 8, true);
  writeText(bytes, 8, 'WAVEfmt ');
  view.setUint32(16, isFloat ? 18 : 16, true);
  view.setUint16(20, isFloat ? 3 : 1, true);
  view.setUint16(22, channels.length, true);
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, sampleRateHz * blockBytes, true);
  view.setUint16(32, blockBytes, true);
  view.setUint16(34, 8 * sampleBytes, true);
  if (isFloat) {
    writeText(bytes, 38, 'fact');
    view.setUint32(42, 4, true);
    view.setUint32(46, length, true);
  }
  writeText(bytes, headerBytes - 8, 'data');
  view.setUint32(headerBytes - 4, dataBytes, true);
  bytes.set(encodePcm(interleave(channels, length), encoding), headerBytes);
  return bytes;
}

function interleave(channels: readonly Float32Array[], length: number): Float32Array {
  const only = channels[0];
  if (channels.length === 1 && only !== undefined) return only;
  const output = new Float32Array(channels.length * length);
  channels.forEach((samples, channel) => {
    for (let i = 0; i < length; i++) output[i * channels.length + channel] = samples[i] ?? 0;
  });
  return output;
}

function checkChannels(channels: readonly Float32Array[]): number {
  if (channels.length < 1 || channels.length > 8) throw new RangeError(`channels must be 1-8, got ${channels.length}`);
  const length = channels[0]?.length ?? 0;
  for (const channel of channels) {
    if (channel.length !== length) throw new RangeError(`channels must have one length, got ${length} and ${channel.length}`);
  }
  return length;
}

/** The header's fields are 32-bit: a rate counts with the bytes per second that follow from it. */
function checkSize(name: string, stored: number, given: number): void {
  if (!Number.isInteger(given) || given < 1 || stored > 0xffffffff) {
    throw new RangeError(`${name} must be a positive integer that fits the header, got ${given}`);
  }
}

function writeText(bytes: Uint8Array, offset: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[offset + i] = text.charCodeAt(i);
}
