import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  AUDIO_ENCODINGS,
  decodeAudioFrame,
  encodeAudioFrame,
  encodedSampleBytes,
  FRAME_HEADER_BYTES,
  MAX_FRAME_BYTES,
  ProtocolError,
} from '../src/index.ts';
import { clipId, SEED } from './arbitrary-message.ts';

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const header = fc.record({
  clipId,
  encoding: fc.constantFrom(...AUDIO_ENCODINGS),
  chunkSequence: u32,
  offsetSamples: fc.integer({ min: 0, max: 0xffff_0000 }),
  sampleRateHz: fc.integer({ min: 1, max: 768_000 }),
});
const HEADER = {
  clipId: '0199f3a0-7c1e-7b2a-8f00-0123456789ab',
  encoding: 'pcm_s16le',
  chunkSequence: 7,
  offsetSamples: 1536,
  sampleRateHz: 16_000,
} as const;

function decodeAnything(bytes: Uint8Array): void {
  try {
    decodeAudioFrame(bytes);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
  }
}

test('a frame survives encoding and decoding at any byte alignment', () => {
  fc.assert(
    fc.property(header, fc.uint8Array({ minLength: 1, maxLength: 400 }), fc.nat(7), (fields, seedBytes, shift) => {
      const payload = new Uint8Array(seedBytes.length * encodedSampleBytes(fields.encoding)).fill(seedBytes[0]!);
      payload.set(seedBytes);
      const bytes = encodeAudioFrame(fields, payload);
      expect(bytes.length).toBe(FRAME_HEADER_BYTES + payload.length);
      const moved = new Uint8Array(bytes.length + shift).subarray(shift);
      moved.set(bytes);
      expect(decodeAudioFrame(moved)).toEqual({ ...fields, payload, sampleCount: seedBytes.length });
    }),
    { seed: SEED, numRuns: 1000 },
  );
});

test('the layout is the documented one', () => {
  const bytes = encodeAudioFrame(HEADER, Uint8Array.of(1, 2));
  expect(Buffer.from(bytes).toString('hex')).toBe(
    '4f530100' + '0199f3a07c1e7b2a8f000123456789ab' + '07000000' + '00060000' + '803e0000' + '0102',
  );
});

test('arbitrary bytes decode or throw ProtocolError', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), decodeAnything), { seed: SEED, numRuns: 2000 });
});

test('5,000 mutated frames decode or throw ProtocolError', () => {
  const flips = fc.array(fc.tuple(fc.nat(63), fc.nat(255)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(header, flips, fc.nat(64), (fields, edits, length) => {
      const bytes = encodeAudioFrame(fields, new Uint8Array(32));
      for (const [at, value] of edits) bytes[at] = value;
      decodeAnything(bytes);
      decodeAnything(bytes.subarray(0, length));
    }),
    { seed: SEED, numRuns: 5000 },
  );
});

test('each kind of bad frame has its code', () => {
  const good = encodeAudioFrame(HEADER, new Uint8Array(4));
  const changed = (at: number, ...values: number[]) => {
    const bytes = good.slice();
    bytes.set(values, at);
    return bytes;
  };
  const codeOf = (bytes: Uint8Array) => {
    try {
      decodeAudioFrame(bytes);
    } catch (error) {
      return (error as ProtocolError).code;
    }
    return 'none';
  };
  expect(codeOf(good)).toBe('none');
  expect(codeOf(new Uint8Array())).toBe('bad_frame');
  expect(codeOf(changed(0, 0x52))).toBe('bad_frame');
  expect(codeOf(changed(2, 2))).toBe('bad_frame');
  expect(codeOf(changed(3, 9))).toBe('unsupported_encoding');
  expect(codeOf(changed(24, 0xff, 0xff, 0xff, 0xff))).toBe('bad_frame');
  expect(codeOf(changed(28, 0, 0, 0, 0))).toBe('unsupported_sample_rate');
  expect(codeOf(good.subarray(0, FRAME_HEADER_BYTES))).toBe('bad_frame');
  expect(codeOf(good.subarray(0, FRAME_HEADER_BYTES + 3))).toBe('bad_frame');
  const large = new Uint8Array(MAX_FRAME_BYTES + 2);
  large.set(good.subarray(0, FRAME_HEADER_BYTES));
  expect(codeOf(large)).toBe('frame_too_large');
  expect(codeOf(large.subarray(0, MAX_FRAME_BYTES))).toBe('none');
});

test('a header that does not fit is refused when it is written', () => {
  const encode = (change: object) => () => encodeAudioFrame({ ...HEADER, ...change }, new Uint8Array(4));
  expect(encode({ clipId: 'x' })).toThrow(ProtocolError);
  expect(encode({ chunkSequence: -1 })).toThrow('chunkSequence must be');
  expect(encode({ offsetSamples: 0.5 })).toThrow('offsetSamples must be');
  expect(encode({ encoding: 'opus' })).toThrow('encoding must be');
  expect(encode({ sampleRateHz: 0 })).toThrow('sampleRateHz must be');
  expect(encode({ encoding: 'pcm_f32le' })).not.toThrow();
  expect(() => encodeAudioFrame(HEADER, new Uint8Array(3))).toThrow('payload must be whole pcm_s16le samples');
});
