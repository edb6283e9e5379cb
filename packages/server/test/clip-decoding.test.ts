import { DEFAULT_TEXT_FORMAT, textFormat } from '@outspoken/text';
import { expect, test } from 'vitest';
import { DispatchError } from '../src/dispatch/dispatcher.ts';
import type { ScheduledOutcome } from '../src/scheduling/scheduler.ts';
import { AudioBudget, ClipAudio } from '../src/session/clip-audio.ts';
import { ClipDecoding } from '../src/session/clip-decoding.ts';
import type { SessionError } from '../src/session/session-error.ts';
import { sessionBench, settle } from './support/session-bench.ts';
import { tone } from './support/speech.ts';

function bench(
  limits: Parameters<typeof sessionBench>[1] = {},
  options: Parameters<typeof sessionBench>[0] = {},
  format = DEFAULT_TEXT_FORMAT,
) {
  const base = sessionBench(options, limits);
  const interims: (readonly [number, string])[] = [];
  const outcomes: ScheduledOutcome[] = [];
  const failures: SessionError[] = [];
  const decoding = new ClipDecoding({
    services: base.services,
    clipId: 'clip',
    key: 'key',
    tenant: 'one',
    format,
    onInterim: (revision, text) => interims.push([revision, text]),
  });
  const listener = { onOutcome: (o: ScheduledOutcome) => outcomes.push(o), onFailure: (e: SessionError) => failures.push(e) };
  const audio = new ClipAudio({ budget: new AudioBudget(1e9), maximumSamples: 480_000 });
  const hear = (lengthSamples: number) => {
    audio.write(0, tone(lengthSamples));
    decoding.heardUpTo(audio, true);
  };
  return { ...base, decoding, interims, outcomes, failures, listener, hear };
}

test('the speculative decode becomes the final one when the guess was right', async () => {
  const { decoding, dispatcher, outcomes, listener } = bench();
  decoding.speculate({ samples: tone(8_000) });
  decoding.decide({ samples: tone(8_000) }, listener);
  expect(dispatcher.begun).toHaveLength(1);
  dispatcher.running[0]?.finish();
  await settle();
  expect(outcomes).toHaveLength(1);
});

test('a speculative decode that is done already answers at once', async () => {
  const { decoding, dispatcher, outcomes, listener } = bench();
  decoding.speculate({ samples: tone(8_000) });
  dispatcher.running[0]?.finish();
  await settle();
  decoding.decide({ samples: tone(8_000) }, listener);
  await settle();
  expect(dispatcher.begun).toHaveLength(1);
  expect(outcomes).toHaveLength(1);
});

test('more audio voids the speculation, and another length too', async () => {
  const { decoding, dispatcher, outcomes, listener, hear } = bench({ slots: 2 });
  decoding.speculate({ samples: tone(8_000) });
  const [first] = dispatcher.running;
  hear(9_000);
  decoding.speculate({ samples: tone(9_000) });
  decoding.decide({ samples: tone(8_500) }, listener);
  first?.finish();
  dispatcher.running.at(-1)?.finish();
  await settle();
  dispatcher.running.at(-1)?.finish();
  await settle();
  expect(outcomes).toHaveLength(1);
  expect(outcomes[0]?.transcript.audioMs).toBe(8_500 / 16);
});

test('a failed speculation is decoded again as a final', async () => {
  const { decoding, dispatcher, outcomes, listener } = bench();
  decoding.speculate({ samples: tone(8_000) });
  dispatcher.running[0]?.fail(new DispatchError('decode_failed', 'x'));
  await settle();
  decoding.decide({ samples: tone(8_000) }, listener);
  dispatcher.running[0]?.finish();
  await settle();
  expect(dispatcher.begun).toHaveLength(2);
  expect(outcomes).toHaveLength(1);
});

const SEEN = { voicedMs: 320, peakProbability: 0.9, meanProbability: 0.7 };

