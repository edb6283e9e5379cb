import { type ClipPolicy, DEFAULT_CLIP_POLICY } from '@outspoken/audio';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_SEGMENTER_OPTIONS, type FlushReason, type SegmentEvent, Segmenter, type SegmenterOptions } from '../src/index.ts';

const FRAME = 512;
const SEED = 20_261_124;
const SETTINGS = { seed: SEED, numRuns: 1500 };

interface Input {
  readonly policy: ClipPolicy;
  readonly options: SegmenterOptions;
  /** A probability for each frame; a reason is a flush between frames. */
  readonly steps: readonly (number | FlushReason)[];
}

interface Step {
  readonly probability: number;
  readonly startSample: number;
  readonly endSample: number;
  /** How many flushes came before. */
  readonly epoch: number;
}

interface TimedEvent {
  readonly event: SegmentEvent;
  /** Frames pushed when it came. */
  readonly frames: number;
  readonly epoch: number;
}

interface Clip {
  readonly startSample: number;
  readonly endSample: number;
  readonly voicedEndSample: number;
  /** Start of the speech of its chain. */
  readonly onsetSample: number;
  readonly isContinuation: boolean;
  readonly end: Extract<SegmentEvent, { type: 'clip_end' }>;
  readonly epoch: number;
}

const policies = fc
  .record({
    preRollMs: fc.integer({ min: 0, max: 600 }),
    maybeEndMs: fc.integer({ min: 32, max: 400 }),
    addedHangoverMs: fc.integer({ min: 0, max: 400 }),
    tailRatio: fc.double({ min: 0, max: 1, noNaN: true }),
    minimumVoicedMs: fc.integer({ min: 32, max: 400 }),
    maximumMs: fc.integer({ min: 2800, max: 5000 }),
    splitSearchMs: fc.integer({ min: 100, max: 900 }),
    splitOverlapMs: fc.integer({ min: 0, max: 300 }),
  })
  .map(({ addedHangoverMs, tailRatio, ...rest }): ClipPolicy => {
    const { maybeEndMs } = rest;
    return { ...DEFAULT_CLIP_POLICY, ...rest, hangoverMs: maybeEndMs + addedHangoverMs, tailMs: Math.floor(tailRatio * maybeEndMs) };
  })
  .chain((policy) => fc.constantFrom(policy, policy, policy, { ...DEFAULT_CLIP_POLICY, maximumMs: 5000 }));

const options = fc.constantFrom(
  DEFAULT_SEGMENTER_OPTIONS,
  { ...DEFAULT_SEGMENTER_OPTIONS, onsetFrames: 1, onsetWindowFrames: 1 },
  { ...DEFAULT_SEGMENTER_OPTIONS, onsetFrames: 3, onsetWindowFrames: 3 },
  { ...DEFAULT_SEGMENTER_OPTIONS, onsetFrames: 3, onsetWindowFrames: 5, offsetProbability: 0.5 },
);

const probability = {
  low: fc.double({ min: 0, max: 0.349, noNaN: true }),
  middle: fc.double({ min: 0.35, max: 0.499, noNaN: true }),
  high: fc.double({ min: 0.5, max: 1, noNaN: true }),
  any: fc.double({ min: 0, max: 1, noNaN: true }),
};
const run = fc
  .tuple(
    fc.constantFrom('low', 'middle', 'high', 'high', 'any'),
    fc.oneof(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 220 })),
  )
  .chain(([kind, frames]) => fc.array(probability[kind as keyof typeof probability], { minLength: frames, maxLength: frames }));
const flush = fc.constantFrom<FlushReason>('stop', 'mute').map((reason) => [reason]);
const steps = fc
  .array(fc.oneof({ arbitrary: run, weight: 12 }, { arbitrary: flush, weight: 1 }), { minLength: 1, maxLength: 14 })
  .map((parts) => [...parts.flat(), 'stop'] as const);
const inputs: fc.Arbitrary<Input> = fc.record({ policy: policies, options, steps });

test('events follow the grammar, and a misfire never opened a clip', () => {
  check((input, { events }) => {
    const order = events.map(({ event }) => (event.type === 'clip_end' && event.continues ? 'clip_split' : event.type)).join(' ');
    const clip =
      'clip_start( clip_audio)*(( clip_split clip_start)?( maybe_end resume)?( clip_audio)*)*( maybe_end)?( clip_audio)* clip_end';
    const start = `tentative_start (misfire|confirmed_start (misfire|${clip}))`;
    expect(order).toMatch(new RegExp(`^(${start}( |$))*$`));
    for (const { event } of events) if (event.type === 'clip_end') expect(event.continues).toBe(event.reason === 'split');
    expect(input.steps.at(-1)).toBe('stop');
  });
});

