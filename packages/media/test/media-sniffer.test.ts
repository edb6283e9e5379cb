import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sniffMedia } from '../src/media-sniffer.ts';
import { codeOf, encode, memorySource, temporaryFolder } from './support/media-files.ts';

const folder = await temporaryFolder();
const MP3 = await encode(join(folder, 'a.mp3'), ['-id3v2_version', '0', '-write_xing', '0']);
const AAC = await encode(join(folder, 'a.aac'), []);

function behind(junk: Uint8Array, bytes: Uint8Array): Uint8Array {
  return new Uint8Array(Buffer.concat([junk, bytes]));
}

function tag(sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(10 + sizeBytes).fill(0xff, 10);
  bytes.set([0x49, 0x44, 0x33, 4, 0, 0, (sizeBytes >> 21) & 0x7f, (sizeBytes >> 14) & 0x7f, (sizeBytes >> 7) & 0x7f, sizeBytes & 0x7f]);
  return bytes;
}

test.each([
  ['mp3', MP3],
  ['aac', AAC],
])('%s is found behind a tag with a picture of 2 MB, two tags, and junk', async (container, bytes) => {
  const whole = await codeOf(bytes);
  for (const junk of [tag(2_000_000), behind(tag(100), tag(3000)), new Uint8Array(5000).fill(0x20)]) {
    expect(await sniffMedia(memorySource(behind(junk, bytes)))).toEqual({ container, startByte: junk.length });
    expect(await codeOf(behind(junk, bytes))).toBe(whole);
  }
});

test('a file is told by its content, whatever it is called', async () => {
  const bytes = await encode(join(folder, 'called.mp3'), ['-c:a', 'flac', '-f', 'flac']);
  expect(await sniffMedia(memorySource(bytes))).toEqual({ container: 'flac', startByte: 0 });
});
