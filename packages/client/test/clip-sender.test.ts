import { type FinalMessage, MIN_LEVEL_DBFS } from '@outspoken/protocol';
import { expect, test } from 'vitest';
import type { ClientEventMap } from '../src/client-events.ts';
import { ClipSender } from '../src/clip-sender.ts';
import type { SpeechClientOptions } from '../src/index.ts';
import { resolveOptions } from '../src/options.ts';
import type { OutgoingClip } from '../src/outgoing-clip.ts';
import { END, setUpClient, speech, surroundings } from './client-fixture.ts';
import { fingerprint } from './fake-server.ts';
import { clipIdOf, HELLO, setUpConnection, WELCOME } from './scripted-connection.ts';

/** A sender on a connection whose server is the test. */
function setUpSender(options: Partial<SpeechClientOptions> = {}, latencyMs = 0) {
  const script = setUpConnection({ welcomeTimeoutMs: 1_000_000 }, latencyMs);
  const { clock, connection, takeLines } = script;
  const events: { readonly type: keyof ClientEventMap; readonly detail: unknown; readonly sentBefore: readonly string[] }[] = [];
  const counts = { drained: 0, expired: 0 };
  const settings = resolveOptions({
    requestSession: () => Promise.reject(new Error('not used')),
    openTransport: () => Promise.reject(new Error('not used')),
    sdk: HELLO.sdk,
    clipPolicyId: HELLO.clipPolicyId,
    ...surroundings(clock),
    ...options,
  });
  const sender = new ClipSender({
    settings,
    emit: (type, detail) => events.push({ type, detail, sentBefore: script.messages.map((message) => message.type) }),
    onDrained: () => counts.drained++,
    onSessionExpired: () => counts.expired++,
  });
  takeLines();
  const attach = (window = 3, clips: typeof WELCOME.clips = []) => sender.attach(connection, { ...WELCOME, window, clips });
  const add = (sampleCount = 2000): OutgoingClip => {
    const clip = sender.open({ startMs: 0, preRollMs: 0 });
    sender.append(clip, speech(sampleCount));
    return clip;
  };
  return { ...script, sender, events, counts, attach, add };
}

const finalOf = (clip: OutgoingClip, receivedSamples: number): FinalMessage => ({
  type: 'final',
  clipId: clip.clipId,
  sequence: clip.beginning.sequence,
  text: 'hello',
  guards: [],
  words: [],
  confidence: 1,
  noSpeechProbability: 0,
  startMs: 0,
  endMs: receivedSamples / 16,
  receivedSamples,
  endReason: 'silence',
  continues: false,
  attempt: 1,
  timings: { queueMs: 0, encoderMs: 0, decoderMs: 0, serverMs: 0 },
  model: 'fake',
  clipPolicyId: HELLO.clipPolicyId,
});

test('clips are numbered as they are made, and one without audio is not started', () => {
  const { sender, attach, add, messages, takeLines } = setUpSender();
  attach();
  const empty = sender.open({ startMs: 0, preRollMs: 0 });
  add();
  expect(messages.at(-1)).toMatchObject({ type: 'start', sequence: 1 });
  takeLines();
  sender.append(empty, speech(1));
  expect(takeLines()).toEqual(['start']);
  expect(messages.at(-1)).toMatchObject({ type: 'start', sequence: 0, clipId: empty.clipId });
});

test('the app has a final before the server is told that it may forget the clip', () => {
  const { sender, attach, add, events, counts, messages } = setUpSender();
  attach();
  const clip = add();
  sender.close(clip, END);
  expect(counts.drained).toBe(1);
  sender.handle(finalOf(clip, 2000));
  expect(events.map(({ type, sentBefore }) => [type, sentBefore])).toEqual([['final', ['hello', 'start', 'end']]]);
  expect(messages.at(-1)).toEqual({ type: 'done', clipId: clip.clipId });
  expect(counts.drained).toBe(2);
});

