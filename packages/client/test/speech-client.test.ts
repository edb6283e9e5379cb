import { expect, test } from 'vitest';
import { type ClientEventMap, SessionRefusedError, SpeechClient, type SpeechClientOptions } from '../src/index.ts';
import { FakeServer, fingerprint } from './fake-server.ts';
import { VirtualClock } from './virtual-clock.ts';

const END = {
  reason: 'silence',
  continues: false,
  evidence: { voicedMs: 100, peakProbability: 1, meanProbability: 0.5 },
  levelDbfs: Number.NEGATIVE_INFINITY,
} as const;

function setUp(options: Partial<SpeechClientOptions> = {}, window = 3) {
  const clock = new VirtualClock();
  const server = new FakeServer(clock, window);
  const client = new SpeechClient({
    requestSession: server.requestSession,
    openTransport: server.openTransport,
    sdk: { name: 'test', version: '0' },
    clipPolicyId: `sha256:${'0'.repeat(64)}`,
    wantsInterims: true,
    now: clock.now,
    wallClock: clock.wallClock,
    setTimer: clock.setTimer,
    random: () => 0.5,
    ...options,
  });
  const log: { [K in keyof ClientEventMap]: ClientEventMap[K][] } = {
    state: [],
    interim: [],
    final: [],
    rejected: [],
    continued: [],
    error: [],
  };
  client.events.addEventListener('state', (event) => log.state.push(event.detail));
  client.events.addEventListener('interim', (event) => log.interim.push(event.detail));
  client.events.addEventListener('final', (event) => log.final.push(event.detail));
  client.events.addEventListener('rejected', (event) => log.rejected.push(event.detail));
  client.events.addEventListener('continued', (event) => log.continued.push(event.detail));
  client.events.addEventListener('error', (event) => log.error.push(event.detail));
  const details = <K extends keyof ClientEventMap>(type: K) => log[type];
  const types = () => server.messages.map((message) => message.type);
  return { clock, server, client, details, types };
}

const speech = (sampleCount: number, from = 0) => Int16Array.from({ length: sampleCount }, (_, index) => (from + index) % 30_000);

test('a clip goes out while it is spoken and comes back as one final', async () => {
  const { clock, server, client, details, types } = setUp();
  client.connect();
  await clock.advance(50);
  expect(client.state).toBe('open');
  const utterance = client.startUtterance({ startMs: 1000, preRollMs: 500 });
  utterance.push(speech(1536));
  await clock.advance(10);
  expect(server.frames).toHaveLength(1);
  utterance.push(speech(1000, 1536));
  await clock.advance(10);
  expect(server.frames).toHaveLength(1);
  utterance.maybeEnd();
  await clock.advance(10);
  expect(server.frames).toHaveLength(2);
  utterance.end(END);
  await clock.advance(100);
  expect(types()).toEqual(['hello', 'ping', 'start', 'maybe_end', 'end', 'done']);
  expect(server.messages.find((message) => message.type === 'end')).toMatchObject({ lengthSamples: 2536, levelDbfs: -200 });
  expect(details('final')).toHaveLength(1);
  expect(details('final')[0]).toMatchObject({ clipId: utterance.clipId, sequence: 0, text: fingerprint(speech(2536)) });
  expect(client.stats).toMatchObject({ outboxBytes: 0, resentBytes: 0, clips: { FINAL: 1, SENT: 0 } });
  expect(client.stats.sentBytes).toBeGreaterThan(2536 * 2 + 2 * 40);
  expect(server.violations).toEqual([]);
});

test('a dropped connection is resumed from where the server stands', async () => {
  const { clock, server, client, details, types } = setUp();
  client.connect();
  await clock.advance(50);
  const utterance = client.startUtterance({ startMs: 0, preRollMs: 0 });
  utterance.push(speech(16_000));
  await clock.advance(20);
  server.link!.drop();
  await clock.advance(0);
  utterance.push(speech(16_000, 16_000));
  expect(details('state').at(-1)).toMatchObject({ state: 'waiting', retryInMs: 250, cause: { code: 'connection_lost', closeCode: 1006 } });
  utterance.end(END);
  await clock.advance(1000);
  expect(types().filter((type) => type === 'start')).toHaveLength(1);
  expect(server.frames.map((frame) => frame.offsetSamples)).toEqual([0, 16_000]);
  expect(details('final').map((final) => final.text)).toEqual([fingerprint(speech(32_000))]);
  expect(client.stats.resentBytes).toBe(0);
  expect(server.violations).toEqual([]);
});

