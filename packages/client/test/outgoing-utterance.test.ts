import { expect, test } from 'vitest';
import { END, setUpClient, speech } from './client-fixture.ts';
import { fingerprint } from './fake-server.ts';

test('speech goes on in a new clip when the server closed a stalled one', async () => {
  const { clock, server, client, details } = setUpClient();
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
  const { clock, client, details } = setUpClient();
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

test('a cancelled clip gets no event, even when its final is on the way', async () => {
  const { clock, client, details, types } = setUpClient();
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

test('what the speech detector saw goes with maybe_end, and is checked where it is said', async () => {
  const { clock, server, client } = setUpClient();
  client.connect();
  await clock.advance(50);
  const utterance = client.startUtterance({ startMs: 0, preRollMs: 0 });
  utterance.push(speech(2000));
  utterance.maybeEnd({ evidence: END.evidence });
  await clock.advance(50);
  const { clipId } = utterance;
  expect(server.messages.at(-1)).toEqual({ type: 'maybe_end', clipId, lengthSamples: 2000, evidence: END.evidence });
  utterance.maybeEnd();
  await clock.advance(50);
  expect(server.messages.at(-1)).toEqual({ type: 'maybe_end', clipId, lengthSamples: 2000 });
  expect(() => utterance.maybeEnd({ evidence: { ...END.evidence, peakProbability: 2 } })).toThrow('evidence.peakProbability');
});

test('an utterance that ended takes no more audio and no second end', async () => {
  const { clock, server, client, details, types } = setUpClient();
  client.connect();
  await clock.advance(50);
  const utterance = client.startUtterance({ startMs: 0, preRollMs: 0 });
  utterance.push(speech(2000));
  utterance.end(END);
  utterance.push(speech(2000, 2000));
  utterance.maybeEnd();
  utterance.end({ ...END, reason: 'stop' });
  await clock.advance(100);
  expect(types().filter((type) => type === 'end' || type === 'maybe_end')).toEqual(['end']);
  expect(details('final').map((final) => [final.text, final.endReason])).toEqual([[fingerprint(speech(2000)), 'silence']]);
  expect(server.violations).toEqual([]);
});