test('late messages of a finished clip change nothing, and a late final is answered with done alone', async () => {
  const { clock, sender, attach, add, events, takeLines } = setUpSender();
  attach();
  const clip = add();
  sender.close(clip, END);
  sender.handle(finalOf(clip, 2000));
  takeLines();
  const { clipId } = clip;
  const before = sender.stats;
  sender.handle({ type: 'accepted', clipId, sequence: 0, predictedWaitMs: 0 });
  sender.handle({ type: 'busy', clipId, retryAfterMs: 1 });
  sender.handle({ type: 'interim', clipId, revision: 1, text: 'he' });
  sender.handle({ type: 'error', clipId, code: 'clip_too_short', message: 'too short', retryable: false });
  expect(takeLines()).toEqual([]);
  sender.handle(finalOf(clip, 2000));
  expect(takeLines()).toEqual(['done']);
  expect(events).toHaveLength(1);
  expect(sender.stats).toEqual(before);
  expect(before.clips).toMatchObject({ FINAL: 1, REJECTED: 0, BACKOFF: 0 });
  await clock.advance(0);
  // What is left is the connection's wait for its welcome.
  expect(clock.timerCount).toBe(1);
});

test('a refusal without a time is waited out with a doubling wait', async () => {
  const { clock, sender, attach, add, takeLines } = setUpSender();
  attach();
  const clip = add();
  for (const waitMs of [250, 500, 1000]) {
    sender.handle({ type: 'error', clipId: clip.clipId, code: 'internal', message: 'no', retryable: true });
    takeLines();
    await clock.advance(waitMs - 1);
    expect(takeLines()).toEqual([]);
    expect(clip.state).toBe('BACKOFF');
    await clock.advance(1);
    expect(takeLines()).toEqual(['start']);
  }
});

test('a refused clip gives its place in the window to the next one, and waits for a place when its time has come', async () => {
  const { clock, sender, attach, add, messages, takeLines } = setUpSender();
  attach(1);
  const first = add();
  const second = add();
  expect(takeLines()).toEqual(['start', 'frame 0: 0+2000']);
  sender.handle({ type: 'busy', clipId: first.clipId, retryAfterMs: 100 });
  expect(messages.at(-1)).toMatchObject({ type: 'start', clipId: second.clipId });
  takeLines();
  await clock.advance(200);
  expect(takeLines()).toEqual([]);
  expect(first.state).toBe('CAPTURED');
  sender.cancel(second, 'user');
  expect(takeLines()).toEqual(['cancel', 'start']);
  expect(messages.at(-1)).toMatchObject({ type: 'start', clipId: first.clipId });
});

test('a full transport is looked at again after 50 ms', async () => {
  const { clock, sender, attach, add, takeLines } = setUpSender({ maxBufferedBytes: 1 }, 10);
  await clock.advance(10);
  attach();
  const clip = add(16_000);
  expect(takeLines()).toEqual(['start']);
  sender.close(clip, END);
  await clock.advance(49);
  expect(takeLines()).toEqual([]);
  await clock.advance(1);
  expect(takeLines()).toEqual(['frame 0: 0+16000', 'end']);
});

test('a resumed session goes on where it stands, and is told of clips that nobody wants any more', () => {
  const { sender, attach, add, messages, takeLines } = setUpSender();
  const open = add();
  const ended = add();
  sender.close(ended, END);
  attach(3, [
    { clipId: open.clipId, receivedSamples: 400, state: 'open' },
    { clipId: ended.clipId, receivedSamples: 2000, state: 'ended' },
    { clipId: clipIdOf(9), receivedSamples: 10, state: 'open' },
  ]);
  expect(takeLines()).toEqual(['cancel', 'frame 0: 400+1600']);
  expect(messages.at(-1)).toEqual({ type: 'cancel', clipId: clipIdOf(9), reason: 'user' });
  expect(sender.stats.clips).toMatchObject({ ACCEPTED: 2, CAPTURED: 0 });
});

test('what was in flight on a lost connection waits, and goes out whole to a server that does not know it', () => {
  const { sender, attach, add, takeLines } = setUpSender();
  attach();
  add();
  expect(sender.stats.clips).toMatchObject({ SENT: 1, CAPTURED: 0 });
  sender.detach();
  expect(sender.stats.clips).toMatchObject({ SENT: 0, CAPTURED: 1 });
  takeLines();
  attach();
  expect(takeLines()).toEqual(['start', 'frame 0: 0+2000']);
});