test('a restarted server gets the whole clip again, with the same id', async () => {
  const { clock, server, client, details } = setUp();
  client.connect();
  await clock.advance(50);
  const utterance = client.startUtterance({ startMs: 0, preRollMs: 0 });
  utterance.push(speech(20_000));
  await clock.advance(20);
  server.restart();
  utterance.end(END);
  await clock.advance(1000);
  expect(details('final').map((final) => final.clipId)).toEqual([utterance.clipId]);
  expect(client.stats.resentBytes).toBe(40_000);
  expect(server.violations).toEqual([]);
});

test('busy is honoured to the millisecond and the clip is sent again whole', async () => {
  const { clock, server, client, details, types } = setUp();
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

test('a clip that was refused asks again with its start alone: no audio goes to a server that will not have it', async () => {
  const { clock, server, client, details, types } = setUp();
  server.faults.busyStarts = 3;
  client.connect();
  await clock.advance(50);
  const utterance = client.startUtterance({ startMs: 0, preRollMs: 0 });
  utterance.push(speech(4000));
  utterance.end(END);
  await clock.advance(2000);
  expect(types().filter((type) => type === 'start')).toHaveLength(4);
  expect(details('final').map((final) => final.text)).toEqual([fingerprint(speech(4000))]);
  expect(client.stats.resentBytes).toBe(8000);
  expect(server.violations).toEqual([]);
});

test('a refused clip that a resumed session knows goes on at once', async () => {
  const { clock, server, client, details } = setUp();
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
  const { clock, server, client, details, types } = setUp();
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
  const { clock, server, client, details, types } = setUp({}, 2);
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

test('speech goes on in a new clip when the server closed a stalled one', async () => {
  const { clock, server, client, details } = setUp();
  client.connect();
  await clock.advance(50);
  const utterance = client.startUtterance({ startMs: 1000, preRollMs: 100 });
  const firstId = utterance.clipId;
  utterance.push(speech(3072));
  utterance.push(speech(100, 3072));
  await clock.advance(6000);
  expect(details('final')).toEqual([expect.objectContaining({ clipId: firstId, endReason: 'stalled', receivedSamples: 3072 })]);
  const secondId = utterance.clipId;
  expect(details('continued')).toEqual([{ clipId: secondId, continuesClipId: firstId, startMs: 1192 }]);
  utterance.end(END);
  await clock.advance(100);
  const padded = new Int16Array(1600);
  padded.set(speech(100, 3072));
  expect(details('final')[1]).toMatchObject({ clipId: secondId, text: fingerprint(padded) });
  expect(server.violations).toEqual([]);
});

test('a stalled clip with nothing left to send leaves no clip behind', async () => {
  const { clock, client, details } = setUp();
  client.connect();
  await clock.advance(50);
  const utterance = client.startUtterance({ startMs: 0, preRollMs: 0 });
  utterance.push(speech(3072));
  await clock.advance(6000);
  utterance.end(END);
  await clock.advance(100);
  expect(details('final')).toHaveLength(1);
  expect(details('continued')).toEqual([]);
  expect(details('rejected')).toEqual([]);
  expect(client.stats.outboxBytes).toBe(0);
});

test('a refusal that repeating can mend is waited out, another one closes the client', async () => {
  const { clock, server, client, details } = setUp();
  server.faults.refuse.push(
    new SessionRefusedError('overloaded', 'full', { retryable: true, retryAfterMs: 5000 }),
    new SessionRefusedError('origin_not_allowed', 'no', { retryable: false }),
  );
  client.connect();
  await clock.advance(1);
  expect(details('state').at(-1)).toMatchObject({ state: 'waiting', retryInMs: 5000, cause: { code: 'overloaded' } });
  await clock.advance(5000);
  expect(details('state').at(-1)).toMatchObject({ state: 'closed', cause: { code: 'origin_not_allowed', retryable: false } });
  client.connect();
  await clock.advance(100);
  expect(client.state).toBe('open');
});

test('an unreachable server is tried again with growing waits, and at once on request', async () => {
  const { clock, server, client, details } = setUp();
  server.faults.unreachable = 4;
  client.connect();
  await clock.advance(0);
  client.connect();
  await clock.advance(500);
  await clock.advance(60_000);
  const waits = details('state').filter((state) => state.state === 'waiting');
  expect(waits.map((state) => state.retryInMs)).toEqual([250, 500, 1000, 2000]);
  expect(waits[0]?.cause?.code).toBe('server_unreachable');
  expect(client.state).toBe('open');
});

test('a server that does not answer in time is left, and a late transport is closed', async () => {
  const late: (() => void)[] = [];
  const server = { opened: 0, closed: 0 };
  const base = setUp();
  const { clock, client, details } = setUp({
    requestSession: base.server.requestSession,
    openTransport: () =>
      new Promise((resolve) => {
        late.push(async () => {
          server.opened++;
          const transport = await base.server.openTransport();
          resolve({ ...transport, close: () => server.closed++ } as never);
        });
      }),
    connectTimeoutMs: 1000,
  });
  client.connect();
  await clock.advance(1000);
  expect(details('state').at(-1)).toMatchObject({ state: 'waiting', cause: { code: 'server_unreachable' } });
  late[0]!();
  await clock.advance(1);
  expect(server).toEqual({ opened: 1, closed: 1 });
  await client.close();
});

test('a silent server is noticed and left', async () => {
  const { clock, server, client, details } = setUp();
  client.connect();
  await clock.advance(50);
  server.link!.silence();
  await clock.advance(29_000);
  expect(client.state).toBe('open');
  await clock.advance(2000);
  expect(details('state').some((state) => state.cause?.closeCode === 4408)).toBe(true);
  await clock.advance(1000);
  expect(client.state).toBe('open');
});

test('audio waits in the outbox while the transport is full', async () => {
  const { clock, server, client, details } = setUp({ maxBufferedBytes: 40_000 });
  server.latencyMs = 30;
  client.connect();
  await clock.advance(200);
  const utterance = client.startUtterance({ startMs: 0, preRollMs: 0 });
  utterance.push(speech(160_000));
  utterance.end(END);
  await clock.advance(0);
  expect(server.link!.transport.bufferedBytes).toBeLessThan(40_000 + 32_100);
  await clock.advance(1000);
  expect(details('final').map((final) => final.text)).toEqual([fingerprint(speech(160_000))]);
});

test('clips that are too old expire, and the app is told', async () => {
  const { clock, client, details } = setUp({ clipTtlMs: 1000 });
  const utterance = client.startUtterance({ startMs: 0, preRollMs: 0 });
  utterance.push(speech(2000));
  utterance.end(END);
  await clock.advance(1001);
  expect(details('rejected')).toEqual([{ clipId: utterance.clipId, code: 'clip_expired', message: expect.any(String) }]);
  expect(client.stats).toMatchObject({ outboxBytes: 0, clips: { EXPIRED: 1 } });
});

test('a full outbox evicts its oldest clips and never grows past its bound', async () => {
  const { clock, server, client, details } = setUp({ outboxMaxBytes: 10_000 });
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

test('a maybe_end that more audio took back is not sent', async () => {
  const { clock, client, types } = setUp();
  const utterance = client.startUtterance({ startMs: 0, preRollMs: 0 });
  utterance.push(speech(2000));
  utterance.maybeEnd();
  utterance.push(speech(500));
  client.connect();
  await clock.advance(50);
  expect(types()).toEqual(['hello', 'ping', 'start']);
  utterance.maybeEnd();
  await clock.advance(50);
  expect(types().at(-1)).toBe('maybe_end');
});

test('a listener may call back into the client', async () => {
  const { clock, server, client, details } = setUp();
  client.events.addEventListener('final', ({ detail }) => {
    if (detail.sequence >= 2) return;
    const next = client.startUtterance({ startMs: 0, preRollMs: 0, continuesClipId: detail.clipId });
    next.push(speech(2000));
    next.end(END);
  });
  client.connect();
  const utterance = client.startUtterance({ startMs: 0, preRollMs: 0 });
  utterance.push(speech(2000));
  utterance.end(END);
  await clock.advance(500);
  expect(details('final').map((final) => final.sequence)).toEqual([0, 1, 2]);
  expect(server.violations).toEqual([]);
});

test('reports wait for the connection and only the newest is sent', async () => {
  const { clock, server, client } = setUp();
  const report = { capturedMs: 1, voicedMs: 1, sentMs: 1, capturedBytes: 1, sentBytes: 1 };
  client.report(report);
  client.report({ ...report, capturedMs: 2 });
  client.connect();
  await clock.advance(50);
  expect(server.messages.filter((message) => message.type === 'report')).toEqual([{ type: 'report', ...report, capturedMs: 2 }]);
});

test('a cancelled clip gets no event, even when its final is on the way', async () => {
  const { clock, client, details, types } = setUp();
  client.connect();
  await clock.advance(50);
  const utterance = client.startUtterance({ startMs: 0, preRollMs: 0 });
  utterance.push(speech(2000));
  utterance.end(END);
  await clock.advance(28);
  utterance.cancel('user');
  await clock.advance(100);
  expect(details('final')).toEqual([]);
  expect(details('rejected')).toEqual([]);
  expect(types().slice(-2)).toEqual(['cancel', 'done']);
  expect(client.stats.clips.CANCELLED).toBe(1);
});

test('a clip that was cancelled while away is cancelled on the server after the resume', async () => {
  const { clock, server, client, types } = setUp();
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
  const { clock, client, details } = setUp();
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
  const { clock, server, client, details, types } = setUp();
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

test('closing waits for outstanding finals, then says goodbye with 1000', async () => {
  const { clock, server, client, details } = setUp();
  server.decodeMs = () => 2000;
  client.connect();
  await clock.advance(50);
  const utterance = client.startUtterance({ startMs: 0, preRollMs: 0 });
  utterance.push(speech(2000));
  utterance.end(END);
  const open = client.startUtterance({ startMs: 0, preRollMs: 0 });
  open.push(speech(2000));
  const closed = client.close();
  expect(client.close()).toBe(closed);
  await clock.advance(2100);
  await closed;
  expect(details('final').map((final) => final.clipId)).toEqual([utterance.clipId]);
  expect(details('rejected')).toEqual([]);
  expect(client.state).toBe('closed');
  expect(server.link!.clientCloses).toEqual([{ code: 1000, reason: 'done' }]);
  expect(() => client.connect()).toThrow('the client was closed');
  expect(() => client.startUtterance({ startMs: 0, preRollMs: 0 })).toThrow('the client was closed');
  await clock.advance(60_000);
  expect(clock.timerCount).toBe(0);
});

test('closing gives up after its time-out and rejects what is left', async () => {
  const { clock, server, client, details } = setUp({ closeTimeoutMs: 1000 });
  server.isDecoding = false;
  client.connect();
  await clock.advance(50);
  const utterance = client.startUtterance({ startMs: 0, preRollMs: 0 });
  utterance.push(speech(2000));
  utterance.end(END);
  const closed = client.close();
  await clock.advance(1000);
  await closed;
  expect(details('rejected')).toEqual([{ clipId: utterance.clipId, code: 'client_closed', message: expect.any(String) }]);
  expect(client.stats.outboxBytes).toBe(0);
});

test('a client that never connected closes at once', async () => {
  const { client } = setUp();
  await client.close();
  expect(client.state).toBe('closed');
});

test('interims of unfinished clips are events, later ones are not', async () => {
  const { clock, server, client, details } = setUp();
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

test('messages that cannot be read are reported, unknown types are not', async () => {
  const { clock, server, client, details } = setUp();
  client.connect();
  await clock.advance(50);
  server.link!.send('{"type":"from_the_future"}');
  server.link!.send('{"type":"busy"}');
  server.link!.send(Uint8Array.of(1, 2));
  server.send({ type: 'error', code: 'rate_limited', message: 'slow down', retryable: true });
  await clock.advance(20);
  expect(details('error').map((error) => error.code)).toEqual(['bad_message', 'bad_message', 'rate_limited']);
  expect(client.state).toBe('open');
});

test('a refused hello is told apart from a lost connection', async () => {
  const { clock, server, client, details } = setUp();
  client.connect();
  await clock.advance(1);
  server.link!.send('{"type":"error","code":"unsupported_protocol","message":"no","retryable":false}');
  await clock.advance(5);
  expect(details('state').at(-1)).toMatchObject({ state: 'closed', cause: { code: 'unsupported_protocol' } });
});

test('a connection that another one replaced is not fought over', async () => {
  const { clock, server, client, details } = setUp();
  client.connect();
  await clock.advance(50);
  server.link!.close(4409);
  await clock.advance(50);
  expect(details('state').at(-1)).toMatchObject({ state: 'closed', cause: { code: 'connection_refused', closeCode: 4409 } });
});

test('the clocks of both ends are told apart', async () => {
  const { clock, client } = setUp();
  client.connect();
  await clock.advance(100);
  expect(client.stats.clock).toEqual({ roundTripMs: 10, serverClockOffsetMs: 5000 });
});

test('values that the server would refuse are refused where they enter', () => {
  const { client } = setUp();
  expect(() => client.startUtterance({ startMs: Number.NaN, preRollMs: 0 })).toThrow('startMs must be');
  const utterance = client.startUtterance({ startMs: 0, preRollMs: 0 });
  utterance.push(speech(2000));
  expect(() => utterance.end({ ...END, evidence: { ...END.evidence, peakProbability: 2 } })).toThrow('evidence.peakProbability must be');
  expect(() => client.report({ capturedMs: -1, voicedMs: 0, sentMs: 0, capturedBytes: 0, sentBytes: 0 })).toThrow('capturedMs must be');
  expect(() => setUp({ outboxMaxBytes: 0 })).toThrow(RangeError);
  expect(() => setUp({ clipPolicyId: 'x' })).toThrow('clipPolicyId must be');
  expect(() => setUp({ audio: { encoding: 'pcm_s16le', sampleRateHz: 8000 } })).toThrow(TypeError);
});
