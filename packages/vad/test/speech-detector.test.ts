import { readFile } from 'node:fs/promises';
import { DEFAULT_CLIP_POLICY, rmsDbfs } from '@outspoken/audio';
import { loadModelFiles } from '@outspoken/models';
import fc from 'fast-check';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { type DetectorEvent, loadSileroVad, SpeechDetector, type VadModel } from '../src/index.ts';
import { readFixture } from './support/fixture.ts';
import { voiceSignal, withSilence } from './support/voice-signal.ts';

const SEED = 20_261_124;
const SILERO = (await loadModelFiles('silero-vad-v6')).files.model;
const VOICE = withSilence(voiceSignal(1800), 640, 1000);

test('finds the prompts of a recording and hands over exactly their audio', async () => {
  const recording = await readFixture('demo-recording.wav');
  const prompts = JSON.parse(await readFile(new URL('../../../tests/fixtures/demo-recording.json', import.meta.url), 'utf8'));
  const { clips } = await detect(await loadSileroVad(ort, SILERO), [recording]);
  for (const clip of clips) expect(isEqual(clip.samples, recording.subarray(clip.startSample, clip.endSample))).toBe(true);
  for (const [index, { startMs, endMs }] of prompts.entries()) {
    const inside = clips.filter((clip) => clip.startSample < endMs * 16 && clip.endSample > startMs * 16);
    expect(inside.length, `prompt ${index}`).toBeGreaterThan(0);
  }
  // A prompt may be cut at its own pauses; a clip never holds two, because 1.3 s lie between them.
  for (const clip of clips) {
    const heard = prompts.filter((prompt: { startMs: number; endMs: number }) => {
      return clip.startSample < prompt.endMs * 16 && clip.endSample > prompt.startMs * 16;
    });
    expect(heard).toHaveLength(1);
    expect(clip.levelDbfs).toBeCloseTo(rmsDbfs(clip.samples), 6);
  }
});

test('gives the same clips from Silero however the audio is cut into calls', async () => {
  const whole = await detect(await loadSileroVad(ort, SILERO), [VOICE]);
  expect(whole.clips).toHaveLength(1);
  for (const length of [1, 160, 511, 512, 513, 4096]) {
    const chunks = length === 1 ? [...cut(VOICE.subarray(0, 700), 1), VOICE.subarray(700)] : cut(VOICE, length);
    const { events } = await detect(await loadSileroVad(ort, SILERO), chunks);
    expect(events).toEqual(whole.events);
  }
});

test('gives the same clips for any cutting, also when calls overlap', async () => {
  await fc.assert(
    fc.asyncProperty(loudness, fc.array(fc.integer({ min: 100, max: 3000 }), { minLength: 1, maxLength: 20 }), async (blocks, lengths) => {
      const samples = toSamples(blocks);
      const whole = await detect(new LoudnessModel(), [samples]);
      const chunks = [samples.subarray(0, 0), samples.subarray(0, 1)];
      for (let start = 1, index = 0; start < samples.length; index++) {
        const length = lengths[index % lengths.length]!;
        chunks.push(samples.subarray(start, start + length));
        start += length;
      }
      expect((await detect(new LoudnessModel(), chunks)).events).toEqual(whole.events);
      const detector = new SpeechDetector({ model: new LoudnessModel() });
      const running = chunks.map((chunk) => detector.push(chunk));
      const flushed = detector.flush('stop');
      expect([...(await Promise.all(running)).flat(), ...(await flushed)]).toEqual(whole.events);
    }),
    { seed: SEED, numRuns: 40 },
  );
});

test('clips hold the samples of the stream at their positions, in one piece', async () => {
  await fc.assert(
    fc.asyncProperty(loudness, fc.integer({ min: 2800, max: 5000 }), async (blocks, maximumMs) => {
      const samples = toSamples(blocks);
      const policy = { ...DEFAULT_CLIP_POLICY, maximumMs, splitSearchMs: 800 };
      const { clips, events } = await detect(new LoudnessModel(), [samples], policy);
      for (const clip of clips) {
        expect(isEqual(clip.samples, samples.subarray(clip.startSample, clip.endSample))).toBe(true);
        expect(clip.samples.length).toBeLessThanOrEqual(maximumMs * 16);
      }
      const frames = events.filter((event) => event.type === 'frame');
      expect(frames.length).toBe(Math.ceil(samples.length / 512));
      expect(frames.at(-1)?.endSample ?? 0).toBe(samples.length);
    }),
    { seed: SEED, numRuns: 60 },
  );
});

