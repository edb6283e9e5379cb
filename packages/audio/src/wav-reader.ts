import { findWavHeader, type WavHeader } from './wav-header.ts';
import { deinterleave } from './wav-samples.ts';

/** What a WAV file holds. */
export interface WavAudio {
  /** Rate that the file states, in hertz, at least 1. */
  readonly sampleRateHz: number;
  /** One array for each channel, all of one length; integers are scaled to -1..1, floats are passed through, NaN included. */
  readonly channels: readonly Float32Array<ArrayBuffer>[];
  /** Length of the audio in milliseconds. */
  readonly durationMs: number;
  /** Whether the bytes end before the length that the header states, or within a sample block. */
  readonly isTruncated: boolean;
}

/**
 * Reads a WAV file: RIFF, RF64 and BW64; PCM of 8, 16, 24 and 32 bits, float of 32 and 64 bits, A-law and mu-law, plain or as
 * WAVE_FORMAT_EXTENSIBLE; 1 to 8 channels.
 *
 * A file cut short gives the whole sample blocks that are there. A `data` chunk of unknown length, as programs write that stream
 * into a pipe (0, 0xFFFFFFFF or SoX's 0x7FFFF000), goes to the end of the bytes.
 * Besides the result nothing of the size of the file is allocated. A file too large for memory is read with {@link findWavHeader}
 * and {@link decodeWavSamples}, block by block.
 *
 * @throws AudioError `wav_header`, `wav_format_missing`, `wav_format_invalid`, `wav_format_unsupported`, `wav_channels` or
 *   `wav_data_missing`.
 */
export function readWav(bytes: Uint8Array): WavAudio {
  const header = headerOf(bytes);
  const channels = decodeWavSamples(bytes.subarray(header.dataStartByte, header.dataStartByte + header.dataBytes), header.format);
  const { sampleRateHz } = header.format;
  return { sampleRateHz, channels, durationMs: (1000 * (channels[0]?.length ?? 0)) / sampleRateHz, isTruncated: header.isTruncated };
}

/** Decodes sample blocks that were read from anywhere within the samples of a WAV file; a partial last block is left out. */
export function decodeWavSamples(bytes: Uint8Array, format: WavHeader['format']): Float32Array<ArrayBuffer>[] {
  return deinterleave(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), format);
}

function headerOf(bytes: Uint8Array): WavHeader {
  const search = findWavHeader(bytes.length);
  let step = search.next();
  while (step.done !== true) step = search.next(bytes.subarray(step.value.startByte, step.value.endByte));
  return step.value;
}