test.each([
  ['no evidence', undefined],
  ['other evidence', { ...SEEN, peakProbability: 0.8 }],
])('an empty guess that was made with %s is decoded again with that of the end', async (_name, speech) => {
  const { decoding, dispatcher, outcomes, listener } = bench();
  decoding.speculate({ samples: tone(8_000), ...(speech === undefined ? {} : { speech }) });
  decoding.decide({ samples: tone(8_000), speech: SEEN }, listener);
  dispatcher.running[0]?.finish(100, '');
  await settle();
  expect(outcomes).toEqual([]);
  expect(dispatcher.jobs.map((job) => job.speech)).toEqual([speech, SEEN]);
  dispatcher.running[0]?.finish(100, '');
  await settle();
  expect(outcomes).toMatchObject([{ transcript: { text: '' } }]);
});

test.each([
  ['is not empty', 'yes', undefined, SEEN],
  ['was made with the same evidence', '', SEEN, { ...SEEN }],
  ['has an end without evidence', '', SEEN, undefined],
])('a guess that %s is taken over', async (_name, text, guessed, seen) => {
  const { decoding, dispatcher, outcomes, listener } = bench();
  decoding.speculate({ samples: tone(8_000), ...(guessed === undefined ? {} : { speech: guessed }) });
  dispatcher.running[0]?.finish(100, text);
  await settle();
  decoding.decide({ samples: tone(8_000), ...(seen === undefined ? {} : { speech: seen }) }, listener);
  await settle();
  expect(dispatcher.begun).toHaveLength(1);
  expect(outcomes).toMatchObject([{ transcript: { text } }]);
});

test('a clip that is cancelled while its empty guess is decoded again tells nobody', async () => {
  const { decoding, dispatcher, outcomes, failures, listener } = bench();
  decoding.speculate({ samples: tone(8_000) });
  decoding.decide({ samples: tone(8_000), speech: SEEN }, listener);
  dispatcher.running[0]?.finish(100, '');
  await settle();
  decoding.cancel();
  dispatcher.running[0]?.finish();
  await settle();
  expect([outcomes, failures]).toEqual([[], []]);
  expect(dispatcher.jobs.at(-1)?.signal?.aborted).toBe(true);
});

test('an interim runs about each second of new audio, one at a time, with a growing revision', async () => {
  const { dispatcher, interims, hear } = bench();
  for (let length = 1_600; length <= 40_000; length += 1_600) hear(length);
  expect(dispatcher.begun).toHaveLength(1);
  expect(dispatcher.running[0]?.job.samples.length).toBe(16_000);
  dispatcher.running[0]?.finish();
  await settle();
  hear(41_600);
  dispatcher.running[0]?.finish();
  await settle();
  expect(dispatcher.begun).toHaveLength(2);
  expect(interims.map(([revision]) => revision)).toEqual([1, 2]);
});

test('no interim runs when finals would wait', () => {
  const { decoding, dispatcher, metrics, hear, scheduler } = bench({}, { interimMaximumWaitMs: 0 });
  void scheduler.submit({ lane: 'final', key: 'other', tenant: 'other', samples: tone(16_000) });
  hear(16_000);
  expect(dispatcher.begun).toEqual(['other']);
  expect(metrics.count('interimDropped', 'overload')).toBe(1);
  decoding.cancel();
});

test('a running interim gives way to the guess of the end', async () => {
  const { decoding, metrics, interims, dispatcher, hear } = bench({ slots: 2 });
  hear(16_000);
  decoding.speculate({ samples: tone(16_000) });
  expect(metrics.count('interimDropped', 'stale')).toBe(1);
  for (const job of [...dispatcher.running]) job.finish();
  await settle();
  expect(interims).toEqual([]);
});

test('overload at the end is said at once, with the time to come back', () => {
  const { decoding, failures, listener, scheduler } = bench({ maximumPredictedWaitMs: 1 });
  void scheduler.submit({ lane: 'final', key: 'other', tenant: 'other', samples: tone(480_000) });
  decoding.decide({ samples: tone(480_000) }, listener);
  expect(failures).toMatchObject([{ code: 'overloaded', clipId: 'clip' }]);
  expect(failures[0]?.retryAfterMs).toBeGreaterThan(0);
});

test('a failed decode is told in the words of the wire', async () => {
  const { decoding, dispatcher, failures, listener } = bench();
  decoding.decide({ samples: tone(8_000) }, listener);
  dispatcher.running[0]?.fail(new DispatchError('decode_failed', 'x'));
  await settle();
  expect(failures).toMatchObject([{ code: 'decode_failed', isRetryable: false }]);
});