test('clips are sequential, never too long, and overlap only at splits, by exactly the overlap', () => {
  check(({ policy }, { clips }) => {
    for (const [index, clip] of clips.entries()) {
      expect(clip.endSample).toBeGreaterThan(clip.startSample);
      expect(clip.endSample - clip.startSample).toBeLessThanOrEqual(policy.maximumMs * 16);
      const previous = clips[index - 1];
      if (clip.isContinuation) expect(clip.startSample).toBe(previous!.endSample - policy.splitOverlapMs * 16);
      else expect(clip.startSample).toBeGreaterThanOrEqual(previous?.endSample ?? 0);
    }
  });
});

test('a clip that continues is followed at once by its next part; the last part does not continue', () => {
  check((_, { events, clips }) => {
    for (const [index, { event, frames }] of events.entries()) {
      if (event.type === 'clip_end' && event.continues) expect(events[index + 1]).toMatchObject({ frames, event: { type: 'clip_start' } });
    }
    expect(clips.at(-1)?.end.continues ?? false).toBe(false);
  });
});

test('clip audio only grows, was already heard, ends with the clip, and needs no more history than stated', () => {
  check((_, { events, historySamples }) => {
    let sentEndSample = 0;
    for (const { event, frames } of events) {
      if (event.type === 'clip_start') {
        sentEndSample = event.startSample;
        expect(sentEndSample).toBeGreaterThanOrEqual(frames * FRAME - historySamples);
      } else if (event.type === 'clip_audio') {
        expect(sentEndSample).toBeGreaterThanOrEqual(frames * FRAME - historySamples);
        expect(event.endSample).toBeGreaterThan(sentEndSample);
        expect(event.endSample).toBeLessThanOrEqual(frames * FRAME);
        sentEndSample = event.endSample;
      } else if (event.type === 'maybe_end' || event.type === 'clip_end') {
        expect(event.endSample).toBe(sentEndSample);
      }
    }
  });
});

test('a clip that ends in silence ends as maybe_end said, at the last voiced frame and the tail', () => {
  check(({ policy, options }, { events, clips, frames }) => {
    let maybeEnd: SegmentEvent | undefined;
    for (const { event } of events) {
      if (event.type === 'maybe_end') maybeEnd = event;
      else if (event.type === 'resume') maybeEnd = undefined;
      else if (event.type === 'clip_end') {
        const { endSample, evidence } = event;
        if (event.reason === 'silence') expect(maybeEnd).toEqual({ type: 'maybe_end', endSample, evidence });
        maybeEnd = undefined;
      }
    }
    for (const clip of clips) {
      if (clip.end.reason !== 'silence') continue;
      const voiced = frames.filter((frame) => frame.startSample < clip.endSample && frame.probability >= options.offsetProbability);
      expect(clip.voicedEndSample).toBe(voiced.at(-1)!.endSample);
      const tailEndSample = clip.voicedEndSample + policy.tailMs * 16;
      expect(clip.endSample).toBe(Math.min(tailEndSample, clip.startSample + policy.maximumMs * 16));
    }
  });
});

test('no sample is lost between the onset and the last voiced frame', () => {
  check((_, { clips }) => {
    let coveredEndSample = 0;
    for (const clip of clips) {
      if (!clip.isContinuation) {
        expect(clip.startSample).toBeLessThanOrEqual(clip.onsetSample);
        coveredEndSample = clip.startSample;
      }
      expect(clip.startSample).toBeLessThanOrEqual(coveredEndSample);
      expect(clip.endSample).toBeGreaterThanOrEqual(clip.voicedEndSample);
      coveredEndSample = clip.endSample;
    }
  });
});

test('every frame of speech long enough for a clip is in a clip', () => {
  check(({ policy, options }, { frames, clips }) => {
    const needed = Math.max(Math.ceil(policy.minimumVoicedMs / 32), options.onsetWindowFrames);
    for (const [first, last] of runsOf(frames, (frame) => frame.probability >= options.onsetProbability)) {
      if (last - first + 1 < needed) continue;
      for (let index = first; index <= last; index++) {
        const { startSample, endSample } = frames[index]!;
        expect(isCovered(clips, startSample, endSample), `frame ${index}`).toBe(true);
      }
    }
  });
});

