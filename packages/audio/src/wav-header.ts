import { AudioError } from './audio-error.ts';
import { parseWavFormat, type WavFormat } from './wav-format.ts';

/** Where the samples of a WAV file lie and how they are written. */
export interface WavHeader {
  readonly format: WavFormat;
  /** First byte of the samples. */
  readonly dataStartByte: number;
  /** Bytes of samples that are there: at most what the header states, at most what the file holds. */
  readonly dataBytes: number;
  /** Whether the file ends before the length that the header states, or within a sample block. */
  readonly isTruncated: boolean;
}

/** A search that asks for bytes: is given back the {@link WavRange} that it yielded, and returns the header. */
export type WavHeaderSearch = Generator<WavRange, WavHeader, Uint8Array>;

/** Bytes that a {@link WavHeaderSearch} needs next; it lies within the file. */
export interface WavRange {
  readonly startByte: number;
  readonly endByte: number;
}

interface Chunk {
  readonly id: string;
  readonly start: number;
  /** Size that the header states, in bytes. */
  readonly statedBytes: number;
}

interface Chunks {
  formatChunk?: Chunk;
  dataChunk?: Chunk;
  sizesChunk?: Chunk;
}

const UNKNOWN_SIZE = 0xffffffff;
// SoX writes this, rounded down to a whole block, when its output is a pipe.
const SOX_UNKNOWN_SIZE = 0x7ffff000;
// The longest `fmt ` that is read, WAVE_FORMAT_EXTENSIBLE, has 40 bytes, and of `ds64` the first 16 count: whatever the file states.
const PAYLOAD_BYTES = 64;
// A file has a dozen chunks; one made of empty chunks must not cost a read for each of its bytes.
const MAX_CHUNKS = 10_000;

/**
 * Finds the samples of a WAV file of any size without reading them: yields the few bytes that it needs, as {@link WavRange}, and
 * takes them as the value of `next`. How they are read, from memory or from a disk, is the caller's part.
 *
 * @param sizeBytes - Size of the whole file.
 * @throws AudioError like `readWav`.
 */
export function* findWavHeader(sizeBytes: number): WavHeaderSearch {
  const start = sizeBytes < 12 ? undefined : viewOf(yield { startByte: 0, endByte: 12 });
  const container = start === undefined ? '' : fourCharacters(start, 0);
  const isRf64 = container === 'RF64' || container === 'BW64';
  if (start === undefined || (container !== 'RIFF' && !isRf64) || fourCharacters(start, 8) !== 'WAVE') {
    throw new AudioError('wav_header', 'bytes must begin with a RIFF, RF64 or BW64 header of type WAVE');
  }
  const { formatChunk, dataChunk, sizesChunk } = yield* findChunks(sizeBytes);
  if (formatChunk === undefined) throw new AudioError('wav_format_missing', 'no fmt chunk found');
  const format = parseWavFormat(viewOf(yield payloadOf(formatChunk, sizeBytes)));
  if (dataChunk === undefined) throw new AudioError('wav_data_missing', 'no data chunk found');

  const availableBytes = Math.max(0, sizeBytes - dataChunk.start);
  const sizes = isRf64 && sizesChunk !== undefined ? viewOf(yield payloadOf(sizesChunk, sizeBytes)) : undefined;
  const isFinished = start.getUint32(4, true) === sizeBytes - 8;
  const statedBytes = statedDataBytes({ stated: dataChunk.statedBytes, format, sizes, isFinished }) ?? availableBytes;
  const dataBytes = Math.min(statedBytes, availableBytes);
  return {
    format,
    dataStartByte: dataChunk.start,
    dataBytes,
    isTruncated: statedBytes > availableBytes || dataBytes % format.blockBytes !== 0,
  };
}

function* findChunks(sizeBytes: number): Generator<WavRange, Chunks, Uint8Array> {
  const found: Chunks = {};
  let offset = 12;
  for (let count = 0; offset + 8 <= sizeBytes && count < MAX_CHUNKS; count++) {
    const head = viewOf(yield { startByte: offset, endByte: offset + 8 });
    const chunk = { id: fourCharacters(head, 0), start: offset + 8, statedBytes: head.getUint32(4, true) };
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
function statedDataBytes(header: {
  stated: number;
  format: WavFormat;
  sizes: DataView | undefined;
  isFinished: boolean;
}): number | undefined {
  const { stated, format, sizes, isFinished } = header;
  if (stated === UNKNOWN_SIZE) {
    // EBU Tech 3306: the 64-bit length of `data` stands 8 bytes into `ds64`; a streamer leaves 0 there.
    if (sizes === undefined || sizes.byteLength < 16) return undefined;
    return sizes.getUint32(8, true) + 0x1_0000_0000 * sizes.getUint32(12, true) || undefined;
  }
  // A container length that fits shows that the header was finished: then the 0 is meant, and what follows is no audio.
  if (stated === 0) return isFinished ? 0 : undefined;
  return stated === SOX_UNKNOWN_SIZE - (SOX_UNKNOWN_SIZE % format.blockBytes) ? undefined : stated;
}

function payloadOf(chunk: Chunk, sizeBytes: number): WavRange {
  return { startByte: chunk.start, endByte: Math.min(chunk.start + Math.min(chunk.statedBytes, PAYLOAD_BYTES), sizeBytes) };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function fourCharacters(view: DataView, offset: number): string {
  return String.fromCharCode(view.getUint8(offset), view.getUint8(offset + 1), view.getUint8(offset + 2), view.getUint8(offset + 3));
}