test('nobody is called after a cancel', async () => {
  const { decoding, dispatcher, outcomes, failures, listener } = bench();
  decoding.decide({ samples: tone(8_000) }, listener);
  const [job] = dispatcher.running;
  decoding.cancel();
  job?.finish();
  await settle();
  expect([outcomes, failures]).toEqual([[], []]);
});

test('an interim is written as asked, and holds back what it may yet have to redact', async () => {
  const { dispatcher, interims, hear } = bench({}, {}, textFormat({ redact: ['digits'] }));
  for (const [index, text] of ['my number', 'my number is four three', 'my number is four three one nine, thanks'].entries()) {
    hear(16_000 * (index + 1));
    const running = dispatcher.running[0]!;
    Object.assign(running.job, { jobId: text });
    running.finish();
    await settle();
  }
  expect(interims).toEqual([
    [1, 'my number'],
    [2, 'my number is'],
    [3, 'my number is [digits], thanks'],
  ]);
});

test('a doubtful guess is looked at again while the pause lasts, and the end has the better text', async () => {
  const { decoding, dispatcher, outcomes, listener } = bench({ effort: 'auto' });
  decoding.speculate({ samples: tone(8_000), speech: SEEN });
  dispatcher.running[0]?.finish(25, 'first', 0.6);
  await settle();
  expect(dispatcher.jobs.map(({ effort, speech }) => [effort, speech])).toEqual([
    ['fast', SEEN],
    ['best', SEEN],
  ]);
  dispatcher.running[0]?.finish(80, 'second', 0.7);
  await settle();
  decoding.decide({ samples: tone(8_000), speech: SEEN }, listener);
  await settle();
  expect(outcomes).toMatchObject([{ transcript: { text: 'second', effort: 'best' } }]);
});

test('a final that is doubtful waits a little for a second look, and not for long', async () => {
  const { clock, decoding, dispatcher, outcomes, listener } = bench({ effort: 'auto' });
  decoding.decide({ samples: tone(8_000) }, listener);
  clock.advance(30);
  dispatcher.running[0]?.finish(25, 'first', 0.6);
  await settle();
  expect([dispatcher.jobs.at(-1)?.effort, outcomes]).toEqual(['best', []]);
  clock.advance(119);
  expect(outcomes).toEqual([]);
  clock.advance(1);
  expect(outcomes).toMatchObject([{ transcript: { text: 'first', effort: 'fast' } }]);
});

test('a sure text, and one after the time is over, leave at once', async () => {
  const { clock, decoding, dispatcher, outcomes, listener } = bench({ effort: 'auto' });
  decoding.decide({ samples: tone(8_000) }, listener);
  dispatcher.running[0]?.finish(25, 'sure', 0.99);
  await settle();
  decoding.decide({ samples: tone(8_000) }, listener);
  clock.advance(140);
  dispatcher.running[0]?.finish(25, 'late', 0.6);
  await settle();
  expect(outcomes.map(({ transcript }) => transcript.text)).toEqual(['sure', 'late']);
  expect(dispatcher.jobs).toHaveLength(2);
});

test('more audio gives the second look up', async () => {
  const { decoding, dispatcher, metrics, hear } = bench({ effort: 'auto' });
  decoding.speculate({ samples: tone(8_000) });
  dispatcher.running[0]?.finish(25, 'first', 0.6);
  await settle();
  hear(9_600);
  expect(dispatcher.jobs.at(-1)?.signal?.aborted).toBe(true);
  expect(metrics.count('refinementFinished', 'cancelled')).toBe(1);
});

test('a clip that is cancelled while it waits for its second look tells nobody', async () => {
  const { clock, decoding, dispatcher, outcomes, failures, listener } = bench({ effort: 'auto' });
  decoding.decide({ samples: tone(8_000) }, listener);
  dispatcher.running[0]?.finish(25, 'first', 0.6);
  await settle();
  decoding.cancel();
  dispatcher.running[0]?.finish(80, 'second');
  await settle();
  clock.advance(1_000);
  expect([outcomes, failures, clock.pending]).toEqual([[], [], 0]);
});
