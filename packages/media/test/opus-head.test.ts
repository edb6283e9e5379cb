import { expect, test } from 'vitest';
import { opusPacketSamples, parseOpusHead } from '../src/opus-head.ts';

interface Fields {
  readonly channelCount: number;
  readonly preSkipSamples?: number;
  readonly gain?: number;
  readonly family?: number;
  readonly tail?: readonly number[];
}

function head({ channelCount, preSkipSamples = 312, gain = 0, family = 0, tail = [] }: Fields): Uint8Array {
  const bytes = new Uint8Array(19 + tail.length);
  bytes.set(Buffer.from('OpusHead\x01', 'latin1'));
  const view = new DataView(bytes.buffer);
  view.setUint8(9, channelCount);
  view.setUint16(10, preSkipSamples, true);
  view.setUint32(12, 44_100, true);
  view.setInt16(16, gain, true);
  view.setUint8(18, family);
  bytes.set(tail, 19);
  return bytes;
}

test('mono and stereo need no table', () => {
  expect(parseOpusHead(head({ channelCount: 1, preSkipSamples: 0x1234 }))).toEqual({
    channelCount: 1,
    preSkipSamples: 0x1234,
    gainRatio: 1,
    streamCount: 1,
    coupledStreamCount: 0,
    mapping: [0],
  });
  expect(parseOpusHead(head({ channelCount: 2 }))).toMatchObject({ streamCount: 1, coupledStreamCount: 1, mapping: [0, 1] });
});

// RFC 7845, 5.1: a gain in units of 1/256 dB, signed.
test.each([
  [20 * 256, 10],
  [-20 * 256, 0.1],
  [-1541, 0.5],
])('a gain of %i is a factor of %f', (gain, ratio) => {
  expect(parseOpusHead(head({ channelCount: 1, gain })).gainRatio).toBeCloseTo(ratio, 3);
});

test('a table of six channels is read, a silent one in it', () => {
  const tail = [4, 2, 0, 4, 1, 2, 3, 255];
  expect(parseOpusHead(head({ channelCount: 6, family: 1, tail }))).toMatchObject({
    streamCount: 4,
    coupledStreamCount: 2,
    mapping: [0, 4, 1, 2, 3, 255],
  });
});

test.each<[string, Uint8Array, string]>([
  ['18 bytes', head({ channelCount: 1 }).subarray(0, 18), 'media_damaged'],
  ['no channel', head({ channelCount: 0 }), 'media_damaged'],
  ['no channel in a table', head({ channelCount: 0, family: 1, tail: [1, 0] }), 'media_damaged'],
  ['three channels without a table', head({ channelCount: 3 }), 'media_damaged'],
  ['a table that is cut short', head({ channelCount: 3, family: 1, tail: [2, 1, 0, 1] }), 'media_damaged'],
  ['no stream', head({ channelCount: 1, family: 1, tail: [0, 0, 255] }), 'media_damaged'],
  ['more pairs than streams', head({ channelCount: 3, family: 1, tail: [1, 2, 0, 1, 2] }), 'media_damaged'],
  ['more decoded channels than any table needs', head({ channelCount: 1, family: 1, tail: [3, 0, 0] }), 'media_damaged'],
  ['a channel that no stream has', head({ channelCount: 2, family: 1, tail: [1, 1, 0, 2] }), 'media_damaged'],
  ['nine channels', head({ channelCount: 9, family: 255, tail: [9, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8] }), 'media_too_complex'],
  ['ambisonics', head({ channelCount: 4, family: 2, tail: [4, 0, 0, 1, 2, 3] }), 'media_too_complex'],
])('a header with %s is refused', (_, bytes, code) => {
  expect(() => parseOpusHead(bytes)).toThrow(expect.objectContaining({ code }));
});

// RFC 6716, table 2 and 3.2: the length of a frame by its configuration, times the frames of the packet, at most 120 ms.
test.each([
  ['SILK of 10 ms', [0 << 3], 480],
  ['SILK of 20 ms', [1 << 3], 960],
  ['SILK of 40 ms', [6 << 3], 1920],
  ['SILK of 60 ms', [11 << 3], 2880],
  ['hybrid of 10 ms', [12 << 3], 480],
  ['hybrid of 20 ms', [15 << 3], 960],
  ['CELT of 2.5 ms', [16 << 3], 120],
  ['CELT of 20 ms', [31 << 3], 960],
  ['two frames of one size', [(31 << 3) | 1], 1920],
  ['two frames of two sizes', [(3 << 3) | 2], 5760],
  ['six frames', [(31 << 3) | 3, 6], 5760],
  ['48 frames, with flags', [(16 << 3) | 3, 0xc0 | 48], 5760],
  ['seven frames', [(31 << 3) | 3, 7], undefined],
  ['three frames of 60 ms', [(3 << 3) | 3, 3], undefined],
  ['no frame', [(31 << 3) | 3, 0], undefined],
  ['a count that is missing', [(31 << 3) | 3], undefined],
  ['nothing', [], undefined],
])('a packet of %s', (_, bytes, samples) => {
  expect(opusPacketSamples(Uint8Array.from(bytes))).toBe(samples);
});
