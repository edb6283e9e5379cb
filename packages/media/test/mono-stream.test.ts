import { expect, test } from 'vitest';
import { MonoStream } from '../src/mono-stream.ts';

function drain(stream: MonoStream, ...blocks: Parameters<MonoStream['push']>[0][]): number[] {
  const chunks = blocks.flatMap((block) => [...stream.push(block)]);
  return [...chunks, ...stream.flush()].flatMap((chunk) => [...chunk]);
}

test('samples that are not finite become 0, louder ones are held at 1', () => {
  const channel = Float32Array.of(0.5, Number.NaN, Number.POSITIVE_INFINITY, 3, -3, 0.25);
  expect(drain(new MonoStream(), { sampleRateHz: 16_000, channels: [channel] })).toEqual([0.5, 0, 0, 1, -1, 0.25]);
});

test('a change of the rate is followed', () => {
  const block = (sampleRateHz: number) => ({ sampleRateHz, channels: [new Float32Array(sampleRateHz)] });
  expect(drain(new MonoStream(), block(48_000), block(8000), block(16_000))).toHaveLength(48_000);
});

test.each([
  [9, 16_000],
  [1, 7999],
  [1, 192_001],
])('%i channels at %i Hz are too complex', (channelCount, sampleRateHz) => {
  const channels = Array.from({ length: channelCount }, () => new Float32Array(1));
  expect(() => drain(new MonoStream(), { sampleRateHz, channels })).toThrow(expect.objectContaining({ code: 'media_too_complex' }));
});
