import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AudioError } from '../src/audio-error.ts';
import { readWav } from '../src/wav-reader.ts';
import { chunk, extensibleFormat, format, join, riff, text, u32 } from './wav-bytes.ts';

const MONO_16 = chunk('fmt ', format({ tag: 1, bitsPerSample: 16 }));
const MONO_8 = chunk('fmt ', format({ tag: 1, bitsPerSample: 8 }));
const THREE_SAMPLES = [0, 0x40, 0, 0xc0, 0, 0x20];

function ds64(dataBytes: number): Uint8Array {
  return chunk('ds64', join(u32(0), u32(0), u32(dataBytes), u32(Math.floor(dataBytes / 2 ** 32)), u32(0), u32(0), u32(0)));
}

function left(bytes: Uint8Array): number[] {
  return [...readWav(bytes).channels[0]!];
}

function codeOf(bytes: Uint8Array): string {
  try {
    readWav(bytes);
    return 'none';
  } catch (error) {
    return error instanceof AudioError ? error.code : String(error);
  }
}

test('reads rate, channels and duration', () => {
  const stereo = chunk('fmt ', format({ tag: 1, bitsPerSample: 16, channelCount: 2, sampleRateHz: 8000 }));
  const wav = readWav(riff([stereo, chunk('data', [0, 0x40, 0, 0xc0, 0, 0x20, 0, 0xe0])]));
  expect(wav).toEqual({
    sampleRateHz: 8000,
    channels: [Float32Array.of(0.5, 0.25), Float32Array.of(-0.5, -0.25)],
    durationMs: 0.25,
    isTruncated: false,
  });
});

test('reads bytes that begin anywhere in their buffer', () => {
  const bytes = riff([MONO_16, chunk('data', THREE_SAMPLES)]);
  expect(left(join([1, 2, 3], bytes).subarray(3))).toEqual([0.5, -0.5, 0.25]);
});

test('steps over other chunks before and between, odd ones with their padding', () => {
  const bytes = riff([chunk('LIST', [1, 2, 3]), MONO_16, chunk('fact', [0, 0, 0, 0]), chunk('junk', [9]), chunk('data', THREE_SAMPLES)]);
  expect(left(bytes)).toEqual([0.5, -0.5, 0.25]);
});

test('ends at the stated length and ignores what follows', () => {
  const wav = readWav(riff([MONO_8, chunk('data', [192, 64, 128]), chunk('LIST', [1, 2, 3, 4])]));
  expect(wav.channels).toEqual([Float32Array.of(0.5, -0.5, 0)]);
  expect(wav.isTruncated).toBe(false);
});

test('reads a format that stands behind the audio', () => {
  expect(left(riff([chunk('data', THREE_SAMPLES), MONO_16]))).toEqual([0.5, -0.5, 0.25]);
});

test('reads eight channels as WAVE_FORMAT_EXTENSIBLE', () => {
  const fmt = chunk('fmt ', extensibleFormat({ tag: 1, bitsPerSample: 8, channelCount: 8 }));
  const wav = readWav(riff([fmt, chunk('data', [0, 16, 32, 48, 64, 80, 96, 112])]));
  expect(wav.channels.map((channel) => [...channel])).toEqual([[-1], [-0.875], [-0.75], [-0.625], [-0.5], [-0.375], [-0.25], [-0.125]]);
});

test.each(['RF64', 'BW64'])('reads %s with its length in ds64', (id) => {
  const bytes = riff([ds64(4), MONO_16, chunk('data', THREE_SAMPLES, 0xffffffff)], { id, statedBytes: 0xffffffff });
  expect(left(bytes)).toEqual([0.5, -0.5]);
  const endless = riff([ds64(2 ** 40), MONO_16, chunk('data', THREE_SAMPLES, 0xffffffff)], { id, statedBytes: 0xffffffff });
  expect(left(endless)).toEqual([0.5, -0.5, 0.25]);
  expect(readWav(endless).isTruncated).toBe(true);
});

test.each([
  ['0 (unfinished header)', riff([MONO_16, chunk('data', THREE_SAMPLES, 0)], { statedBytes: 0 })],
  ['0xFFFFFFFF', riff([MONO_16, chunk('data', THREE_SAMPLES, 0xffffffff)], { statedBytes: 0xffffffff })],
  ["SoX's 0x7FFFF000", riff([MONO_16, chunk('data', THREE_SAMPLES, 0x7ffff000)], { statedBytes: 0x7ffff024 })],
  ['0 in ds64', riff([ds64(0), MONO_16, chunk('data', THREE_SAMPLES, 0xffffffff)], { id: 'RF64', statedBytes: 0xffffffff })],
])('reads to the end of the bytes when the length of the stream is %s', (_, bytes) => {
  expect(left(bytes)).toEqual([0.5, -0.5, 0.25]);
  expect(readWav(bytes).isTruncated).toBe(false);
});

