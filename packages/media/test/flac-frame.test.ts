import { expect, test } from 'vitest';
import { decodeFlacFrame } from '../src/flac-frame.ts';
import { parseFlacFrameHeader, parseFlacStreamInfo } from '../src/flac-header.ts';
import { EXAMPLE_1, EXAMPLE_3, type Field, frame } from './support/flac-files.ts';

const VERBATIM: Field = [1 << 1, 8];
const CONSTANT: Field = [0, 8];
const fixed = (order: number): Field => [(8 + order) << 1, 8];

/** Decodes the frame at `startByte`; samples as integers again. */
function decodeAt(bytes: Uint8Array, startByte: number, stream: { channelCount: number; bitsPerSample: number; sampleRateHz?: number }) {
  const info = { maximumBlockSamples: 4096, sampleRateHz: 44_100, totalSamples: 0, ...stream };
  const header = parseFlacFrameHeader(bytes, startByte, info)!;
  const { frameBytes, channels } = decodeFlacFrame(bytes, startByte, header);
  return { frameBytes, channels: channels.map((channel) => [...channel].map((sample) => sample * 2 ** (stream.bitsPerSample - 1))) };
}

function decodeMono(blockSamples: number, fields: readonly Field[], bitsPerSample = 8): readonly number[] | undefined {
  return decodeAt(frame({ blockSamples, assignment: 0 }, fields), 0, { channelCount: 1, bitsPerSample }).channels[0];
}

test('verbatim samples with wasted bits: RFC 9639, D.1', () => {
  expect(decodeAt(EXAMPLE_1, 42, parseFlacStreamInfo(EXAMPLE_1.subarray(8)))).toEqual({ frameBytes: 15, channels: [[25_588], [10_416]] });
});

test('a linear predictor: RFC 9639, D.3', () => {
  expect(decodeAt(EXAMPLE_3, 42, parseFlacStreamInfo(EXAMPLE_3.subarray(8))).channels).toEqual([
    [0, 79, 111, 78, 8, -61, -90, -68, -13, 42, 67, 53, 13, -27, -46, -38, -12, 14, 24, 19, 6, -4, -5, 0],
  ]);
});

test('a constant fills the block', () => {
  expect(decodeMono(16, [CONSTANT, [-7, 8]])).toEqual(new Array(16).fill(-7));
});

test('wasted bits are put back', () => {
  // 1 in the header of the subframe, then the count less one in zeros and a one.
  expect(
    decodeMono(2, [
      [(1 << 1) | 1, 8],
      [1, 3],
      [-3, 5],
      [15, 5],
    ]),
  ).toEqual([-24, 120]);
});

// Each predictor says nothing new of its own kind of curve: the residual is 0 (RFC 9639, 9.2.5).
test.each([
  [0, [0, 0, 0, 0, 0, 0]],
  [1, [5, 5, 5, 5, 5, 5]],
  [2, [1, 3, 5, 7, 9, 11]],
  [3, [0, 1, 4, 9, 16, 25]],
  [4, [0, 1, 8, 27, 64, 125]],
])('the fixed predictor of order %i continues its curve', (order, curve) => {
  const warmUp = curve.slice(0, order).map((value): Field => [value, 8]);
  const zeros = new Array<Field>(6 - order).fill([1, 1]);
  expect(decodeMono(6, [fixed(order), ...warmUp, [0, 2], [0, 4], [0, 4], ...zeros])).toEqual(curve);
});

test('residuals are read in partitions of their own parameters, also raw and empty ones', () => {
  // Order 1: the first partition has one residual fewer.
  const fields: readonly Field[] = [
    ...([fixed(1), [10, 8], [0, 2], [2, 4]] as const),
    ...([
      [2, 4],
      [1, 1],
      [3, 2],
    ] as const), // Rice, parameter 2: code 3 is -2
    ...([
      [15, 4],
      [4, 5],
      [-8, 4],
      [7, 4],
    ] as const), // raw, 4 bits
    ...([
      [15, 4],
      [0, 5],
    ] as const), // raw, no bits: all 0
    ...([
      [0, 4],
      [1, 3],
      [1, 1],
    ] as const), // Rice, parameter 0: codes 2 and 0 are 1 and 0
  ];
  expect(decodeMono(8, fields)).toEqual([10, 8, 0, 7, 7, 7, 8, 8]);
});

