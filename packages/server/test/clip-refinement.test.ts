import { expect, test } from 'vitest';
import { DispatchError } from '../src/dispatch/dispatcher.ts';
import type { EffortSetting, ScheduledOutcome } from '../src/scheduling/scheduler.ts';
import { ClipRefinement, GUESSED_PAUSE_MS, REFINEMENT_GRACE_MS } from '../src/session/clip-refinement.ts';
import { sessionBench, settle } from './support/session-bench.ts';
import { tone } from './support/speech.ts';

const HALF_SECOND = 8_000;

/** A clip of half a second, 25 ms of work with `fast`, whose only token has this probability. */
function bench({ probability = 0.6, text = 'first', effort = 'auto' as EffortSetting } = {}) {
  const base = sessionBench({}, { effort });
  const samples = tone(HALF_SECOND);
  const outcome: ScheduledOutcome = {
    transcript: {
      text,
      tokens: text === '' ? [] : [{ id: 1, text, probability }],
      words: [],
      confidence: probability,
      meanLogProbability: text === '' ? 0 : Math.log(probability),
      noSpeechProbability: 0,
      guards: [],
      timings: { encoderMs: 1, decoderMs: 2 },
      effort: 'fast',
      audioMs: 500,
    },
    attempt: 2,
    workerId: 7,
    busyMs: 10,
    batchSize: 1,
    handMs: 0,
    queueMs: 5,
  };
  const outcomes: ScheduledOutcome[] = [];
  const begin = (dueInMs = GUESSED_PAUSE_MS + REFINEMENT_GRACE_MS) =>
    ClipRefinement.begin(base.services, { key: 'clip', samples, outcome, dueInMs });
  const texts = () => outcomes.map(({ transcript }) => `${transcript.text} (${transcript.effort})`);
  const verdicts = () => base.metrics.calls.flatMap(([name, verdict]) => (name === 'refinementFinished' ? [verdict] : []));
  return { ...base, outcome, outcomes, begin, texts, verdicts, onDue: (due: ScheduledOutcome) => outcomes.push(due) };
}

test('a better text that is there in time is the result, at the cost of both', async () => {
  const { begin, clock, dispatcher, outcomes, onDue, texts, verdicts } = bench();
  const refinement = begin();
  refinement?.settle(REFINEMENT_GRACE_MS, onDue);
  expect(outcomes).toEqual([]);
  clock.advance(50);
  dispatcher.running[0]?.finish(80, 'second');
  await settle();
  expect([texts(), verdicts()]).toEqual([['second (best)'], ['kept']]);
  expect(outcomes[0]).toMatchObject({ busyMs: 90, queueMs: 5, attempt: 2, transcript: { timings: { encoderMs: 2, decoderMs: 3 } } });
  expect(clock.pending).toBe(0);
});

test('one that was there before the clip ended makes no final wait', async () => {
  const { begin, dispatcher, onDue, texts, verdicts } = bench();
  const refinement = begin();
  dispatcher.running[0]?.finish(80, 'first');
  await settle();
  expect(verdicts()).toEqual([]);
  refinement?.settle(REFINEMENT_GRACE_MS, onDue);
  expect([texts(), verdicts()]).toEqual([['first (best)'], ['same_text']]);
});

test('the first text is the result when the second one is late', async () => {
  const { begin, clock, dispatcher, onDue, texts, verdicts } = bench();
  begin()?.settle(REFINEMENT_GRACE_MS, onDue);
  clock.advance(REFINEMENT_GRACE_MS - 1);
  expect(texts()).toEqual([]);
  clock.advance(1);
  expect([texts(), verdicts()]).toEqual([['first (fast)'], ['late']]);
  expect(dispatcher.jobs[0]?.signal?.aborted).toBe(true);
  dispatcher.running[0]?.finish(80, 'second');
  await settle();
  expect([texts(), verdicts()]).toEqual([['first (fast)'], ['late']]);
});

test('it comes at once when the second one will probably be late', () => {
  const { begin, onDue, texts, verdicts } = bench();
  // Nothing is known but the estimate of 25 ms, times 3.2 for `best`.
  begin()?.settle(70, onDue);
  expect([texts(), verdicts()]).toEqual([['first (fast)'], ['late']]);
});

test('it comes at once when somebody needs the worker', async () => {
  const { begin, onDue, scheduler, texts, verdicts } = bench();
  begin()?.settle(REFINEMENT_GRACE_MS, onDue);
  void scheduler.submit({ lane: 'final', key: 'other', tenant: 'other', samples: tone(HALF_SECOND) });
  await settle();
  expect([texts(), verdicts()]).toEqual([['first (fast)'], ['cancelled']]);
});

test('it comes at once when the second look fails', async () => {
  const { begin, dispatcher, onDue, texts, verdicts } = bench();
  begin()?.settle(REFINEMENT_GRACE_MS, onDue);
  dispatcher.running[0]?.fail(new DispatchError('worker_lost', 'x'));
  await settle();
  expect([texts(), verdicts()]).toEqual([['first (fast)'], ['failed']]);
});

test('it comes at once, and nothing is counted, when no worker was idle', () => {
  const { begin, onDue, scheduler, texts, verdicts } = bench();
  void scheduler.submit({ lane: 'final', key: 'other', tenant: 'other', samples: tone(HALF_SECOND) });
  begin()?.settle(REFINEMENT_GRACE_MS, onDue);
  expect([texts(), verdicts()]).toEqual([['first (fast)'], []]);
});

test('a clip that goes on gives its second look up, whether it is done or not', async () => {
  const running = bench();
  running.begin()?.cancel();
  expect(running.dispatcher.jobs[0]?.signal?.aborted).toBe(true);
  const done = bench();
  const refinement = done.begin();
  done.dispatcher.running[0]?.finish(80, 'second');
  await settle();
  refinement?.cancel();
  refinement?.cancel();
  expect([running.verdicts(), done.verdicts(), done.texts()]).toEqual([['cancelled'], ['cancelled'], []]);
});

test.each([
  ['is sure', { probability: 0.95 }],
  ['is empty', { text: '' }],
  ['has the effort that it was told to have', { effort: 'best' as const }],
])('a text that %s is not looked at again', (_name, options) => {
  const { begin, dispatcher } = bench(options);
  expect(begin()).toBeUndefined();
  expect(dispatcher.begun).toEqual([]);
});

test('a look takes no longer than there is time until the final is due', () => {
  const { begin, dispatcher } = bench();
  begin(-10);
  expect(dispatcher.jobs).toEqual([]);
  begin(50);
  expect(dispatcher.jobs.map(({ effort }) => effort)).toEqual(['balanced']);
});
