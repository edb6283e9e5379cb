import { join } from 'node:path';
import { ALL_FORMATS, EncodedPacketSink, Input } from 'mediabunny';
import { expect, test } from 'vitest';
import { createContainerSource } from '../src/container-source.ts';
import type { MediaSource } from '../src/media-source.ts';
import { encode, memorySource, temporaryFolder } from './support/media-files.ts';

const folder = await temporaryFolder();

interface PacketCount {
  readonly packets: number;
  readonly reads: number;
}

async function countPackets(source: MediaSource): Promise<PacketCount> {
  let reads = 0;
  const counted: MediaSource = {
    sizeBytes: source.sizeBytes,
    read(startByte, endByte) {
      reads++;
      expect(endByte).toBeLessThanOrEqual(source.sizeBytes);
      return source.read(startByte, endByte);
    },
  };
  using input = new Input({ formats: ALL_FORMATS, source: createContainerSource(counted) });
  const sink = new EncodedPacketSink((await input.getPrimaryAudioTrack())!);
  let packets = 0;
  for (let packet = await sink.getFirstPacket(); packet !== null; packet = await sink.getNextPacket(packet)) packets++;
  return { packets, reads };
}

test('a file is read in large blocks, whatever the reader asks for', async () => {
  const { packets, reads } = await countPackets(memorySource(await encode(join(folder, 'a.m4a'), [], 20)));
  expect(packets).toBeGreaterThan(300);
  expect(reads).toBeLessThan(10);
});

test('an error of the file ends the walk', async () => {
  const bytes = await encode(join(folder, 'b.m4a'), ['-movflags', 'faststart'], 37);
  const broken = new Error('the disk is gone');
  const source: MediaSource = {
    sizeBytes: bytes.length,
    async read(startByte, endByte) {
      if (startByte > 0 && endByte === bytes.length) throw broken;
      return bytes.slice(startByte, endByte);
    },
  };
  await expect(countPackets(source)).rejects.toBe(broken);
});

test('a WebM that is searched without end is given up', async () => {
  const bytes = await encode(join(folder, 'a.webm'), [], 20);
  const cut = Buffer.concat([bytes.subarray(0, bytes.length >> 1), new Uint8Array(65_536)]);
  await expect(countPackets(memorySource(new Uint8Array(cut)))).rejects.toThrow('the container reader does not come forward');
});
