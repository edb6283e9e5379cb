import { beforeAll, expect, test } from 'vitest';
import type { FromWorkletMessage } from '../src/worker-channel.ts';

type Frames = Extract<FromWorkletMessage, { type: 'frames' }>;
interface Port {
  onmessage: ((event: { data: unknown }) => void) | null;
  postMessage(message: unknown, transfer?: ArrayBuffer[]): void;
}
interface Processor {
  readonly port: Port;
  process(inputs: Float32Array[][]): boolean;
}

let Processor: new () => Processor;
const scope = globalThis as unknown as Record<string, unknown>;

beforeAll(async () => {
  scope['AudioWorkletProcessor'] = class {
    readonly port = fakePort();
  };
  scope['registerProcessor'] = (name: string, processor: new () => Processor) => {
    expect(name).toBe('outspoken-capture');
    Processor = processor;
  };
  await import('../src/capture.worklet.ts');
});

function fakePort() {
  const posted: FromWorkletMessage[] = [];
  const port: Port & { posted: FromWorkletMessage[] } = {
    posted,
    onmessage: null,
    // Transfers like a real port, so that a buffer used after it was given away is noticed.
    postMessage: (message, transfer = []) => posted.push(structuredClone(message as FromWorkletMessage, { transfer })),
  };
  return port;
}

/** A processor whose frame clock runs by itself. */
function create() {
  scope['currentFrame'] = 0;
  const processor = new Processor();
  const output = fakePort();
  processor.port.onmessage?.({ data: { type: 'connect', port: output } });
  const run = (...channels: Float32Array[]): boolean => {
    const goesOn = processor.process([channels]);
    scope['currentFrame'] = (scope['currentFrame'] as number) + 128;
    return goesOn;
  };
  const frames = (): Frames[] => output.posted.filter((message): message is Frames => message.type === 'frames');
  return { processor, output, run, frames };
}

const quantum = (value: number): Float32Array => new Float32Array(128).fill(value);
const channelOf = (message: Frames, channel: number): Float32Array =>
  new Float32Array(message.buffer, channel * message.strideFrames * 4, message.frameCount);

test('gathers eight quanta into one message with every sample in place', () => {
  const { run, frames } = create();
  for (let index = 0; index < 16; index += 1) run(Float32Array.from({ length: 128 }, (_, i) => index * 128 + i));
  expect(frames()).toHaveLength(2);
  expect(frames().map(({ startFrame, frameCount, channelCount }) => ({ startFrame, frameCount, channelCount }))).toEqual([
    { startFrame: 0, frameCount: 1024, channelCount: 1 },
    { startFrame: 1024, frameCount: 1024, channelCount: 1 },
  ]);
  expect(channelOf(frames()[1]!, 0)).toEqual(Float32Array.from({ length: 1024 }, (_, i) => 1024 + i));
});

test('keeps channels apart and starts a new block when their number changes', () => {
  const { run, frames } = create();
  run(quantum(1));
  for (let index = 0; index < 8; index += 1) run(quantum(2), quantum(3));
  expect(frames().map(({ channelCount, frameCount, startFrame }) => [channelCount, frameCount, startFrame])).toEqual([
    [1, 128, 0],
    [2, 1024, 128],
  ]);
  expect(channelOf(frames()[1]!, 0)).toEqual(new Float32Array(1024).fill(2));
  expect(channelOf(frames()[1]!, 1)).toEqual(new Float32Array(1024).fill(3));
});

test('uses buffers again that come back', () => {
  const { output, run, frames } = create();
  for (let index = 0; index < 8; index += 1) run(quantum(1));
  const { buffer } = frames()[0]!;
  output.onmessage?.({ data: buffer });
  for (let index = 0; index < 16; index += 1) run(quantum(5));
  // The second block was there already; the third is written into the buffer that came back, and given away for good.
  expect(buffer.byteLength).toBe(0);
  expect(channelOf(frames()[2]!, 0)).toEqual(new Float32Array(1024).fill(5));
});

test('stops posting when nobody reads, and shows the gap afterwards', () => {
  const { output, run, frames } = create();
  for (let index = 0; index < 8 * 500; index += 1) run(quantum(1));
  expect(frames()).toHaveLength(480);
  for (const message of frames()) output.onmessage?.({ data: message.buffer });
  for (let index = 0; index < 8; index += 1) run(quantum(1));
  expect(frames()).toHaveLength(481);
  expect(frames()[480]!.startFrame).toBe(500 * 1024);
});

test('posts what it holds at the end, once, and is done', () => {
  const { processor, output, run } = create();
  run(quantum(1));
  processor.port.onmessage?.({ data: { type: 'end' } });
  processor.port.onmessage?.({ data: { type: 'end' } });
  expect(output.posted.map(({ type }) => type)).toEqual(['frames', 'end']);
  expect(run(quantum(1))).toBe(false);
  expect(output.posted).toHaveLength(2);
});

test('neither throws nor posts for inputs that are not there', () => {
  const { processor, output, run } = create();
  expect(run()).toBe(true);
  expect(processor.process([])).toBe(true);
  expect(run(new Float32Array(4096))).toBe(true);
  expect(new Processor().process([[quantum(1)]])).toBe(true);
  expect(output.posted).toEqual([]);
});