test('ends a flushed clip with the last sample pushed and counts on from there', async () => {
  const detector = new SpeechDetector({ model: new LoudnessModel() });
  const length = 10 * 512 + 100;
  await detector.push(tone(length));
  const flushed = await detector.flush('mute');
  expect(flushed.map(({ type }) => type)).toEqual(['frame', 'clip_audio', 'clip_end']);
  expect(flushed.at(-1)).toMatchObject({ endSample: length, voicedEndSample: length, reason: 'mute' });
  const events = await detector.push(tone(4 * 512));
  expect(events.find(({ type }) => type === 'clip_start')).toEqual({ type: 'clip_start', startSample: length });
  expect(events.at(-1)).toMatchObject({ type: 'clip_audio', endSample: length + 4 * 512 });
  expect(await detector.flush('stop')).toHaveLength(1);
  expect(await detector.flush('stop')).toEqual([]);
});

test('gives the model a fresh start after a flush', async () => {
  const detector = new SpeechDetector({ model: await loadSileroVad(ort, SILERO) });
  const first = [...(await detector.push(VOICE)), ...(await detector.flush('mute'))];
  const second = [...(await detector.push(VOICE)), ...(await detector.flush('mute'))];
  expect(probabilities(second)).toEqual(probabilities(first));
});

test('does not take audio that is not finite, and goes on', async () => {
  const detector = new SpeechDetector({ model: new LoudnessModel() });
  await detector.push(tone(512));
  await expect(detector.push(Float32Array.of(0, Number.NaN))).rejects.toMatchObject({ name: 'VadError', code: 'audio_not_finite' });
  expect((await detector.push(tone(512))).at(0)).toMatchObject({ type: 'frame', endSample: 1024 });
});

test('copies the samples before the call returns', async () => {
  const detector = new SpeechDetector({ model: new LoudnessModel() });
  const buffer = tone(512);
  const first = detector.push(buffer);
  const second = detector.push(buffer);
  buffer.fill(0);
  expect(probabilities([...(await first), ...(await second)])).toEqual([0.9, 0.9].map((value) => expect.closeTo(value, 5)));
});

test('refuses calls beyond ten seconds of waiting audio, and takes them again later', async () => {
  const detector = new SpeechDetector({ model: new LoudnessModel() });
  const waiting = [detector.push(new Float32Array(100_000)), detector.push(new Float32Array(60_000))];
  await expect(detector.push(new Float32Array(1))).rejects.toMatchObject({ code: 'backlog_full' });
  await Promise.all(waiting);
  expect(await detector.push(new Float32Array(200_000))).toHaveLength(Math.floor(360_000 / 512) - Math.floor(160_000 / 512));
});

test('fails alike after the model failed, until it is reset', async () => {
  const model = new LoudnessModel();
  const detector = new SpeechDetector({ model });
  model.failure = new Error('out of memory');
  await expect(detector.push(tone(512))).rejects.toBe(model.failure);
  const { failure } = model;
  model.failure = undefined;
  await expect(detector.push(tone(512))).rejects.toBe(failure);
  await expect(detector.flush('stop')).rejects.toBe(failure);
  detector.reset();
  expect((await detector.push(tone(512))).at(0)).toMatchObject({ type: 'frame', endSample: 512 });
});

test('a reset drops what is waiting and starts at position 0', async () => {
  const detector = new SpeechDetector({ model: await loadSileroVad(ort, SILERO) });
  const expected = [...(await detector.push(VOICE)), ...(await detector.flush('stop'))];
  detector.reset();
  await detector.push(VOICE.subarray(0, 30_000));
  const dropped = [detector.push(VOICE), detector.push(VOICE), detector.flush('stop')];
  await Promise.resolve();
  detector.reset();
  const events = [...(await detector.push(VOICE)), ...(await detector.flush('stop'))];
  expect(events).toEqual(expected);
  const late = await Promise.all(dropped);
  expect(late.flat().filter(({ type }) => type === 'clip_end')).toEqual([]);
});

