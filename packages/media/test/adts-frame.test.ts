import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ADTS_FRAMES, MAX_AAC_PACKET_BYTES, wrapAdts } from '../src/adts-frame.ts';
import { encode, temporaryFolder } from './support/media-files.ts';

const folder = await temporaryFolder();
const CONFIG = { rateIndex: 4, channelConfig: 2 };
const HEADER = wrapAdts([new Uint8Array(93)], CONFIG).slice(0, 7);

test('the headers that ffmpeg writes are read to the end of the file, and written the same', async () => {
  const bytes = await encode(join(folder, 'a.aac'), ['-ar', '44100', '-ac', '2']);
  const packets: Uint8Array[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const header = ADTS_FRAMES.parse(bytes, offset)!;
    expect(header).toMatchObject({ ...CONFIG, headerBytes: 7, sampleRateHz: 44_100, channelCount: 2, objectType: 2, frameSamples: 1024 });
    packets.push(bytes.subarray(offset + 7, offset + header.frameBytes));
    offset += header.frameBytes;
  }
  expect(packets.length).toBeGreaterThan(100);
  const written = wrapAdts(packets, CONFIG);
  expect(written).toHaveLength(bytes.length);
  // The fullness of the buffer differs, and nothing reads it.
  for (let offset = 0; offset < bytes.length; ) {
    const header = ADTS_FRAMES.parse(bytes, offset)!;
    expect(ADTS_FRAMES.parse(written, offset)).toEqual(header);
    offset += header.frameBytes;
  }
});

test.each([0, 1, 7, 8, 2041, MAX_AAC_PACKET_BYTES])('a packet of %i bytes is wrapped with its length', (packetBytes) => {
  expect(ADTS_FRAMES.parse(wrapAdts([new Uint8Array(packetBytes)], CONFIG), 0)).toMatchObject({ ...CONFIG, frameBytes: packetBytes + 7 });
});

test('eight channels are number 7', () => {
  const bytes = wrapAdts([new Uint8Array(9)], { rateIndex: 3, channelConfig: 7 });
  expect(ADTS_FRAMES.parse(bytes, 0)).toMatchObject({ rateIndex: 3, channelConfig: 7, channelCount: 8 });
});

test('a header with a checksum has 9 bytes', () => {
  const bytes = HEADER.slice();
  bytes[1] = 0xf0;
  expect(ADTS_FRAMES.parse(bytes, 0)).toMatchObject({ headerBytes: 9, frameBytes: 100 });
});

test.each([
  ['half a sync word', 0, 0xfe],
  ['MPEG layer III', 1, 0xfb],
  ['a reserved rate', 2, 0x40 | (13 << 2)],
  ['a length below its own', 4, 0],
  ['two raw blocks', 6, 0xfd],
])('%s is no header', (_, at, value) => {
  const bytes = HEADER.slice();
  bytes[at] = value;
  expect(ADTS_FRAMES.parse(HEADER, 0)).toBeDefined();
  expect(ADTS_FRAMES.parse(bytes, 0)).toBeUndefined();
});
