import { expect, test } from 'vitest';
import { DispatchError } from '../src/dispatch/dispatcher.ts';
import { SessionError } from '../src/session/session-error.ts';
import { SpeechSession } from '../src/session/speech-session.ts';
import { FakeConnection, sessionBench, settle } from './support/session-bench.ts';
import { clipId, end, frame, HELLO, start, tone } from './support/speech.ts';

function bench(options: Parameters<typeof sessionBench>[0] = {}, limits: Parameters<typeof sessionBench>[1] = {}) {
  const base = sessionBench(options, limits);
  const state = { isDraining: false, idles: 0 };
  const faults: unknown[] = [];
  const session = new SpeechSession({
    id: 'session',
    services: base.services,
    isDraining: () => state.isDraining,
    onIdle: () => {
      state.idles += 1;
    },
    onFault: (error) => faults.push(error),
  });
  const attach = (isResumed = false, hello = HELLO) => {
    const connection = new FakeConnection();
    session.attach(connection, hello, { isResumed, resumeToken: 'a'.repeat(43) });
    return connection;
  };
  /** Sends a whole clip. */
  const speak = (number: number, lengthSamples = 2_000) => {
    session.receive(start(number));
    session.receiveFrame(frame(number, tone(lengthSamples, number)));
    session.receive(end(number, lengthSamples));
  };
  return { ...base, session, attach, speak, state, faults };
}

function codeOf(action: () => void): string {
  try {
    action();
  } catch (error) {
    return error instanceof SessionError ? error.code : String(error);
  }
  return 'none';
}

test('a clip is accepted, recognized and answered once', async () => {
  const { attach, speak, dispatcher, metrics, session } = bench();
  const connection = attach();
  speak(0);
  dispatcher.running[0]?.finish();
  await settle();
  expect(connection.sent.map((message) => message.type)).toEqual(['welcome', 'accepted', 'final']);
  expect(connection.all('final')).toMatchObject([
    { clipId: clipId(0), sequence: 0, endReason: 'silence', attempt: 1, receivedSamples: 2_000 },
  ]);
  expect(connection.credits).toEqual([2_000]);
  expect(session.clipsInFlight).toBe(0);
  expect(metrics.calls.filter(([name]) => name === 'clipFinished')).toMatchObject([['clipFinished', { outcome: 'ok', audioMs: 125 }]]);
});

test('the welcome says what the server allows', () => {
  const connection = bench().attach();
  expect(connection.sent[0]).toMatchObject({
    type: 'welcome',
    sessionId: 'session',
    resumed: false,
    window: 8,
    resumeWindowMs: 60_000,
    limits: { maximumClipMs: 30_000, maximumFrameBytes: 262_144, stallMs: 5_000 },
    model: { id: 'fake' },
    clips: [],
  });
});

test('after a drop in mid-clip the client goes on where the server is, and the final comes once', async () => {
  const { attach, session, dispatcher } = bench();
  const first = attach();
  session.receive(start(0));
  session.receiveFrame(frame(0, tone(1_500)));
  session.detach(first);
  const second = attach(true);
  expect(second.sent[0]).toMatchObject({ resumed: true, clips: [{ clipId: clipId(0), receivedSamples: 1_500, state: 'open' }] });
  session.receive(start(0));
  session.receiveFrame(frame(0, tone(3_000)));
  session.receive(end(0, 3_000));
  expect(dispatcher.running[0]?.job.samples).toEqual(tone(3_000));
  dispatcher.running[0]?.finish();
  await settle();
  expect(second.all('final')).toHaveLength(1);
  expect(first.all('final')).toHaveLength(0);
});

test('a final that came while the client was away is sent when it is back, and until it is done', async () => {
  const { attach, session, speak, dispatcher } = bench();
  const first = attach();
  speak(0);
  session.detach(first);
  dispatcher.running[0]?.finish();
  await settle();
  const second = attach(true);
  expect(second.all('final')).toHaveLength(1);
  // The client need not send it again: its answer is on the way.
  expect(second.sent[0]).toMatchObject({ clips: [{ clipId: clipId(0), state: 'ended' }] });
  session.receive({ type: 'done', clipId: clipId(0) });
  session.detach(second);
  expect(attach(true).all('final')).toHaveLength(0);
});

test('a clip that is sent again whole is answered from memory and not decoded again', async () => {
  const { attach, speak, dispatcher } = bench();
  const connection = attach();
  speak(0);
  dispatcher.running[0]?.finish();
  await settle();
  speak(0);
  expect(dispatcher.begun).toHaveLength(1);
  expect(connection.all('final')).toHaveLength(2);
  expect(connection.all('final')[1]).toEqual(connection.all('final')[0]);
});

test('a used clip id with another sequence, start or content is a conflict', async () => {
  const { attach, session, speak, dispatcher } = bench();
  attach();
  speak(0);
  expect(codeOf(() => session.receive(start(0, { sequence: 7 })))).toBe('clip_conflict');
  dispatcher.running[0]?.finish();
  await settle();
  expect(codeOf(() => session.receive(start(0, { startMs: 7 })))).toBe('clip_conflict');
  session.receive(start(0));
  session.receiveFrame(frame(0, tone(2_000, 99)));
  expect(codeOf(() => session.receive(end(0, 2_000)))).toBe('clip_conflict');
});

