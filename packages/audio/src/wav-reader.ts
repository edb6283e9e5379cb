import { AudioError } from './audio-error.ts';
import { parseWavFormat, type WavFormat } from './wav-format.ts';
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

interface Chunk {
  readonly id: string;
  readonly start: number;
  /** Size that the header states, in bytes. */
  readonly statedBytes: number;
}

const UNKNOWN_SIZE = 0xffffffff;
// SoX writes this, rounded down to a whole block, when its output is a pipe.
const SOX_UNKNOWN_SIZE = 0x7ffff000;

/**
 * Reads a WAV file: RIFF, RF64 and BW64; PCM of 8, 16, 24 and 32 bits, float of 32 and 64 bits, A-law and mu-law, plain or as
 * WAVE_FORMAT_EXTENSIBLE; 1 to 8 channels.
 *
 * A file cut short gives the whole sample blocks that are there. A `data` chunk of unknown length, as programs write that stream
 * into a pipe (0, 0xFFFFFFFF or SoX's 0x7FFFF000), goes to the end of the bytes.
 * Besides the result nothing of the size of the file is allocated.
 *
 * @throws AudioError `wav_header`, `wav_format_missing`, `wav_format_invalid`, `wav_format_unsupported` or `wav_data_missing`.
 */
export function readWav(bytes: Uint8Array): WavAudio {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const container = view.byteLength < 12 ? '' : fourCharacters(view, 0);
  const isRf64 = container === 'RF64' || container === 'BW64';
  if ((container !== 'RIFF' && !isRf64) || fourCharacters(view, 8) !== 'WAVE') {
    throw new AudioError('wav_header', 'bytes must begin with a RIFF, RF64 or BW64 header of type WAVE');
  }
  const { formatChunk, dataChunk, sizesChunk } = findChunks(view);
  if (formatChunk === undefined) throw new AudioError('wav_format_missing', 'no fmt chunk found');
  const format = parseWavFormat(payloadOf(view, formatChunk));
  if (dataChunk === undefined) throw new AudioError('wav_data_missing', 'no data chunk found');

  const availableBytes = view.byteLength - dataChunk.start;
  const statedBytes = dataBytes(view, dataChunk, format, isRf64 ? sizesChunk : undefined) ?? availableBytes;
  const usedBytes = Math.min(statedBytes, availableBytes);
  const channels = deinterleave(new DataView(view.buffer, view.byteOffset + dataChunk.start, usedBytes), format);
  const length = channels[0]?.length ?? 0;
  return {
    sampleRateHz: format.sampleRateHz,
    channels,
    durationMs: (1000 * length) / format.sampleRateHz,
    isTruncated: statedBytes > availableBytes || usedBytes % format.blockBytes !== 0,
  };
}

function findChunks(view: DataView): { formatChunk?: Chunk; dataChunk?: Chunk; sizesChunk?: Chunk } {
  const found: { formatChunk?: Chunk; dataChunk?: Chunk; sizesChunk?: Chunk } = {};
  let offset = 12;
  while (offset + 8 <= view.byteLength) {
    const chunk = { id: fourCharacters(view, offset), start: offset + 8, statedBytes: view.getUint32(offset + 4, true) };
    // The first of a kind counts: what follows the audio must not change what it means.
    if (chunk.id === 'fmt ') found.formatChunk ??= chunk;
    else if (chunk.id === 'data') found.dataChunk ??= chunk;
    else if (chunk.id === 'ds64') found.sizesChunk ??= chunk;
    if (found.formatChunk !== undefined && found.dataChunk !== undefined) break;
    offset = chunk.start + chunk.statedBytes + (chunk.statedBytes % 2); // chunks begin at even bytes
  }
  return found;
}

/** Length of the audio as the file states it; undefined if it was not known when the header was written. */
function dataBytes(view: DataView, chunk: Chunk, format: WavFormat, sizesChunk: Chunk | undefined): number | undefined {
  const stated = chunk.statedBytes;
  if (stated === UNKNOWN_SIZE) {
    const sizes = sizesChunk === undefined ? undefined : payloadOf(view, sizesChunk);
    // EBU Tech 3306: the 64-bit length of `data` stands 8 bytes into `ds64`; a streamer leaves 0 there.
    if (sizes === undefined || sizes.byteLength < 16) return undefined;
    return sizes.getUint32(8, true) + 0x1_0000_0000 * sizes.getUint32(12, true) || undefined;
  }
  // A container length that fits shows that the header was finished: then the 0 is meant, and what follows is no audio.
  if (stated === 0) return view.getUint32(4, true) === view.byteLength - 8 ? 0 : undefined;
  return stated === SOX_UNKNOWN_SIZE - (SOX_UNKNOWN_SIZE % format.blockBytes) ? undefined : stated;
}

function payloadOf(view: DataView, chunk: Chunk): DataView {
  return new DataView(view.buffer, view.byteOffset + chunk.start, Math.min(chunk.statedBytes, view.byteLength - chunk.start));
}

function fourCharacters(view: DataView, offset: number): string {
  return String.fromCharCode(view.getUint8(offset), view.getUint8(offset + 1), view.getUint8(offset + 2), view.getUint8(offset + 3));
}