test('a draining server gets no new clip, its wait is taken once, and a new connection starts afresh', () => {
  const { sender, attach, add, takeLines } = setUpSender();
  attach();
  sender.handle({ type: 'going_away', reason: 'draining', retryAfterMs: 3000 });
  add();
  expect(takeLines()).toEqual([]);
  sender.detach();
  expect([sender.takeRetryAfterMs(), sender.takeRetryAfterMs()]).toEqual([3000, 0]);
  attach();
  expect(takeLines()).toEqual(['start', 'frame 0: 0+2000']);
});

test('an expired session is told apart from other errors, and both are events', () => {
  const { sender, events, counts } = setUpSender();
  sender.handle({ type: 'error', code: 'rate_limited', message: 'slow down', retryable: true });
  expect(counts.expired).toBe(0);
  sender.handle({ type: 'error', code: 'session_expired', message: 'gone', retryable: true });
  expect(counts.expired).toBe(1);
  expect(events.map(({ detail }) => detail)).toMatchObject([{ code: 'rate_limited' }, { code: 'session_expired' }]);
});

test('a level below the least of the protocol is sent as the least', () => {
  const { sender, attach, add, messages } = setUpSender();
  attach();
  sender.close(add(), END);
  expect(messages.at(-1)).toMatchObject({ type: 'end', levelDbfs: MIN_LEVEL_DBFS });
});

test('busy is honoured to the millisecond and the clip is sent again whole', async () => {
  const { clock, server, client, details, types } = setUpClient();
  server.faults.busyStarts = 1;
  client.connect();
  await clock.advance(50);
  const utterance = client.startUtterance({ startMs: 0, preRollMs: 0 });
  utterance.push(speech(4000));
  utterance.end(END);
  await clock.advance(10);
  expect(client.stats.clips.BACKOFF).toBe(1);
  await clock.advance(299);
  expect(types().filter((type) => type === 'start')).toHaveLength(1);
  await clock.advance(100);
  expect(types().filter((type) => type === 'start')).toHaveLength(2);
  expect(details('final')).toHaveLength(1);
  expect(server.violations).toEqual([]);
});

test('a refused clip that a resumed session knows goes on at once', async () => {
  const { clock, server, client, details } = setUpClient();
  server.faults.busyStarts = 1;
  client.connect();
  await clock.advance(50);
  const utterance = client.startUtterance({ startMs: 0, preRollMs: 0 });
  utterance.push(speech(4000));
  await clock.advance(400);
  server.link!.drop();
  utterance.push(speech(4000, 4000));
  utterance.end(END);
  await clock.advance(1000);
  expect(details('final').map((final) => final.text)).toEqual([fingerprint(speech(8000))]);
  expect(server.violations).toEqual([]);
});

test('a final that comes twice is one event and two dones', async () => {
  const { clock, server, client, details, types } = setUpClient();
  server.faults.duplicateFinals = 1;
  client.connect();
  const utterance = client.startUtterance({ startMs: 0, preRollMs: 0 });
  utterance.push(speech(4000));
  utterance.end(END);
  await clock.advance(200);
  expect(details('final')).toHaveLength(1);
  expect(types().filter((type) => type === 'done')).toHaveLength(2);
});

test('the window holds clips back until a final makes room', async () => {
  const { clock, server, client, details, types } = setUpClient({}, 2);
  server.isDecoding = false;
  client.connect();
  for (let index = 0; index < 4; index++) {
    const utterance = client.startUtterance({ startMs: index, preRollMs: 0 });
    utterance.push(speech(2000));
    utterance.end(END);
  }
  await clock.advance(100);
  expect(types().filter((type) => type === 'start')).toHaveLength(2);
  expect(client.stats.clips).toMatchObject({ ACCEPTED: 2, CAPTURED: 2 });
  server.decodeAll();
  await clock.advance(100);
  expect(details('final').map((final) => final.sequence)).toEqual([0, 1, 2, 3]);
  expect(server.violations).toEqual([]);
});

