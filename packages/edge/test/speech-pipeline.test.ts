import { DEFAULT_CLIP_POLICY } from '@outspoken/audio';
import type { VadModel } from '@outspoken/vad';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CaptureEventMap } from '../src/capture-event.ts';
import { SpeechPipeline } from '../src/speech-pipeline.ts';
import type { WorkerEventMessage, WorkerEventName } from '../src/worker-channel.ts';
import { FakeSink, type TakenClip } from './support/fake-sink.ts';
import { atRate, readDemoRecording } from './support/recordings.ts';
import { loadVadModel } from './support/silero.ts';

const BLOCK_FRAMES = 1024;
const { samples: recording, prompts } = readDemoRecording();
let model: VadModel;

beforeAll(async () => {
  model = await loadVadModel();
});
afterAll(() => model.close());

function build(vad: VadModel = model) {
  vad.reset();
  const messages: WorkerEventMessage[] = [];
  const failures: unknown[] = [];
  const sink = new FakeSink();
  let nowMs = 0;
  let frames = 0;
  const pipeline = new SpeechPipeline({
    model: vad,
    sink,
    policy: DEFAULT_CLIP_POLICY,
    now: () => {
      nowMs += 25;
      return nowMs;
    },
    emit: (message) => {
      messages.push(message);
      frames += message.name === 'level' ? message.detail.frames.length : 0;
    },
    onFailure: (cause) => failures.push(cause),
  });
  const details = <Name extends WorkerEventName>(name: Name): CaptureEventMap[Name][] =>
    messages.flatMap((message) => (message.name === name ? [message.detail as CaptureEventMap[Name]] : []));
  /** Pushes like the worklet does; the detector is never more than two seconds behind, as in real time. */
  const play = async (channels: readonly Float32Array[], sampleRateHz = 16_000): Promise<void> => {
    const length = channels[0]!.length;
    const framesBefore = frames;
    for (let start = 0; start < length; start += BLOCK_FRAMES) {
      pipeline.push(channels.map((channel) => channel.subarray(start, start + BLOCK_FRAMES)));
      const pushedFrames = (start / sampleRateHz) * 31.25;
      while (failures.length === 0 && framesBefore + pushedFrames > frames + 62) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { pipeline, play, sink, messages, failures, details };
}

const endMs = (clip: TakenClip): number => clip.start.startMs + clip.samples.length / 16;

test.each([16_000, 44_100, 48_000])('cuts a real recording at %i Hz into its utterances and sends nothing else', async (sampleRateHz) => {
  const { pipeline, play, sink, failures, details } = build();
  pipeline.setInput(sampleRateHz);
  await play([atRate(recording, sampleRateHz)], sampleRateHz);
  await pipeline.flush('stop');

  expect(failures).toEqual([]);
  // A prompt of several sentences may be several clips, but no clip spans two prompts.
  for (const { startMs, endMs: promptEndMs } of prompts) {
    const inside = sink.clips.filter((clip) => clip.start.startMs < promptEndMs && endMs(clip) > startMs);
    expect(inside.length).toBeGreaterThan(0);
    const first = inside[0]!;
    // The first word is whole: the clip begins before the prompt does, by no more than pre-roll and a frame of doubt.
    expect(first.start.startMs).toBeLessThanOrEqual(startMs + 20);
    expect(first.start.startMs).toBeGreaterThan(startMs - DEFAULT_CLIP_POLICY.preRollMs - 32);
    expect(endMs(inside.at(-1)!)).toBeLessThan(promptEndMs + 350);
  }
  const stats = details('stats').at(-1)!;
  expect(stats.capturedMs).toBeCloseTo(recording.length / 16, -1);
  const promptMs = prompts.reduce((sum, prompt) => sum + prompt.endMs - prompt.startMs, 0);
  expect(stats.sentMs).toBeLessThan(promptMs * 1.15);
  expect(stats.sentMs).toBe(sink.clips.reduce((sum, clip) => sum + clip.samples.length / 16, 0));
  expect(sink.reports.at(-1)).toMatchObject({ capturedBytes: stats.capturedBytes, voicedMs: stats.voicedMs });
});

test('hears the same in the one live channel of two', async () => {
  const mono = build();
  mono.pipeline.setInput(16_000);
  await mono.play([recording.subarray(0, 80_000)]);
  await mono.pipeline.flush('stop');
  const stereo = build();
  stereo.pipeline.setInput(16_000);
  await stereo.play([new Float32Array(80_000), recording.subarray(0, 80_000)]);
  await stereo.pipeline.flush('stop');
  expect(stereo.sink.clips).toHaveLength(mono.sink.clips.length);
  expect(Math.abs(stereo.sink.clips[0]!.start.startMs - mono.sink.clips[0]!.start.startMs)).toBeLessThanOrEqual(32);
});

test('streams a clip while the person still speaks', async () => {
  const { pipeline, play, sink } = build();
  pipeline.setInput(16_000);
  await play([recording.subarray(0, 32_000)]);
  await pipeline.flush('mute');
  // Two seconds in, half of them speech: the clip was open before the flush closed it.
  expect(sink.clips[0]!.end?.reason).toBe('mute');
  expect(sink.clips[0]!.samples.length).toBeGreaterThan(16_000);
});

test('ends the open clip on mute, sends nothing while muted, and keeps session time', async () => {
  const { pipeline, play, sink, details } = build();
  pipeline.setInput(16_000);
  const [first, second] = prompts as [(typeof prompts)[0], (typeof prompts)[0]];
  await play([recording.subarray(0, 40_000)]);
  pipeline.mute();
  pipeline.push([recording.subarray(40_000, second.startMs * 16 - 8000)]);
  pipeline.unmute();
  await play([recording.subarray(second.startMs * 16 - 8000, second.endMs * 16 + 16_000)]);
  await pipeline.flush('stop');
  expect(sink.clips[0]).toMatchObject({ end: { reason: 'mute' } });
  expect(endMs(sink.clips[0]!)).toBeLessThanOrEqual(2500);
  expect(sink.clips[1]!.start.startMs).toBeGreaterThan(second.startMs - 500.1);
  expect(sink.clips[1]!.start.startMs).toBeLessThanOrEqual(second.startMs + 20);
  expect(first.endMs).toBeGreaterThan(2500);
  const captured = details('stats').at(-1)!.capturedMs;
  expect(captured).toBeCloseTo(2500 + second.endMs + 1000 - (second.startMs - 500), 0);
});

test('does not join what lies on two sides of a gap', async () => {
  const { pipeline, play, sink } = build();
  pipeline.setInput(48_000);
  const at48 = atRate(recording.subarray(0, 64_000), 48_000);
  await play([at48.subarray(0, 96_000)], 48_000);
  pipeline.skip(4800);
  await play([at48.subarray(100_800)], 48_000);
  await pipeline.flush('stop');
  expect(sink.clips.length).toBeGreaterThanOrEqual(2);
  expect(endMs(sink.clips[0]!)).toBeLessThanOrEqual(2000);
  expect(sink.clips[1]!.start.startMs).toBeGreaterThanOrEqual(2100);
});

test('sends nothing for silence and noise', async () => {
  const { pipeline, play, sink, failures } = build();
  pipeline.setInput(16_000);
  let seed = 7;
  const noise = Float32Array.from({ length: 80_000 }, () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return 0.1 * (seed / 1_073_741_824 - 1);
  });
  await play([new Float32Array(80_000)]);
  await play([noise]);
  await pipeline.flush('stop');
  expect(sink.clips).toEqual([]);
  expect(failures).toEqual([]);
});

test('lives through samples that are not numbers', async () => {
  const { pipeline, play, sink, failures } = build();
  pipeline.setInput(16_000);
  const broken = recording.slice(0, 64_000);
  broken.fill(Number.NaN, 1000, 1010);
  broken[2000] = Number.POSITIVE_INFINITY;
  await play([broken]);
  await pipeline.flush('stop');
  expect(failures).toEqual([]);
  expect(sink.clips).toHaveLength(1);
});

test('drops and counts what a device that is too slow cannot take, and goes on after it', async () => {
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const slow: VadModel = { ...fakeModel(0), process: () => gate.then(() => 0) };
  const { pipeline, details } = build(slow);
  pipeline.setInput(16_000);
  for (let second = 0; second < 20; second += 1) pipeline.push([new Float32Array(16_000)]);
  open();
  await pipeline.flush('stop');
  pipeline.push([new Float32Array(16_000)]);
  await pipeline.flush('stop');
  expect(details('stats').at(-1)).toMatchObject({ capturedMs: 16_000, droppedMs: 5000 });
  expect(details('level').at(-1)!.frames.at(-1)!.timeMs).toBeCloseTo(21_000, -2);
});

test('lets a device that is a little too slow catch up in one go, so that speech stays in whole clips', async () => {
  const pending: (() => void)[] = [];
  const process = (): Promise<number> => new Promise((resolve) => pending.push(() => resolve(1)));
  const { pipeline, sink } = build({ ...fakeModel(1), process });
  const takeFrame = async (): Promise<void> => {
    while (pending.length === 0) await new Promise((resolve) => setImmediate(resolve));
    pending.shift()!();
  };
  pipeline.setInput(16_000);
  // 110 s of speech on a device that needs 1.25 s for each second: 15 s of arrears after 75 s, worked down to half in ten more.
  for (let block = 0; block < 3440; block += 10) {
    for (let each = 0; each < 10; each += 1) pipeline.push([new Float32Array(512)]);
    for (let each = 0; each < 8; each += 1) await takeFrame();
  }
  expect(sink.clips.filter(({ end }) => end?.reason === 'stop')).toHaveLength(1);
  expect(pipeline.stats.droppedMs).toBeGreaterThan(8000);
  expect(pipeline.stats.droppedMs).toBeLessThan(11_000);
});

test('tells once when the detector fails, and takes nothing more', async () => {
  const { pipeline, play, failures, details } = build({ ...fakeModel(0), process: () => Promise.reject(new Error('wasm trap')) });
  pipeline.setInput(16_000);
  await play([new Float32Array(32_000)]);
  await pipeline.flush('stop');
  expect(failures).toHaveLength(1);
  expect(details('level')).toEqual([]);
});

function fakeModel(probability: number): VadModel {
  return {
    sampleRateHz: 16_000,
    frameSamples: 512,
    process: async () => probability,
    reset: () => undefined,
    close: async () => undefined,
  };
}