test('more clips than the window holds are refused, to be tried again', async () => {
  const { attach, session, dispatcher, speak, metrics } = bench({ windowClips: 2 });
  attach();
  speak(0);
  session.receive(start(1));
  expect(codeOf(() => session.receive(start(2)))).toBe('window_exceeded');
  expect(metrics.count('requestFinished', 'stream', 'rejected')).toBe(1);
  session.receiveFrame(frame(2, tone(100)));
  dispatcher.running[0]?.finish();
  await settle();
  expect(codeOf(() => session.receive(start(2)))).toBe('none');
});

test('overload is answered at once, and what of the clip is on its way is dropped without a word', () => {
  const { attach, session, scheduler, metrics, speak } = bench({}, { maximumPredictedWaitMs: 1 });
  const connection = attach();
  void scheduler.submit({ lane: 'final', key: 'other', tenant: 'other', samples: tone(480_000) });
  speak(0);
  expect(connection.all('busy')).toMatchObject([{ clipId: clipId(0) }]);
  expect(connection.all('busy')[0]?.retryAfterMs).toBeGreaterThan(0);
  expect(connection.all('error')).toEqual([]);
  expect(session.clipsInFlight).toBe(0);
  expect(metrics.count('rejected', 'overloaded')).toBe(1);
});

test('a clip that was never started is unknown, and that is said once', () => {
  const { attach, session } = bench();
  attach();
  expect(codeOf(() => session.receiveFrame(frame(0, tone(100))))).toBe('unknown_clip');
  expect(codeOf(() => session.receiveFrame(frame(0, tone(100), { offsetSamples: 100 })))).toBe('none');
  expect(codeOf(() => session.receive(end(0, 200)))).toBe('none');
});

test('a hole in the audio ends the clip: one answer, however much of it is on its way, and no final later', async () => {
  const { attach, session, clock, dispatcher } = bench();
  const connection = attach();
  session.receive(start(0));
  session.receiveFrame(frame(0, tone(2_000)));
  const codes = Array.from({ length: 30 }, (_, i) =>
    codeOf(() => session.receiveFrame(frame(0, tone(100), { offsetSamples: 2_001 + 100 * i }))),
  );
  expect(codes.filter((code) => code !== 'none')).toEqual(['bad_frame']);
  expect(session.clipsInFlight).toBe(0);
  clock.advance(60_000);
  await settle();
  expect(dispatcher.begun).toEqual([]);
  expect(connection.all('final')).toEqual([]);
});

test('after a cancel there is no final', async () => {
  const { attach, session, speak, dispatcher, metrics } = bench();
  const connection = attach();
  speak(0);
  const [job] = dispatcher.running;
  session.receive({ type: 'cancel', clipId: clipId(0), reason: 'user' });
  job?.finish();
  await settle();
  session.receiveFrame(frame(0, tone(100)));
  expect(connection.all('final')).toEqual([]);
  expect(metrics.calls.filter(([name]) => name === 'clipFinished')).toMatchObject([['clipFinished', { outcome: 'cancelled' }]]);
});

test('audio that cannot be used ends its clip for good: the answer stands after a resume', () => {
  const { attach, session } = bench();
  const first = attach();
  session.receive(start(0));
  const chunk = frame(0, Float32Array.of(Number.NaN), { encoding: 'pcm_f32le' });
  expect(codeOf(() => session.receiveFrame(chunk))).toBe('audio_not_finite');
  expect(codeOf(() => session.receiveFrame(chunk))).toBe('none');
  expect(session.clipsInFlight).toBe(0);
  session.detach(first);
  const second = attach(true);
  expect(second.sent[0]).toMatchObject({ clips: [{ clipId: clipId(0), receivedSamples: 0, state: 'ended' }] });
  expect(second.all('error')).toMatchObject([{ clipId: clipId(0), code: 'audio_not_finite', retryable: false }]);
  // A client that has given the clip up says so, and hears no more of it.
  session.receive({ type: 'cancel', clipId: clipId(0), reason: 'user' });
  session.detach(second);
  expect(attach(true).sent).toHaveLength(1);
});

test('a clip that the model fails on gets an error that stands; one that came too late may be sent again', async () => {
  const { attach, speak, dispatcher, clock } = bench();
  const connection = attach();
  speak(0);
  speak(1);
  dispatcher.running[0]?.fail(new DispatchError('decode_failed', 'x'));
  await settle();
  clock.advance(10_001);
  dispatcher.running[0]?.finish();
  await settle();
  speak(0);
  speak(1);
  dispatcher.running[0]?.finish();
  await settle();
  expect(connection.all('error').map(({ code, retryable }) => [code, retryable])).toEqual([
    ['decode_failed', false],
    ['deadline_exceeded', true],
    ['decode_failed', false],
  ]);
  expect(connection.all('final')).toMatchObject([{ clipId: clipId(1) }]);
});

