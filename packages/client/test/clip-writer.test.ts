import { expect, test } from 'vitest';
import { startMessage, writeClip } from '../src/clip-writer.ts';
import { type ClipBeginning, OutgoingClip } from '../src/outgoing-clip.ts';
import { END, setUpClient, speech } from './client-fixture.ts';
import { fingerprint } from './fake-server.ts';
import { clipIdOf, setUpConnection } from './scripted-connection.ts';

const END_SENT = { ...END, levelDbfs: -30 };
const AMPLE_BYTES = 1_000_000;

function setUpWriter(sampleCount: number, beginning: Partial<ClipBeginning> = {}) {
  const script = setUpConnection();
  script.takeLines();
  const clip = new OutgoingClip({ clipId: clipIdOf(1), sequence: 7, startMs: 1000, preRollMs: 500, createdAtMs: 0, ...beginning });
  clip.audio.append(speech(sampleCount));
  clip.apply('send');
  const write = (maxBufferedBytes = AMPLE_BYTES) => writeClip(clip, script.connection, maxBufferedBytes);
  return { ...script, clip, write };
}

test('the start names the clip, and the clip that it continues only when there is one', () => {
  const start = { type: 'start', clipId: clipIdOf(1), sequence: 7, startMs: 1000, preRollMs: 500 };
  expect(startMessage(setUpWriter(0).clip)).toEqual(start);
  expect(startMessage(setUpWriter(0, { continuesClipId: clipIdOf(2) }).clip)).toEqual({ ...start, continuesClipId: clipIdOf(2) });
});

test('a live clip waits for a whole chunk, and says its start once', () => {
  const { clip, write, takeLines } = setUpWriter(1535);
  expect(write()).toBe(true);
  expect(takeLines()).toEqual(['start']);
  clip.audio.append(speech(1, 1535));
  expect(write()).toBe(true);
  expect(takeLines()).toEqual(['frame 0: 0+1536']);
  clip.audio.append(speech(1536, 1536));
  write();
  expect(takeLines()).toEqual(['frame 1: 1536+1536']);
  write();
  expect(takeLines()).toEqual([]);
});

test('a frame carries the samples of its position as 16-bit little endian', () => {
  const { write, frames } = setUpWriter(16_000 + 1536);
  write();
  expect(frames[1]).toMatchObject({ clipId: clipIdOf(1), encoding: 'pcm_s16le', sampleRateHz: 16_000, offsetSamples: 16_000 });
  const { buffer, byteOffset, byteLength } = frames[1]!.payload;
  const view = new DataView(buffer, byteOffset, byteLength);
  expect(byteLength).toBe(3072);
  expect([0, 1535].map((index) => view.getInt16(index * 2, true))).toEqual([16_000, 17_535]);
});

test('waiting audio goes in frames of a second at most', () => {
  const { write, takeLines } = setUpWriter(40_000);
  write();
  expect(takeLines()).toEqual(['start', 'frame 0: 0+16000', 'frame 1: 16000+16000', 'frame 2: 32000+8000']);
});

test('leftovers go with maybe_end, which is said once', () => {
  const { clip, write, takeLines, messages } = setUpWriter(1600);
  write();
  clip.audio.append(speech(10, 1600));
  clip.pause = { evidence: END.evidence };
  takeLines();
  write();
  expect(takeLines()).toEqual(['frame 1: 1600+10', 'maybe_end']);
  expect(messages.at(-1)).toEqual({ type: 'maybe_end', clipId: clipIdOf(1), lengthSamples: 1610, evidence: END.evidence });
  write();
  expect(takeLines()).toEqual([]);
});

test('leftovers go with end, which takes the place of a waiting maybe_end and has nothing after it', () => {
  const { clip, write, takeLines, messages } = setUpWriter(10);
  clip.pause = {};
  clip.end = END_SENT;
  expect(write()).toBe(true);
  expect(takeLines()).toEqual(['start', 'frame 0: 0+10', 'end']);
  expect(messages.at(-1)).toEqual({ type: 'end', clipId: clipIdOf(1), lengthSamples: 10, ...END_SENT });
  expect(write()).toBe(true);
  expect(takeLines()).toEqual([]);
});

test('a full transport holds audio and end back until it has emptied', async () => {
  const { clock, clip, write, takeLines } = setUpWriter(40_000);
  await clock.advance(0);
  clip.end = END_SENT;
  expect(write(40_000)).toBe(false);
  expect(takeLines()).toEqual(['start', 'frame 0: 0+16000', 'frame 1: 16000+16000']);
  expect(write(40_000)).toBe(false);
  expect(takeLines()).toEqual([]);
  await clock.advance(0);
  expect(write(40_000)).toBe(true);
  expect(takeLines()).toEqual(['frame 2: 32000+8000', 'end']);
});

test('a clip that was refused sends its start alone until it is accepted', () => {
  const { clip, write, takeLines } = setUpWriter(2000);
  clip.refusals = 1;
  clip.end = END_SENT;
  expect(write()).toBe(true);
  expect(write()).toBe(true);
  expect(takeLines()).toEqual(['start']);
  clip.apply('accepted');
  write();
  expect(takeLines()).toEqual(['frame 0: 0+2000', 'end']);
});

test('a clip that is sent again counts its frames from 0, and only audio that went out before as resent', () => {
  const { clip, write, takeLines, sent } = setUpWriter(2000);
  write();
  clip.rewind();
  clip.audio.append(speech(500, 2000));
  takeLines();
  sent.length = 0;
  write();
  expect(takeLines()).toEqual(['start', 'frame 0: 0+2500']);
  expect(sent.map(({ resentBytes }) => resentBytes)).toEqual([0, 4000]);
});

test('a resumed clip sends no start and goes on behind what the server has', () => {
  const { clip, write, takeLines, sent } = setUpWriter(2000);
  write();
  clip.resume(1600, false);
  clip.end = END_SENT;
  takeLines();
  sent.length = 0;
  write();
  expect(takeLines()).toEqual(['frame 0: 1600+400', 'end']);
  expect(sent[0]?.resentBytes).toBe(800);
});

test('a clip that was refused asks again with its start alone: no audio goes to a server that will not have it', async () => {
  const { clock, server, client, details, types } = setUpClient();
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

test('audio waits in the outbox while the transport is full', async () => {
  const { clock, server, client, details } = setUpClient({ maxBufferedBytes: 40_000 });
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

test('a maybe_end that more audio took back is not sent', async () => {
  const { clock, client, types } = setUpClient();
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
