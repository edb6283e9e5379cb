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
    onEnd: () => told.push('end'),
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

test('passes the end on and closes its port', () => {
  const { intake, told, port, isClosed } = create();
  port.onmessage?.({ data: { type: 'end' } });
  intake.setRunning(true);
  intake.close();
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual(['end']);
  expect(isClosed()).toBe(true);
});