test('while the server drains no clip is taken on, and the ones in flight finish', async () => {
  const { attach, session, dispatcher, state } = bench();
  const connection = attach();
  session.receive(start(0));
  state.isDraining = true;
  session.goAway(2_000);
  session.receive(start(1));
  session.receiveFrame(frame(0, tone(2_000)));
  session.receive(end(0, 2_000));
  dispatcher.running[0]?.finish();
  await settle();
  expect(connection.all('going_away')).toEqual([{ type: 'going_away', reason: 'draining', retryAfterMs: 2_000 }]);
  expect(connection.all('busy')).toMatchObject([{ clipId: clipId(1) }]);
  expect(connection.all('final')).toMatchObject([{ clipId: clipId(0) }]);
  expect(state.idles).toBeGreaterThan(0);
});

test('interims come with a growing revision when they are wanted, and not when they are not', async () => {
  const { attach, session, dispatcher } = bench();
  const connection = attach(false, { ...HELLO, wantsInterims: true });
  session.receive(start(0));
  session.receiveFrame(frame(0, tone(16_000)));
  dispatcher.running[0]?.finish();
  await settle();
  expect(connection.all('interim')).toMatchObject([{ clipId: clipId(0), revision: 1 }]);
  attach(true, { ...HELLO, wantsInterims: false });
  session.receiveFrame(frame(0, tone(48_000)));
  expect(dispatcher.begun).toHaveLength(1);
});

test('a guessed end is decoded while the pause lasts', async () => {
  const { attach, session, dispatcher, clock } = bench();
  const connection = attach();
  session.receive(start(0));
  session.receiveFrame(frame(0, tone(2_000)));
  session.receive({ type: 'maybe_end', clipId: clipId(0), lengthSamples: 2_000 });
  clock.advance(200);
  dispatcher.running[0]?.finish();
  await settle();
  session.receive(end(0, 2_000));
  await settle();
  expect(dispatcher.begun).toHaveLength(1);
  expect(connection.all('final')).toMatchObject([{ timings: { serverMs: 0 } }]);
});

test('a newer connection takes the session over; the old one is told and its going changes nothing', () => {
  const { attach, session } = bench();
  const first = attach();
  attach(true);
  expect(first.closed?.code).toBe(4409);
  expect(session.detach(first)).toBe(false);
  expect(session.isAttached).toBe(true);
});

test('a fault in what runs on its own time reaches the owner and nothing else', async () => {
  const { attach, session, speak, dispatcher, faults } = bench();
  const connection = attach();
  connection.send = () => {
    throw new Error('boom');
  };
  expect(() => session.receive(start(1))).toThrow('boom');
  expect(() => speak(0)).toThrow('boom');
  session.receiveFrame(frame(0, tone(2_000, 0)));
  session.receive(end(0, 2_000));
  dispatcher.running[0]?.finish();
  await settle();
  expect(faults).toHaveLength(1);
});

test('reports are counted as they grow', () => {
  const { attach, session, metrics, clock } = bench();
  attach();
  const report = { type: 'report' as const, capturedMs: 2_000, voicedMs: 500, sentMs: 700, capturedBytes: 64_000, sentBytes: 22_400 };
  clock.advance(2_000);
  session.receive(report);
  session.receive({ ...report, capturedMs: 4_000 });
  expect(metrics.calls.filter(([name]) => name === 'edgeReported').map(([, usage]) => (usage as typeof report).capturedMs)).toEqual([
    2_000, 2_000,
  ]);
});

test('closing gives everything back', () => {
  const { attach, session, speak, services, clock } = bench({}, { slots: 2 });
  attach();
  speak(0);
  session.receive(start(1));
  session.receiveFrame(frame(1, tone(2_000)));
  session.close();
  expect(session.clipsInFlight).toBe(0);
  expect(services.budget.usedBytes).toBe(0);
  expect(clock.pending).toBe(0);
});

test('expects in the clips of a connection what its hello says, in whole clips only', () => {
  const { attach, speak, dispatcher } = bench();
  attach(false, { ...HELLO, keywords: ['Thornton'] });
  speak(0);
  expect(dispatcher.running.at(-1)!.job.keywords).toEqual(['Thornton']);
});

test('what is redacted is in no message and no result that is kept, whatever a later connection asks for', async () => {
  const { session, attach, speak, dispatcher } = bench();
  const connection = attach(false, { ...HELLO, format: { redact: ['digits'], numerals: 'digits' } });
  speak(0);
  speak(1);
  Object.assign(dispatcher.running[0]!.job, { jobId: 'pin four three one nine, that is twenty five dollars' });
  dispatcher.running[0]!.finish();
  await settle();
  expect(connection.all('final')).toMatchObject([{ text: 'pin [digits], that is 25 dollars' }]);
  session.detach(connection);
  const again = attach(true, HELLO);
  expect(again.all('final')).toMatchObject([{ text: 'pin [digits], that is 25 dollars' }]);
  Object.assign(dispatcher.running[0]!.job, { jobId: 'pin 4319' });
  dispatcher.running[0]!.finish();
  await settle();
  expect(again.all('final').at(-1)).toMatchObject({ text: 'pin [digits]' });
});
