import { expect, test } from 'vitest';
import { END, setUpClient, speech } from './client-fixture.ts';
import { fingerprint } from './fake-server.ts';

test('a clip goes out while it is spoken and comes back as one final', async () => {
  const { clock, server, client, details, types } = setUpClient();
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
  const { clock, server, client, details, types } = setUpClient();
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
  const { clock, server, client, details } = setUpClient();
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

test('reports wait for the connection and only the newest is sent', async () => {
  const { clock, server, client } = setUpClient();
  const report = { capturedMs: 1, voicedMs: 1, sentMs: 1, capturedBytes: 1, sentBytes: 1 };
  client.report(report);
  client.report({ ...report, capturedMs: 2 });
  client.connect();
  await clock.advance(50);
  expect(server.messages.filter((message) => message.type === 'report')).toEqual([{ type: 'report', ...report, capturedMs: 2 }]);
});

test('closing waits for outstanding finals, then says goodbye with 1000', async () => {
  const { clock, server, client, details } = setUpClient();
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
  const { clock, server, client, details } = setUpClient({ closeTimeoutMs: 1000 });
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
  const { client } = setUpClient();
  await client.close();
  expect(client.state).toBe('closed');
});

test('values that the server would refuse are refused where they enter', () => {
  const { client } = setUpClient();
  expect(() => client.startUtterance({ startMs: Number.NaN, preRollMs: 0 })).toThrow('startMs must be');
  const utterance = client.startUtterance({ startMs: 0, preRollMs: 0 });
  utterance.push(speech(2000));
  expect(() => utterance.end({ ...END, evidence: { ...END.evidence, peakProbability: 2 } })).toThrow('evidence.peakProbability must be');
  expect(() => client.report({ capturedMs: -1, voicedMs: 0, sentMs: 0, capturedBytes: 0, sentBytes: 0 })).toThrow('capturedMs must be');
  expect(() => setUpClient({ outboxMaxBytes: 0 })).toThrow(RangeError);
  expect(() => setUpClient({ clipPolicyId: 'x' })).toThrow('clipPolicyId must be');
  expect(() => setUpClient({ audio: { encoding: 'pcm_s16le', sampleRateHz: 8000 } })).toThrow(TypeError);
});
