import { expect, test } from 'vitest';
import type { OggPage } from '../src/ogg-page.ts';
import { OggTimeline } from '../src/ogg-timeline.ts';
import type { PacketDecoder } from '../src/packet-decoder.ts';
import { joined, type SoundBlock } from '../src/sound-block.ts';

const RATE_HZ = 16_000;
const PACKET_SAMPLES = 10;

/** A packet is a number, and its sound that number ten times. */
function decoder(batchPackets = 1): PacketDecoder {
  let blocks: SoundBlock[] = [];
  const flush = async (): Promise<SoundBlock | undefined> => {
    const block = joined(blocks);
    blocks = [];
    return block;
  };
  return {
    async decode(packet) {
      blocks.push({ sampleRateHz: RATE_HZ, channels: [new Float32Array(PACKET_SAMPLES).fill(packet[0]!)] });
      return blocks.length < batchPackets ? undefined : await flush();
    },
    flush,
    close() {},
  };
}

interface Step {
  readonly packets: readonly number[];
  /** In decoded samples. */
  readonly end?: number;
  readonly isLast?: boolean;
  readonly isAfterGap?: boolean;
}

/** What comes out, each stretch of one value as `value×count`. */
async function soundOf(steps: readonly Step[], options: { preSkipSamples?: number; batchPackets?: number } = {}): Promise<string> {
  const { preSkipSamples = 0, batchPackets = 1 } = options;
  const timeline = new OggTimeline({
    decoder: decoder(batchPackets),
    channelCount: 1,
    sampleRateHz: RATE_HZ,
    clockHz: 48_000,
    preSkipSamples,
  });
  const values: number[] = [];
  const take = async (blocks: AsyncIterable<SoundBlock>): Promise<void> => {
    for await (const block of blocks) for (const sample of block.channels[0]!) values.push(sample);
  };
  for (const { packets, end, isLast = false, isAfterGap = false } of steps) {
    const page = { isLast, granule: end === undefined ? -1 : 3 * end } as OggPage;
    await take(timeline.push(page, { packets: packets.map((packet) => Uint8Array.of(packet)), isAfterGap }));
  }
  await take(timeline.end());
  const runs: { value: number; count: number }[] = [];
  for (const value of values) {
    const run = runs.at(-1);
    if (run?.value === value) run.count++;
    else runs.push({ value, count: 1 });
  }
  return runs.map(({ value, count }) => `${value}×${count}`).join(' ');
}

// A decoder that takes packets in batches must give the same.
test.each([1, 3, 100])('in batches of %i: the pre-skip and what stands behind the end are cut off', async (batchPackets) => {
  const steps = [
    { packets: [1, 2], end: 20 },
    { packets: [3], end: 30 },
    { packets: [4, 5], end: 47, isLast: true },
  ];
  expect(await soundOf(steps, { batchPackets, preSkipSamples: 13 })).toBe('2×7 3×10 4×10 5×7');
});

// RFC 7845, 4.4: all that is cut off may be more than one packet of the last page.
test.each([1, 100])('in batches of %i: the end may lie several packets before the last', async (batchPackets) => {
  const steps = [
    { packets: [1], end: 10 },
    { packets: [2, 3, 4, 5], end: 24, isLast: true },
  ];
  expect(await soundOf(steps, { batchPackets })).toBe('1×10 2×10 3×4');
});

test('the end of a stream of one page is where it says, not later', async () => {
  expect(await soundOf([{ packets: [1, 2, 3], end: 15, isLast: true }])).toBe('1×10 2×5');
});

test('a last page that says more than there is changes nothing', async () => {
  expect(
    await soundOf([
      { packets: [1], end: 10 },
      { packets: [2], end: 99, isLast: true },
    ]),
  ).toBe('1×10 2×10');
});

test('a last page without a packet cuts the sound before it', async () => {
  expect(
    await soundOf([
      { packets: [1, 2], end: 20 },
      { packets: [], end: 16, isLast: true },
    ]),
  ).toBe('1×10 2×6');
});

test('pages behind the last one are sound again', async () => {
  const steps = [
    { packets: [1], end: 10 },
    { packets: [2], end: 20, isLast: true },
    { packets: [3, 4], end: 40 },
  ];
  expect(await soundOf(steps)).toBe('1×10 2×10 3×10 4×10');
});

test.each([1, 100])('in batches of %i: silence stands for pages that are missing', async (batchPackets) => {
  const steps = [
    { packets: [1], end: 10 },
    { packets: [4, 5], end: 50, isAfterGap: true },
    { packets: [6], end: 60, isLast: true },
  ];
  expect(await soundOf(steps, { batchPackets })).toBe('1×10 0×20 4×10 5×10 6×10');
});

test('a gap of more than ten minutes is a wrong position', async () => {
  const far = 601 * RATE_HZ;
  const steps = [
    { packets: [1], end: 10 },
    { packets: [2], end: far, isAfterGap: true },
  ];
  expect(await soundOf(steps)).toBe('1×10 2×10');
});

test('a stream that begins in the middle begins at 0 and ends where it says', async () => {
  const steps = [
    { packets: [1, 2], end: 1_000_020 },
    { packets: [3, 4], end: 1_000_035, isLast: true },
  ];
  expect(await soundOf(steps)).toBe('1×10 2×10 3×10 4×5');
});

test('a page on which no packet ends tells no position', async () => {
  const steps = [{ packets: [1], end: 10 }, { packets: [] }, { packets: [2], end: 20 }];
  expect(await soundOf(steps)).toBe('1×10 2×10');
});

test('a stream without a packet has no sound', async () => {
  expect(await soundOf([{ packets: [], end: 0, isLast: true }])).toBe('');
});