test('clips that are too old expire, and the app is told', async () => {
  const { clock, client, details } = setUpClient({ clipTtlMs: 1000 });
  const utterance = client.startUtterance({ startMs: 0, preRollMs: 0 });
  utterance.push(speech(2000));
  utterance.end(END);
  await clock.advance(1001);
  expect(details('rejected')).toEqual([{ clipId: utterance.clipId, code: 'clip_expired', message: expect.any(String) }]);
  expect(client.stats).toMatchObject({ outboxBytes: 0, clips: { EXPIRED: 1 } });
});

test('a full outbox evicts its oldest clips and never grows past its bound', async () => {
  const { clock, server, client, details } = setUpClient({ outboxMaxBytes: 10_000 });
  server.isDecoding = false;
  client.connect();
  await clock.advance(50);
  const ids = [0, 1, 2].map((startMs) => {
    const utterance = client.startUtterance({ startMs, preRollMs: 0 });
    utterance.push(speech(2000));
    utterance.end(END);
    expect(client.stats.outboxBytes).toBeLessThanOrEqual(10_000);
    return utterance.clipId;
  });
  const large = client.startUtterance({ startMs: 3, preRollMs: 0 });
  large.push(speech(6000));
  large.push(speech(6000));
  expect(client.stats.outboxBytes).toBe(0);
  await clock.advance(50);
  expect(details('rejected').map(({ clipId, code }) => [clipId, code])).toEqual([...ids, large.clipId].map((id) => [id, 'clip_evicted']));
  expect(server.messages.filter((message) => message.type === 'cancel')).toHaveLength(3);
});

test('a clip that was cancelled while away is cancelled on the server after the resume', async () => {
  const { clock, server, client, types } = setUpClient();
  client.connect();
  await clock.advance(50);
  const utterance = client.startUtterance({ startMs: 0, preRollMs: 0 });
  utterance.push(speech(2000));
  await clock.advance(20);
  server.link!.drop();
  utterance.cancel('misfire');
  await clock.advance(1000);
  expect(types().at(-1)).toBe('cancel');
});

test('a non-retryable error ends the clip', async () => {
  const { clock, client, details } = setUpClient();
  client.connect();
  const utterance = client.startUtterance({ startMs: 0, preRollMs: 0 });
  utterance.push(speech(800));
  utterance.end(END);
  await clock.advance(200);
  expect(details('rejected')).toEqual([{ clipId: utterance.clipId, code: 'clip_too_short', message: 'too short' }]);
  const empty = client.startUtterance({ startMs: 0, preRollMs: 0 });
  empty.end(END);
  expect(details('rejected')).toHaveLength(2);
});

test('while the server drains no new clip is started, and the client returns when it was told to', async () => {
  const { clock, server, client, details, types } = setUpClient();
  client.connect();
  await clock.advance(50);
  const first = client.startUtterance({ startMs: 0, preRollMs: 0 });
  first.push(speech(2000));
  await clock.advance(20);
  server.send({ type: 'going_away', reason: 'draining', retryAfterMs: 3000 });
  await clock.advance(10);
  const second = client.startUtterance({ startMs: 0, preRollMs: 0 });
  second.push(speech(2000));
  second.end(END);
  first.end(END);
  await clock.advance(100);
  expect(details('final').map((final) => final.clipId)).toEqual([first.clipId]);
  server.link!.close(1001);
  await clock.advance(10);
  expect(details('state').at(-1)).toMatchObject({ state: 'waiting', retryInMs: 3000 });
  await clock.advance(4000);
  expect(types().filter((type) => type === 'start')).toHaveLength(2);
  expect(details('final').map((final) => final.clipId)).toEqual([first.clipId, second.clipId]);
});

test('interims of unfinished clips are events, later ones are not', async () => {
  const { clock, server, client, details } = setUpClient();
  client.connect();
  await clock.advance(50);
  const utterance = client.startUtterance({ startMs: 0, preRollMs: 0 });
  utterance.push(speech(2000));
  await clock.advance(20);
  server.send({ type: 'interim', clipId: utterance.clipId, revision: 1, text: 'he' });
  utterance.end(END);
  await clock.advance(100);
  server.send({ type: 'interim', clipId: utterance.clipId, revision: 2, text: 'hello' });
  await clock.advance(20);
  expect(details('interim').map((interim) => interim.text)).toEqual(['he']);
});