test('refuses a policy that is out of range', () => {
  const policy = { ...DEFAULT_CLIP_POLICY, maximumMs: 100 };
  expect(() => new SpeechDetector({ model: new LoudnessModel(), policy })).toThrow(RangeError);
});

/** Loud is speech: a whole `VadModel` whose answers a test can foresee. */
class LoudnessModel implements VadModel {
  readonly sampleRateHz = 16000;
  readonly frameSamples = 512;
  failure: Error | undefined;

  async process(frame: Float32Array): Promise<number> {
    if (this.failure) throw this.failure;
    return Math.min(1, Math.sqrt(frame.reduce((sum, sample) => sum + sample * sample, 0) / frame.length));
  }

  reset(): void {}

  async close(): Promise<void> {}
}

function isEqual(actual: Float32Array, expected: Float32Array): boolean {
  return actual.length === expected.length && actual.every((sample, index) => sample === expected[index]);
}

const loudness = fc.array(
  fc.record({
    level: fc.constantFrom(0, 0.2, 0.4, 0.7, 0.9),
    samples: fc.oneof(fc.integer({ min: 1, max: 9000 }), fc.integer({ min: 1, max: 30_000 })),
  }),
  { minLength: 1, maxLength: 5 },
);

function toSamples(blocks: readonly { readonly level: number; readonly samples: number }[]): Float32Array {
  const output = new Float32Array(blocks.reduce((sum, { samples }) => sum + samples, 0));
  let start = 0;
  for (const { level, samples } of blocks) {
    // A counter in the last bits: a sample in the wrong place is seen.
    for (let i = start; i < start + samples; i++) output[i] = level * ((i % 2) * 2 - 1) + (i % 977) * 1e-6;
    start += samples;
  }
  return output;
}

function tone(samples: number): Float32Array {
  return new Float32Array(samples).fill(0.9);
}

interface Clip {
  readonly startSample: number;
  readonly endSample: number;
  readonly samples: Float32Array;
  readonly levelDbfs: number;
}

async function detect(
  model: VadModel,
  chunks: readonly Float32Array[],
  policy = DEFAULT_CLIP_POLICY,
): Promise<{ events: DetectorEvent[]; clips: Clip[] }> {
  const detector = new SpeechDetector({ model, policy });
  const events: DetectorEvent[] = [];
  for (const chunk of chunks) events.push(...(await detector.push(chunk)));
  events.push(...(await detector.flush('stop')));
  await model.close();
  return { events, clips: collectClips(events) };
}

function collectClips(events: readonly DetectorEvent[]): Clip[] {
  const clips: Clip[] = [];
  let startSample = 0;
  let parts: Float32Array[] = [];
  for (const event of events) {
    if (event.type === 'clip_start') {
      startSample = event.startSample;
      parts = [];
    } else if (event.type === 'clip_audio') {
      expect(event.startSample).toBe(startSample + parts.reduce((sum, part) => sum + part.length, 0));
      expect(event.samples.length).toBe(event.endSample - event.startSample);
      parts.push(event.samples);
    } else if (event.type === 'clip_end') {
      const samples = new Float32Array(event.endSample - startSample);
      let filled = 0;
      for (const part of parts) {
        samples.set(part, filled);
        filled += part.length;
      }
      expect(filled).toBe(samples.length);
      clips.push({ startSample, endSample: event.endSample, samples, levelDbfs: event.levelDbfs });
    }
  }
  return clips;
}

function cut(samples: Float32Array, length: number): Float32Array[] {
  return Array.from({ length: Math.ceil(samples.length / length) }, (_, index) => samples.subarray(index * length, (index + 1) * length));
}

function probabilities(events: readonly DetectorEvent[]): number[] {
  return events.flatMap((event) => (event.type === 'frame' ? [event.probability] : []));
}
