import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FrameIntake } from '../src/frame-intake.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function create() {
  const told: unknown[] = [];
  const returned: ArrayBuffer[] = [];
  let isClosed = false;
  const port = {
    onmessage: null as ((event: { data: unknown }) => void) | null,
    postMessage: (buffer: ArrayBuffer) => returned.push(buffer),
    close: () => {
      isClosed = true;
    },
  };
  const intake = new FrameIntake(port as unknown as MessagePort, {
    onFrames: (channels) => told.push(channels.map((channel) => Array.from(channel))),
    onGap: (frameCount) => told.push(`gap ${frameCount}`),
    onFlowing: () => told.push('flowing'),
    onStalled: () => told.push('stalled'),
  });
  const frames = (startFrame: number, ...channels: number[][]): void => {
    const strideFrames = 4;
    const samples = new Float32Array(strideFrames * channels.length);
    for (const [index, channel] of channels.entries()) samples.set(channel, index * strideFrames);
    const frameCount = channels[0]!.length;
    port.onmessage?.({
      data: { type: 'frames', buffer: samples.buffer, channelCount: channels.length, frameCount, strideFrames, startFrame },
    });
  };
  return { intake, told, returned, frames, port, isClosed: () => isClosed };
}

test('reads planar frames, gives the buffer back, and says once that sound flows', () => {
  const { intake, told, returned, frames } = create();
  intake.setRunning(true);
  frames(0, [1, 2], [3, 4]);
  frames(2, [5, 6, 7]);
  expect(told).toEqual([
    'flowing',
    [
      [1, 2],
      [3, 4],
    ],
    [[5, 6, 7]],
  ]);
  expect(returned).toHaveLength(2);
});

test('notices missing frames, but not at the first block', () => {
  const { told, frames } = create();
  frames(4096, [1]);
  frames(4100, [2]);
  expect(told).toEqual([[[1]], 'gap 3', [[2]]]);
});

test('calls two seconds without frames a stall, once', () => {
  const { intake, told, frames } = create();
  intake.setRunning(true);
  vi.advanceTimersByTime(1500);
  frames(0, [1]);
  vi.advanceTimersByTime(1999);
  expect(told).not.toContain('stalled');
  vi.advanceTimersByTime(500);
  vi.advanceTimersByTime(10_000);
  expect(told.filter((each) => each === 'stalled')).toHaveLength(1);
});

test('expects nothing while the context is held back', () => {
  const { intake, told } = create();
  vi.advanceTimersByTime(10_000);
  intake.setRunning(true);
  intake.setRunning(false);
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual([]);
});

test('is drained at the end that the worklet posts', async () => {
  const { intake, told, frames, port } = create();
  const drained = intake.drain();
  frames(0, [1]);
  port.onmessage?.({ data: { type: 'end' } });
  await drained;
  expect(told).toEqual([[[1]]]);
});

test('waits for the next frame again after each, and gives up when none comes', async () => {
  const { intake, frames } = create();
  let isDrained = false;
  const drained = intake.drain().then(() => {
    isDrained = true;
  });
  for (let startFrame = 0; startFrame < 10; startFrame += 1) {
    await vi.advanceTimersByTimeAsync(40);
    frames(startFrame, [1]);
  }
  await vi.advanceTimersByTimeAsync(49);
  expect(isDrained).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await drained;
});

test('reads nothing more and watches no more once it is closed', () => {
  const { intake, told, frames, isClosed } = create();
  intake.setRunning(true);
  intake.close();
  frames(0, [1]);
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual([]);
  expect(isClosed()).toBe(true);
});