test('parameters of 5 bits are read', () => {
  const fields: readonly Field[] = [fixed(0), [1, 2], [0, 4], [16, 5], [1, 1], [40_000, 16], [1, 1], [40_001, 16]];
  expect(decodeMono(2, fields, 16)).toEqual([20_000, -20_001]);
});

// RFC 9639, 4.2: the difference has a bit more, and an odd one says what the mean lost.
test.each([
  [8, 'left and side', [-128, 8], [-255, 9], [-128, 127]],
  [9, 'side and right', [255, 9], [-128, 8], [127, -128]],
  [10, 'mid and side, odd', [-1, 8], [-3, 9], [-2, 1]],
  [10, 'mid and side, odd and positive', [2, 8], [3, 9], [4, 1]],
  [10, 'mid and side, even', [-3, 8], [4, 9], [-1, -5]],
] as const)('assignment %i: %s', (assignment, _, first, second, [left, right]) => {
  const bytes = frame({ blockSamples: 1, assignment }, [VERBATIM, first, VERBATIM, second]);
  expect(decodeAt(bytes, 0, { channelCount: 2, bitsPerSample: 8 }).channels).toEqual([[left], [right]]);
});

test('the difference of 32-bit channels has 33 bits', () => {
  const bytes = frame({ blockSamples: 1, assignment: 8 }, [VERBATIM, [-(2 ** 31), 32], VERBATIM, [-(2 ** 32) + 256, 33]]);
  expect(decodeAt(bytes, 0, { channelCount: 2, bitsPerSample: 32 }).channels).toEqual([[-(2 ** 31)], [Math.fround(2 ** 31 - 256)]]);
});

test.each<[string, number, readonly Field[]]>([
  [
    'a subframe that begins with 1',
    1,
    [
      [0x80, 8],
      [0, 8],
    ],
  ],
  [
    'a reserved subframe',
    1,
    [
      [2 << 1, 8],
      [0, 8],
    ],
  ],
  [
    'a fixed predictor of order 5',
    8,
    [
      [13 << 1, 8],
      [0, 64],
    ],
  ],
  [
    'more wasted bits than there are',
    1,
    [
      [1, 8],
      [1, 8],
      [0, 8],
    ],
  ],
  ['a reserved coding', 1, [fixed(0), [2, 2], [0, 14]]],
  ['a predictor longer than the block', 2, [fixed(3), [0, 48]]],
  ['partitions that do not divide the block', 3, [fixed(0), [0, 2], [1, 4], [0, 48]]],
  ['a partition shorter than the predictor', 4, [fixed(2), [0, 16], [0, 2], [2, 4], [0, 48]]],
  [
    'a predictor of reserved precision',
    2,
    [
      [32 << 1, 8],
      [0, 8],
      [15, 4],
      [0, 5],
      [0, 32],
    ],
  ],
  [
    'a negative shift',
    2,
    [
      [32 << 1, 8],
      [0, 8],
      [3, 4],
      [-1, 5],
      [0, 32],
    ],
  ],
])('%s is refused', (_, blockSamples, fields) => {
  expect(() => decodeMono(blockSamples, fields)).toThrow(RangeError);
});

test('a frame that is cut short or changed is refused', () => {
  const whole = frame({ blockSamples: 16, assignment: 0 }, [CONSTANT, [-7, 8]]);
  const stream = { channelCount: 1, bitsPerSample: 8 };
  for (let length = 8; length < whole.length; length++) expect(() => decodeAt(whole.subarray(0, length), 0, stream)).toThrow(RangeError);
  whole[8]! ^= 1;
  expect(() => decodeAt(whole, 0, stream)).toThrow('checksum');
});
