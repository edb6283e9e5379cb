import { MAX_FRAME_BYTES } from './limits.ts';
import { ProtocolError } from './protocol-error.ts';
import { formatUuid, isUuid, parseUuid } from './uuid.ts';

/** Sample formats of the wire; the index is the byte in the frame header. */
export const AUDIO_ENCODINGS = Object.freeze(['pcm_s16le', 'pcm_f32le'] as const);
/** Sample format of the wire: 16-bit integers or 32-bit floats, little endian, one channel. */
export type AudioEncoding = (typeof AUDIO_ENCODINGS)[number];

/** Bytes before the samples of an audio frame. */
export const FRAME_HEADER_BYTES = 32;

const MAGIC = 0x534f; // 'O' 'S' read as a little-endian 16-bit number.
const FRAME_VERSION = 1;
const MAX_U32 = 0xffff_ffff;
const MAX_SAMPLE_RATE_HZ = 768_000;

/** What an audio frame says about its samples. */
export interface AudioFrameHeader {
  readonly clipId: string;
  readonly encoding: AudioEncoding;
  /** Count of the frames of this clip on this connection, from 0. For diagnosis only: {@link offsetSamples} decides. */
  readonly chunkSequence: number;
  /** Position in the clip of the first sample, in samples. */
  readonly offsetSamples: number;
  /** Rate of the samples, in hertz. */
  readonly sampleRateHz: number;
}

/** A decoded audio frame. */
export interface AudioFrame extends AudioFrameHeader {
  /** The samples, still encoded: a view into the bytes that were decoded, of any alignment. */
  readonly payload: Uint8Array;
  /** Samples in {@link payload}. */
  readonly sampleCount: number;
}

/** Bytes of one sample. */
export function encodedSampleBytes(encoding: AudioEncoding): 2 | 4 {
  return encoding === 'pcm_s16le' ? 2 : 4;
}

/**
 * Writes an audio frame: 32 bytes of header, then the samples.
 *
 * @throws ProtocolError `bad_frame` for a value that does not fit or a payload that is empty or not whole samples; `frame_too_large`.
 */
export function encodeAudioFrame(header: AudioFrameHeader, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  if (!isUuid(header.clipId)) throw new ProtocolError('bad_frame', 'clipId must be a canonical UUID', { path: 'clipId' });
  const encodingByte = AUDIO_ENCODINGS.indexOf(header.encoding);
  if (encodingByte < 0) throw new ProtocolError('unsupported_encoding', 'encoding must be pcm_s16le or pcm_f32le', { path: 'encoding' });
  checkU32('chunkSequence', header.chunkSequence);
  checkPayload(payload.length, header.encoding, header.offsetSamples);
  checkSampleRate(header.sampleRateHz);
  const bytes = new Uint8Array(FRAME_HEADER_BYTES + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, MAGIC, true);
  view.setUint8(2, FRAME_VERSION);
  view.setUint8(3, encodingByte);
  bytes.set(parseUuid(header.clipId), 4);
  view.setUint32(20, header.chunkSequence, true);
  view.setUint32(24, header.offsetSamples, true);
  view.setUint32(28, header.sampleRateHz, true);
  bytes.set(payload, FRAME_HEADER_BYTES);
  return bytes;
}

/**
 * Reads an audio frame. Nothing is copied: {@link AudioFrame.payload} is a view into `bytes`.
 *
 * @throws ProtocolError `bad_frame`, `frame_too_large`, `unsupported_encoding` or `unsupported_sample_rate`.
 */
export function decodeAudioFrame(bytes: Uint8Array): AudioFrame {
  if (bytes.length < FRAME_HEADER_BYTES) throw new ProtocolError('bad_frame', `frame must have a header of 32 bytes, got ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(0, true) !== MAGIC) throw new ProtocolError('bad_frame', "frame must start with 'OS'", { path: 'magic' });
  if (view.getUint8(2) !== FRAME_VERSION) {
    throw new ProtocolError('bad_frame', `frame version must be 1, got ${view.getUint8(2)}`, { path: 'version' });
  }
  const encoding = AUDIO_ENCODINGS[view.getUint8(3)];
  if (!encoding) {
    throw new ProtocolError('unsupported_encoding', `encoding must be 0 or 1, got ${view.getUint8(3)}`, { path: 'encoding' });
  }
  const payload = bytes.subarray(FRAME_HEADER_BYTES);
  const offsetSamples = view.getUint32(24, true);
  const sampleCount = checkPayload(payload.length, encoding, offsetSamples);
  const sampleRateHz = view.getUint32(28, true);
  checkSampleRate(sampleRateHz);
  return {
    clipId: formatUuid(bytes.subarray(4, 20)),
    encoding,
    chunkSequence: view.getUint32(20, true),
    offsetSamples,
    sampleRateHz,
    payload,
    sampleCount,
  };
}

function checkPayload(payloadBytes: number, encoding: AudioEncoding, offsetSamples: number): number {
  checkU32('offsetSamples', offsetSamples);
  if (payloadBytes > MAX_FRAME_BYTES - FRAME_HEADER_BYTES) {
    throw new ProtocolError('frame_too_large', `frame must be at most ${MAX_FRAME_BYTES} bytes, got ${payloadBytes + FRAME_HEADER_BYTES}`);
  }
  const sampleCount = payloadBytes / encodedSampleBytes(encoding);
  if (sampleCount === 0 || !Number.isInteger(sampleCount)) {
    throw new ProtocolError('bad_frame', `payload must be whole ${encoding} samples, got ${payloadBytes} bytes`, { path: 'payload' });
  }
  checkU32('offsetSamples', offsetSamples + sampleCount);
  return sampleCount;
}

function checkU32(path: string, value: number): void {
  if (!Number.isInteger(value) || value < 0 || value > MAX_U32) {
    throw new ProtocolError('bad_frame', `${path} must be an integer 0 to ${MAX_U32}, got ${value}`, { path });
  }
}

function checkSampleRate(sampleRateHz: number): void {
  if (!Number.isInteger(sampleRateHz) || sampleRateHz < 1 || sampleRateHz > MAX_SAMPLE_RATE_HZ) {
    throw new ProtocolError('unsupported_sample_rate', `sampleRateHz must be 1 to ${MAX_SAMPLE_RATE_HZ}, got ${sampleRateHz}`, {
      path: 'sampleRateHz',
    });
  }
}
