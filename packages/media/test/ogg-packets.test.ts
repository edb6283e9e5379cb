import { expect, test } from 'vitest';
import { OggPackets } from '../src/ogg-packets.ts';
import { type OggPage, readOggPage, writeOgg } from '../src/ogg-page.ts';

function page(sequence: number, lengths: readonly number[], options: { isContinued?: boolean; fill?: number } = {}): OggPage {
  const lacing = Uint8Array.from(lengths);
  const payload = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0)).fill(options.fill ?? sequence);
  return {
    isContinued: options.isContinued ?? false,
    isFirst: false,
    isLast: false,
    granule: 0,
    serial: 1,
    sequence,
    lacing,
    payload,
    pageBytes: 27 + lacing.length + payload.length,
  };
}

function lengthsOf(packets: OggPackets, next: OggPage): readonly number[] {
  return packets.push(next).packets.map((packet) => packet.length);
}

test('packets of any length come back as they were written', () => {
  const written = [0, 1, 254, 255, 256, 70_000, 510, 3].map((length, i) => new Uint8Array(length).fill(i + 1));
  const bytes = writeOgg([written]);
  const assembler = new OggPackets();
  const read: Uint8Array[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const next = readOggPage(bytes.subarray(offset))!;
    offset += next.pageBytes;
    const { packets, isAfterGap } = assembler.push(next);
    expect(isAfterGap).toBe(false);
    read.push(...packets);
  }
  expect(read.map((packet) => [...packet])).toEqual(written.map((packet) => [...packet]));
});

test('the end of a packet whose beginning was never seen is left out', () => {
  const assembler = new OggPackets();
  expect(lengthsOf(assembler, page(9, [255, 20, 30], { isContinued: true }))).toEqual([30]);
});

test('a page that is missing takes the packets with it that touch it', () => {
  const assembler = new OggPackets();
  expect(lengthsOf(assembler, page(0, [10, 255]))).toEqual([10]);
  const { packets, isAfterGap } = assembler.push(page(2, [5, 6], { isContinued: true }));
  expect(packets.map((packet) => packet.length)).toEqual([6]);
  expect(isAfterGap).toBe(true);
  expect(assembler.push(page(3, [7])).isAfterGap).toBe(false);
});

test('a packet that its next page does not continue is left out', () => {
  const assembler = new OggPackets();
  lengthsOf(assembler, page(0, [255]));
  expect(lengthsOf(assembler, page(1, [8]))).toEqual([8]);
});

test('the count of pages goes round after 32 bits', () => {
  const assembler = new OggPackets();
  lengthsOf(assembler, page(0xffffffff, [1]));
  expect(assembler.push(page(0, [1])).isAfterGap).toBe(false);
});

test('a packet of more than a megabyte is not kept, and what follows is', () => {
  const assembler = new OggPackets();
  const full = new Array<number>(255).fill(255);
  for (let sequence = 0; sequence < 17; sequence++) {
    expect(lengthsOf(assembler, page(sequence, full, { isContinued: sequence > 0 }))).toEqual([]);
  }
  expect(lengthsOf(assembler, page(17, [1, 40], { isContinued: true }))).toEqual([0, 40]);
});
