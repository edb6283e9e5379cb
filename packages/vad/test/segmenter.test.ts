import { DEFAULT_CLIP_POLICY } from '@outspoken/audio';
import { expect, test } from 'vitest';
import { type SegmentEvent, Segmenter } from '../src/index.ts';

const FRAME = 512;
const PRE_ROLL = DEFAULT_CLIP_POLICY.preRollMs * 16;
const TAIL = DEFAULT_CLIP_POLICY.tailMs * 16;
const HANGOVER = Math.ceil((DEFAULT_CLIP_POLICY.hangoverMs * 16) / FRAME);

test('opens a clip with pre-roll, announces its audio, offers the end after 192 ms and ends it after the hangover', () => {
  const events = pushAll(new Segmenter(), [...quiet(20), ...speech(10), ...quiet(HANGOVER)]);
  const startSample = 20 * FRAME - PRE_ROLL;
  const evidence = { voicedMs: 320, peakProbability: 0.9, meanProbability: expect.closeTo(0.9, 10) };
  expect(at(events, 20)).toEqual([{ type: 'tentative_start', startSample: 20 * FRAME }]);
  expect(at(events, 21)).toEqual([{ type: 'confirmed_start', startSample: 20 * FRAME }]);
  expect(at(events, 23)).toEqual([
    { type: 'clip_start', startSample },
    { type: 'clip_audio', endSample: 24 * FRAME },
  ]);
  expect(at(events, 29)).toEqual([{ type: 'clip_audio', endSample: 30 * FRAME }]);
  expect(at(events, 35)).toEqual([
    { type: 'clip_audio', endSample: 30 * FRAME + TAIL },
    { type: 'maybe_end', endSample: 30 * FRAME + TAIL, evidence },
  ]);
  expect(at(events, 29 + HANGOVER)).toEqual([
    {
      type: 'clip_end',
      endSample: 30 * FRAME + TAIL,
      voicedEndSample: 30 * FRAME,
      reason: 'silence',
      continues: false,
      evidence,
    },
  ]);
  expect(events).toHaveLength(44 - 28 + 2);
});

test('takes one loud frame for a misfire', () => {
  const events = pushAll(new Segmenter(), [...quiet(5), 0.9, ...quiet(5)]);
  expect(events.map(({ event }) => event)).toEqual([
    { type: 'tentative_start', startSample: 5 * FRAME },
    { type: 'misfire', startSample: 5 * FRAME, endSample: 8 * FRAME, reason: 'too_few_frames' },
  ]);
});

test('takes three voiced frames for a misfire and four for a clip', () => {
  const short = pushAll(new Segmenter(), [...quiet(5), ...speech(3), ...quiet(HANGOVER + 7)]);
  expect(types(short)).toEqual(['tentative_start', 'confirmed_start', 'misfire']);
  const endSample = (8 + HANGOVER) * FRAME;
  expect(at(short, 7 + HANGOVER)).toEqual([{ type: 'misfire', startSample: 5 * FRAME, endSample, reason: 'too_short' }]);
  const long = pushAll(new Segmenter(), [...quiet(5), ...speech(4), ...quiet(HANGOVER + 7)]);
  expect(types(long)).toContain('clip_end');
  expect(types(long)).not.toContain('misfire');
});

test('keeps the clip while frames stay above the offset probability', () => {
  const events = pushAll(new Segmenter(), [...speech(4), ...Array(40).fill(0.36), ...quiet(HANGOVER)]);
  expect(types(events).filter((type) => type === 'maybe_end')).toHaveLength(1);
  expect(at(events, 43 + HANGOVER).at(-1)).toMatchObject({ type: 'clip_end', voicedEndSample: 44 * FRAME });
});

test('goes on after a pause that is shorter than the hangover', () => {
  const events = pushAll(new Segmenter(), [...speech(10), ...quiet(HANGOVER - 1), ...speech(5), ...quiet(HANGOVER)]);
  expect(at(events, 9 + HANGOVER)).toEqual([{ type: 'resume' }, { type: 'clip_audio', endSample: (10 + HANGOVER) * FRAME }]);
  expect(types(events).filter((type) => type === 'clip_start')).toHaveLength(1);
  expect(types(events).filter((type) => type === 'maybe_end')).toHaveLength(2);
});

test('offers each end with the evidence up to it', () => {
  const events = pushAll(new Segmenter(), [...speech(10), ...quiet(6), ...Array(5).fill(0.4), ...quiet(HANGOVER)]);
  const offered = events.flatMap(({ event }) => (event.type === 'maybe_end' ? [event.evidence] : []));
  expect(offered).toEqual([
    { voicedMs: 320, peakProbability: 0.9, meanProbability: expect.closeTo(0.9, 10) },
    { voicedMs: 480, peakProbability: 0.9, meanProbability: expect.closeTo((10 * 0.9 + 5 * 0.4) / 15, 10) },
  ]);
  expect(events.at(-1)!.event).toMatchObject({ type: 'clip_end', evidence: offered[1] });
});

test('offers no end in a pause that is shorter than 192 ms', () => {
  const events = pushAll(new Segmenter(), [...speech(10), ...quiet(5), ...speech(5)]);
  expect(types(events)).not.toContain('maybe_end');
  expect(types(events)).not.toContain('resume');
});