test('a clip starts with its pre-roll, clamped to the clip or the flush before', () => {
  check(({ policy }, { clips, flushSamples }) => {
    for (const [index, clip] of clips.entries()) {
      if (clip.isContinuation) continue;
      const floorSample = Math.max(clips[index - 1]?.endSample ?? 0, flushSamples[clip.epoch - 1] ?? 0);
      expect(clip.startSample).toBe(Math.max(floorSample, clip.onsetSample - policy.preRollMs * 16));
      expect(clip.onsetSample).toBeGreaterThanOrEqual(floorSample);
    }
  });
});

test('the evidence is that of the voiced frames of the clip', () => {
  check(({ policy, options }, { clips, frames }) => {
    for (const clip of clips) {
      const fromSample = clip.isContinuation ? clip.startSample : clip.onsetSample;
      const inside = frames.filter(({ startSample, endSample }) => startSample >= fromSample && endSample <= clip.endSample);
      const voiced = inside.map((frame) => frame.probability).filter((value) => value >= options.offsetProbability);
      const { voicedMs, peakProbability, meanProbability } = clip.end.evidence;
      expect(voicedMs).toBe(voiced.length * 32);
      expect(voiced.length).toBeGreaterThan(0);
      expect(peakProbability).toBe(Math.max(...voiced));
      expect(meanProbability).toBeCloseTo(voiced.reduce((sum, value) => sum + value, 0) / voiced.length, 10);
      if (!clip.isContinuation && !clip.end.continues) expect(voicedMs).toBeGreaterThanOrEqual(policy.minimumVoicedMs);
    }
  });
});

interface Trace {
  readonly frames: readonly Step[];
  readonly events: readonly TimedEvent[];
  readonly clips: readonly Clip[];
  readonly flushSamples: readonly number[];
  readonly historySamples: number;
}

function check(verify: (input: Input, trace: Trace) => void): void {
  fc.assert(
    fc.property(inputs, (input) => {
      let segmenter: Segmenter;
      try {
        segmenter = new Segmenter({ policy: input.policy, options: input.options });
      } catch {
        fc.pre(false);
        return;
      }
      verify(input, trace(segmenter, input.steps));
    }),
    SETTINGS,
  );
}

function trace(segmenter: Segmenter, steps: Input['steps']): Trace {
  const frames: Step[] = [];
  const events: TimedEvent[] = [];
  const flushSamples: number[] = [];
  for (const step of steps) {
    const epoch = flushSamples.length;
    if (typeof step === 'number') {
      frames.push({ probability: step, startSample: frames.length * FRAME, endSample: (frames.length + 1) * FRAME, epoch });
    }
    const found = typeof step === 'number' ? segmenter.push(step) : segmenter.flush(step);
    for (const event of found) events.push({ event, frames: frames.length, epoch });
    if (typeof step !== 'number') flushSamples.push(frames.length * FRAME);
  }
  return { frames, events, clips: collectClips(events), flushSamples, historySamples: segmenter.historySamples };
}

function collectClips(events: readonly TimedEvent[]): Clip[] {
  const clips: Clip[] = [];
  let onsetSample = -1;
  let startSample = -1;
  for (const { event, epoch } of events) {
    if (event.type === 'confirmed_start') onsetSample = event.startSample;
    else if (event.type === 'clip_start') startSample = event.startSample;
    else if (event.type === 'clip_end') {
      const isContinuation = clips.at(-1)?.end.continues ?? false;
      const { endSample, voicedEndSample } = event;
      clips.push({ startSample, endSample, voicedEndSample, onsetSample, isContinuation, end: event, epoch });
    }
  }
  return clips;
}

function* runsOf(frames: readonly Step[], isIn: (frame: Step) => boolean): Generator<[number, number]> {
  let first = -1;
  for (const [index, frame] of frames.entries()) {
    const isBroken = first >= 0 && frame.epoch !== frames[first]!.epoch;
    if (first >= 0 && (isBroken || !isIn(frame))) {
      yield [first, index - 1];
      first = -1;
    }
    if (first < 0 && isIn(frame)) first = index;
  }
  if (first >= 0) yield [first, frames.length - 1];
}

function isCovered(clips: readonly Clip[], startSample: number, endSample: number): boolean {
  let coveredSample = startSample;
  for (const clip of clips) {
    if (clip.startSample <= coveredSample && clip.endSample > coveredSample) coveredSample = clip.endSample;
  }
  return coveredSample >= endSample;
}
