import { type ClipPolicy, DEFAULT_CLIP_POLICY, rmsDbfs } from '@outspoken/audio';
import type { DetectorEvent } from '@outspoken/vad';
import { describe, expect, test, vi } from 'vitest';
import { cutRecording, type RecordingClip, type RecordingEvent } from '../src/index.ts';
import { createDetector, inChunks, readDemoRecording, SPLITTING_POLICY } from './support/speech.ts';

const RECORDING = await readDemoRecording();
/** The end of the prompts is left out: speech is under way when this recording stops, in the middle of a frame. */
const BROKEN_OFF = RECORDING.subarray(0, 150_007);

async function readAll(events: AsyncIterable<RecordingEvent>): Promise<RecordingEvent[]> {
  const all: RecordingEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

function clipsOf(events: readonly RecordingEvent[]): RecordingClip[] {
  return events.flatMap((event) => (event.type === 'clip' ? [event.clip] : []));
}

/** What a client on the edge is handed: the detector's own events, the audio in steps of a microphone. */
async function edgeEvents(samples: Float32Array, policy: ClipPolicy): Promise<DetectorEvent[]> {
  const detector = await createDetector(policy);
  const events: DetectorEvent[] = [];
  for (let start = 0; start < samples.length; start += 1536) {
    events.push(...(await detector.push(samples.subarray(start, start + 1536))));
  }
  return [...events, ...(await detector.flush('stop'))];
}

describe.each([
  ['whole', RECORDING, DEFAULT_CLIP_POLICY, 'silence', 0],
  ['with splits', RECORDING, SPLITTING_POLICY, 'silence', 3],
  ['broken off in speech', BROKEN_OFF, DEFAULT_CLIP_POLICY, 'stop', 0],
] as const)('a recording %s', async (_name, recording, policy, lastReason, leastSplits) => {
  const edge = await edgeEvents(recording, policy);
  const ends = edge.filter((event) => event.type === 'clip_end');
  const starts = edge.filter((event) => event.type === 'clip_start');

  test.each([[[160]], [[1536]], [[16_000]], [[recording.length]], [[1, 511, 40_000, 513]]])(
    'is cut as on the edge when it comes in chunks of %j samples',
    async (lengths) => {
      const clips = clipsOf(await readAll(cutRecording(inChunks(recording, lengths), await createDetector(policy))));
      expect(clips.map(({ startSample }) => startSample)).toEqual(starts.map(({ startSample }) => startSample));
      expect(clips).toMatchObject(
        ends.map(({ endSample, continues, evidence, levelDbfs }, index) => ({ index, endSample, continues, evidence, levelDbfs })),
      );
      for (const { samples, startSample, endSample } of clips) {
        expect(Buffer.from(samples.buffer).equals(Buffer.from(recording.slice(startSample, endSample).buffer))).toBe(true);
      }
    },
  );

  test('says where the speech of each clip is', async () => {
    const clips = clipsOf(await readAll(cutRecording(inChunks(recording, [16_000]), await createDetector(policy))));
    expect(clips.length).toBeGreaterThan(1);
    expect(ends.at(-1)?.reason).toBe(lastReason);
    expect(clips.filter(({ continues }) => continues).length).toBeGreaterThanOrEqual(leastSplits);
    const onsets = edge.filter((event) => event.type === 'confirmed_start').map(({ startSample }) => startSample);
    for (const [index, clip] of clips.entries()) {
      const before = clips[index - 1];
      if (before?.continues) expect(clip.speechStartSample).toBe(before.endSample);
      else expect(onsets).toContain(clip.speechStartSample);
      expect(clip.speechEndSample).toBe(ends[index]?.voicedEndSample);
      expect(clip.startSample).toBeLessThanOrEqual(clip.speechStartSample);
      expect(clip.speechStartSample).toBeLessThan(clip.speechEndSample);
      expect(clip.speechEndSample).toBeLessThanOrEqual(clip.endSample);
      expect(clip.speechStartSample).toBeGreaterThanOrEqual(before?.speechEndSample ?? 0);
      expect(clip.endSample).toBeLessThanOrEqual(recording.length);
      expect(clip.levelDbfs).toBeCloseTo(rmsDbfs(clip.samples), 6);
    }
  });
});

test('tells its progress once a second of audio, whatever the chunks, and the length at the end', async () => {
  const samples = RECORDING.subarray(0, 50_000);
  for (const lengths of [[160], [50_000]]) {
    const events = await readAll(cutRecording(inChunks(samples, lengths), await createDetector(DEFAULT_CLIP_POLICY)));
    expect(events.filter(({ type }) => type === 'progress')).toEqual(
      [1, 2, 3].map((second) => ({ type: 'progress', readMs: second * 1000 })),
    );
    expect(events.at(-1)).toEqual({ type: 'end', durationMs: 3125 });
  }
});

test('finds nothing in nothing, and nothing in silence', async () => {
  const detector = await createDetector(DEFAULT_CLIP_POLICY);
  expect(await readAll(cutRecording(inChunks(new Float32Array(0), [1]), detector))).toEqual([{ type: 'end', durationMs: 0 }]);
  expect(await readAll(cutRecording(inChunks(new Float32Array(1_000), [300]), detector))).toEqual([{ type: 'end', durationMs: 62.5 }]);
});

test('cuts one recording after another with one detector, each from its start', async () => {
  const detector = await createDetector(DEFAULT_CLIP_POLICY);
  const first = await readAll(cutRecording(inChunks(BROKEN_OFF, [16_000]), detector));
  for await (const event of cutRecording(inChunks(RECORDING, [16_000]), detector)) {
    if (event.type === 'clip') break;
  }
  expect(await readAll(cutRecording(inChunks(BROKEN_OFF, [16_000]), detector))).toEqual(first);
});

test('reads only as far as it is asked to, and closes the source when the consumer stops', async () => {
  const source = new CountingSource(RECORDING);
  const events = cutRecording(source.chunks(), await createDetector(DEFAULT_CLIP_POLICY));
  await events.next();
  expect(source).toMatchObject({ readChunks: 1, isClosed: false });
  await events.next();
  expect(source).toMatchObject({ readChunks: 2, isClosed: false });
  await events.return();
  expect(source).toMatchObject({ readChunks: 2, isClosed: true });
});

test('lets a failure of the source rise as it is', async () => {
  const failure = new Error('the disk is gone');
  async function* failing(): AsyncGenerator<Float32Array> {
    yield RECORDING.subarray(0, 16_000);
    throw failure;
  }
  await expect(readAll(cutRecording(failing(), await createDetector(DEFAULT_CLIP_POLICY)))).rejects.toBe(failure);
});

test('closes the source when the detector refuses its audio', async () => {
  const source = new CountingSource(new Float32Array(16_000).fill(Number.NaN));
  const cutting = readAll(cutRecording(source.chunks(), await createDetector(DEFAULT_CLIP_POLICY)));
  await expect(cutting).rejects.toMatchObject({ name: 'VadError', code: 'audio_not_finite' });
  expect(source.isClosed).toBe(true);
});

test('hands a long chunk to the detector a second at a time', async () => {
  const detector = await createDetector(DEFAULT_CLIP_POLICY);
  const push = vi.spyOn(detector, 'push');
  await readAll(cutRecording(inChunks(RECORDING.subarray(0, 40_000), [40_000]), detector));
  expect(push.mock.calls.map(([samples]) => samples.length)).toEqual([16_000, 16_000, 8_000]);
});

/** Seconds of audio, and how far they were read. */
class CountingSource {
  readonly #samples: Float32Array;
  readChunks = 0;
  isClosed = false;

  constructor(samples: Float32Array) {
    this.#samples = samples;
  }

  async *chunks(): AsyncGenerator<Float32Array, void, undefined> {
    try {
      for await (const chunk of inChunks(this.#samples, [16_000])) {
        this.readChunks += 1;
        yield chunk;
      }
    } finally {
      this.isClosed = true;
    }
  }
}