test('clamps the pre-roll to the first sample and to the end of the clip before', () => {
  const events = pushAll(new Segmenter(), [...speech(5), ...quiet(HANGOVER + 1), ...speech(5)]);
  const starts = events.flatMap(({ event }) => (event.type === 'clip_start' ? [event.startSample] : []));
  expect(starts).toEqual([0, Math.max(5 * FRAME + TAIL, (6 + HANGOVER) * FRAME - PRE_ROLL)]);
  const policy = { ...DEFAULT_CLIP_POLICY, preRollMs: 2000 };
  const touching = pushAll(new Segmenter({ policy }), [...speech(5), ...quiet(HANGOVER + 1), ...speech(5)]);
  expect(at(touching, 9 + HANGOVER)[0]).toEqual({ type: 'clip_start', startSample: 5 * FRAME + TAIL });
});

test('splits long speech at its least voiced frame and overlaps the parts by 200 ms', () => {
  const probabilities = speech(700);
  probabilities[430] = 0.4;
  probabilities[440] = 0.5;
  const events = pushAll(new Segmenter(), probabilities);
  const splitSample = 431 * FRAME;
  // 15 s are 468.75 frames: the frame that no longer fits brings the split.
  expect(at(events, 468)).toEqual([
    {
      type: 'clip_end',
      endSample: splitSample,
      voicedEndSample: splitSample,
      reason: 'split',
      continues: true,
      evidence: { voicedMs: 431 * 32, peakProbability: 0.9, meanProbability: expect.closeTo((430 * 0.9 + 0.4) / 431, 10) },
    },
    { type: 'clip_start', startSample: splitSample - 3200 },
    { type: 'clip_audio', endSample: 469 * FRAME },
  ]);
});

test('holds back what lies behind the frame at which it would split now', () => {
  const probabilities = speech(460);
  probabilities[400] = 0.4;
  probabilities[420] = 0.5;
  const events = pushAll(new Segmenter(), probabilities);
  expect(events.at(-1)!.event).toEqual({ type: 'clip_audio', endSample: 401 * FRAME });
});

test('does not split when the speech ends before the maximum', () => {
  const events = pushAll(new Segmenter(), [...speech(468), ...quiet(20)]);
  const end = events.at(-1)!.event;
  // The tail is cut to the maximum.
  expect(end).toMatchObject({ type: 'clip_end', reason: 'silence', endSample: 240_000, continues: false });
});

test('splits in a short gap over the maximum only when speech goes on', () => {
  const ends = pushAll(new Segmenter(), [...speech(466), ...quiet(5), ...speech(10)]);
  expect(at(ends, 471).map(({ type }) => type)).toEqual(['clip_end', 'clip_start', 'clip_audio']);
  expect(at(ends, 471)[0]).toMatchObject({ reason: 'split', continues: true, endSample: 468 * FRAME, voicedEndSample: 466 * FRAME });
});

test('ends a pause that reaches the maximum without waiting for the hangover', () => {
  const events = pushAll(new Segmenter(), [...speech(464), ...quiet(6), ...quiet(20)]);
  expect(at(events, 469).map(({ type }) => type)).toEqual(['clip_audio', 'maybe_end', 'clip_end']);
});

test('flushes cleanly from every state', () => {
  const cases: [number[], string[]][] = [
    [[], []],
    [quiet(3), []],
    [speech(1), ['misfire']],
    [speech(2), ['misfire']],
    [speech(6), ['clip_end']],
    [[...speech(6), ...quiet(3)], ['clip_end']],
    [[...speech(6), ...quiet(8)], ['clip_end']],
    [[...speech(6), ...quiet(HANGOVER)], []],
    [
      [...speech(400), 0.4, ...speech(59)],
      ['clip_audio', 'clip_end'],
    ],
  ];
  for (const [probabilities, expected] of cases) {
    const segmenter = new Segmenter();
    pushAll(segmenter, probabilities);
    expect(segmenter.flush('mute').map(({ type }) => type)).toEqual(expected);
    expect(segmenter.flush('stop')).toEqual([]);
  }
});

test('ends a flushed clip with its tail at most, and reaches back over a flush with no pre-roll', () => {
  const segmenter = new Segmenter();
  pushAll(segmenter, [...speech(6), ...quiet(2)]);
  expect(segmenter.flush('stop')).toEqual([
    expect.objectContaining({ type: 'clip_end', endSample: 8 * FRAME, voicedEndSample: 6 * FRAME, reason: 'stop', continues: false }),
  ]);
  const events = pushAll(segmenter, speech(4));
  expect(events.at(-2)!.event).toEqual({ type: 'clip_start', startSample: 8 * FRAME });
});

test('refuses what is not a probability', () => {
  const segmenter = new Segmenter();
  for (const probability of [-0.1, 1.1, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => segmenter.push(probability)).toThrow(RangeError);
  }
  expect(segmenter.endSample).toBe(0);
});

interface TimedEvent {
  readonly frame: number;
  readonly event: SegmentEvent;
}

function pushAll(segmenter: Segmenter, probabilities: readonly number[]): TimedEvent[] {
  return probabilities.flatMap((probability, frame) => segmenter.push(probability).map((event) => ({ frame, event })));
}

function at(events: readonly TimedEvent[], frame: number): SegmentEvent[] {
  return events.filter((timed) => timed.frame === frame).map(({ event }) => event);
}

function types(events: readonly TimedEvent[]): string[] {
  return events.map(({ event }) => event.type);
}

function speech(frames: number): number[] {
  return Array(frames).fill(0.9);
}

function quiet(frames: number): number[] {
  return Array(frames).fill(0.05);
}