test('takes a length of 0 at its word when the header is finished', () => {
  const wav = readWav(riff([MONO_16, chunk('data', []), chunk('LIST', [1, 2, 3, 4])]));
  expect(wav).toEqual({ sampleRateHz: 16000, channels: [new Float32Array(0)], durationMs: 0, isTruncated: false });
});

test('keeps the whole blocks of a truncated file and says so', () => {
  const bytes = riff([MONO_16, chunk('data', THREE_SAMPLES)]);
  for (const cut of [1, 2, 3, 4, 5, 6]) {
    const wav = readWav(bytes.subarray(0, bytes.length - cut));
    expect(wav.channels[0]).toHaveLength(Math.floor((6 - cut) / 2));
    expect(wav.isTruncated).toBe(true);
  }
});

test('says so when a stream ends within a block', () => {
  const wav = readWav(riff([MONO_16, chunk('data', [...THREE_SAMPLES, 1], 0xffffffff)]).subarray(0, -1));
  expect(wav.channels[0]).toHaveLength(3);
  expect(wav.isTruncated).toBe(true);
});

test.each([
  ['wav_header', new Uint8Array(0)],
  ['wav_header', text('RIFF....AVI LIST')],
  ['wav_header', riff([MONO_16, chunk('data', [])], { id: 'RIFX' })],
  ['wav_header', text('ID3 and then an MP3 file')],
  ['wav_format_missing', riff([])],
  ['wav_format_missing', riff([chunk('data', THREE_SAMPLES)])],
  ['wav_format_missing', riff([chunk('LIST', [1, 2], 0xfffffffe), MONO_16])],
  ['wav_format_invalid', riff([chunk('fmt ', [1, 0, 1, 0])])],
  ['wav_format_unsupported', riff([chunk('fmt ', format({ tag: 0x11, bitsPerSample: 4 }))])],
  ['wav_data_missing', riff([MONO_16])],
  ['wav_data_missing', riff([MONO_16, chunk('LIST', [1, 2, 3, 4])])],
  ['wav_channels', riff([chunk('fmt ', format({ tag: 1, bitsPerSample: 8, channelCount: 100 })), chunk('data', [])])],
])('throws %s', (code, bytes) => {
  expect(codeOf(bytes)).toBe(code);
});

const CORPUS = [
  riff([MONO_16, chunk('data', [...THREE_SAMPLES, ...THREE_SAMPLES, ...THREE_SAMPLES, ...THREE_SAMPLES])]),
  riff([chunk('LIST', [1, 2, 3]), MONO_8, chunk('data', [1, 2, 3, 4, 5]), chunk('id3 ', [7])]),
  riff(
    [
      ds64(24),
      chunk('fmt ', extensibleFormat({ tag: 3, bitsPerSample: 32, channelCount: 2 })),
      chunk('data', new Uint8Array(24), 0xffffffff),
    ],
    {
      id: 'RF64',
      statedBytes: 0xffffffff,
    },
  ),
];

/** Every outcome is a result no larger than 8-bit samples as floats can be, or an AudioError. */
function expectSane(bytes: Uint8Array): void {
  let wav: ReturnType<typeof readWav>;
  try {
    wav = readWav(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(AudioError);
    return;
  }
  const resultBytes = wav.channels.reduce((sum, channel) => sum + channel.byteLength, 0);
  expect(resultBytes).toBeLessThanOrEqual(4 * bytes.length);
  expect(wav.channels.length).toBeGreaterThan(0);
  expect(Number.isFinite(wav.durationMs)).toBe(true);
}

test('survives truncation at every byte', () => {
  for (const bytes of CORPUS) for (let length = 0; length <= bytes.length; length++) expectSane(bytes.slice(0, length));
});

test('survives 2000 seeded mutations', () => {
  const edit = fc.record({
    at: fc.nat(200),
    byte: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255)),
    length: fc.integer({ min: 1, max: 4 }),
  });
  fc.assert(
    fc.property(fc.constantFrom(...CORPUS), fc.array(edit, { minLength: 1, maxLength: 6 }), fc.nat(200), (original, edits, cut) => {
      const bytes = cut < 40 ? original.slice(0, original.length - cut) : original.slice();
      for (const { at, byte, length } of edits) bytes.fill(byte, at % bytes.length, (at % bytes.length) + length);
      expectSane(bytes);
    }),
    { seed: 20261124, numRuns: 2000 },
  );
});

test('survives random bytes behind a good header', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), (body) => expectSane(join(text('RIFF'), u32(0), text('WAVE'), body))),
    { seed: 20261124, numRuns: 500 },
  );
});
