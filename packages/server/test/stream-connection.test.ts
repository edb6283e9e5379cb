import { expect, test } from 'vitest';
import { end, frame, frameBytes, HELLO, pcm, start, tone } from './support/speech.ts';
import { RawClient, type ServerBench, startServer } from './support/test-server.ts';

/** Sends a whole clip and waits until the recognizer has it. */
async function speak(client: RawClient, server: ServerBench, number: number): Promise<void> {
  client.send(start(number));
  client.send(frameBytes(number, tone(2_000, number)));
  client.send(end(number, 2_000));
  await client.sync();
  expect(server.dispatcher.running).toHaveLength(1);
}

test('speech goes in and a final comes out', async () => {
  const server = await startServer();
  const client = await RawClient.open(server.base);
  await speak(client, server, 0);
  expect(server.dispatcher.running[0]?.job.samples).toEqual(tone(2_000, 0));
  server.dispatcher.running[0]?.finish();
  expect(await client.next('final')).toMatchObject({ clipId: start(0).clipId, sequence: 0, receivedSamples: 2_000 });
});

const oddFrame = (): Uint8Array => {
  const bytes = frameBytes(0, tone(100));
  return bytes.subarray(0, bytes.length - 1);
};

test.each([
  ['text that is not JSON', 'speech!', 'bad_message'],
  ['an empty text', '', 'bad_message'],
  ['JSON of another kind', '[1,2]', 'bad_message'],
  ['a prototype in disguise', '{"type":"__proto__"}', 'unknown_message'],
  ['an unknown message', '{"type":"sing"}', 'unknown_message'],
  ['a field of the wrong type', '{"type":"done","clipId":7}', 'bad_message'],
  ['a text over 8 KiB', JSON.stringify({ type: 'done', clipId: 'x'.repeat(9_000) }), 'frame_too_large'],
  ['binary garbage', Uint8Array.from({ length: 100 }, (_, i) => i), 'bad_frame'],
  ['an empty frame', new Uint8Array(0), 'bad_frame'],
  ['a frame with half a sample', oddFrame(), 'bad_frame'],
  ['a frame over 256 KiB', new Uint8Array(300_000).fill(1), 'bad_frame'],
  ['a second hello', JSON.stringify(HELLO), 'bad_message'],
  ['audio of a clip that was not started', frameBytes(7, tone(100)), 'unknown_clip'],
])('%s gets a typed answer and the socket goes on', async (_name, data, code) => {
  const server = await startServer();
  const client = await RawClient.open(server.base);
  client.send(data);
  expect(await client.next('error')).toMatchObject({ code });
  expect(server.metrics.count('rejected', code)).toBe(1);
  await speak(client, server, 0);
  server.dispatcher.running[0]?.finish();
  await client.next('final');
});

test('a frame that is too large is called so', async () => {
  const server = await startServer();
  const client = await RawClient.open(server.base);
  const header = frameBytes(0, tone(1)).subarray(0, 32);
  const bytes = new Uint8Array(300_000);
  bytes.set(header);
  client.send(bytes);
  expect(await client.next('error')).toMatchObject({ code: 'frame_too_large' });
  client.send(new Uint8Array(600_000));
  expect((await client.closed).code).toBe(1009);
});

test('a hello may be longer than other messages, for its keywords', async () => {
  const server = await startServer();
  const keywords = new Array<string>(1000).fill('x'.repeat(100));
  const client = await RawClient.connect(server.base);
  client.send(JSON.stringify({ ...HELLO, keywords }));
  await client.next('welcome');
  client.send(JSON.stringify({ ...HELLO, keywords }));
  expect(await client.next('error')).toMatchObject({ code: 'frame_too_large' });
});

test('text that is not UTF-8 closes the socket with 1007', async () => {
  const server = await startServer();
  const client = await RawClient.open(server.base);
  client.socket.send(Buffer.from([0xff, 0xfe, 0xfd]), { binary: false });
  expect((await client.closed).code).toBe(1007);
});

test.each([
  ['NaN samples', frameBytes(0, Float32Array.of(0, Number.NaN), { encoding: 'pcm_f32le' }), 'audio_not_finite'],
  ['infinite samples', frameBytes(0, Float32Array.of(1 / 0), { encoding: 'pcm_f32le' }), 'audio_not_finite'],
  ['another sample rate', frameBytes(0, tone(100), { sampleRateHz: 48_000 }), 'unsupported_sample_rate'],
])('%s end the clip at once with a typed answer', async (_name, data, code) => {
  const server = await startServer();
  const client = await RawClient.open(server.base);
  client.send(start(0));
  client.send(data);
  expect(await client.next('error')).toMatchObject({ code, clipId: start(0).clipId, retryable: false });
  client.send(end(0, 100));
  await client.sync();
  expect(client.received.filter((message) => message.type === 'error')).toHaveLength(1);
  expect(server.dispatcher.begun).toEqual([]);
});

test('a clip of 0.05 s gets a typed answer', async () => {
  const server = await startServer();
  const client = await RawClient.open(server.base);
  client.send(start(0));
  client.send(frameBytes(0, tone(800)));
  client.send(end(0, 800));
  expect(await client.next('error')).toMatchObject({ code: 'clip_too_short', retryable: false });
});

test('a talker who never stops is told at 30 s, and the next clip is fine', async () => {
  const server = await startServer();
  const client = await RawClient.open(server.base);
  client.send(start(0));
  const chunk = tone(16_000);
  for (let second = 0; second < 60; second++) client.send(frameBytes(0, chunk, { offsetSamples: 16_000 * second }));
  expect(await client.next('error')).toMatchObject({ code: 'clip_too_long', clipId: start(0).clipId, retryable: false });
  await speak(client, server, 1);
  expect(client.received.filter((message) => message.type === 'error')).toHaveLength(1);
});

test('anything before hello is not ready', async () => {
  const server = await startServer();
  const client = await RawClient.connect(server.base);
  for (const data of [start(0), { type: 'ping', edgeTimeMs: 1 } as const, frameBytes(0, tone(10))]) {
    client.send(data);
    expect(await client.next('error')).toMatchObject({ code: 'not_ready', retryable: true });
  }
  client.send(HELLO);
  expect(await client.next('welcome')).toMatchObject({ resumed: false });
});

test('a hello with another rate, encoding or protocol is refused and may be said again', async () => {
  const server = await startServer();
  const client = await RawClient.connect(server.base);
  for (const [change, code] of [
    [{ audio: { encoding: 'pcm_s16le', sampleRateHz: 48_000 } }, 'unsupported_sample_rate'],
    [{ audio: { encoding: 'opus', sampleRateHz: 16_000 } }, 'unsupported_encoding'],
    [{ protocol: 'asr.v2' }, 'unsupported_protocol'],
  ] as const) {
    client.send(JSON.stringify({ ...HELLO, ...change }));
    expect(await client.next('error')).toMatchObject({ code });
  }
  client.send(HELLO);
  await client.next('welcome');
});

test('a socket without a hello is closed after 5 s', async () => {
  const server = await startServer();
  const client = await RawClient.connect(server.base);
  server.clock.advance(5_000);
  expect((await client.closed).code).toBe(4408);
});

test('the twentieth mistake closes the socket', async () => {
  const server = await startServer();
  const client = await RawClient.open(server.base);
  for (let i = 0; i < 25; i++) client.send('nonsense');
  expect((await client.closed).code).toBe(4400);
  expect(client.received.filter((message) => message.type === 'error')).toHaveLength(20);
});

test('a mistake now and then closes nothing, however long the socket lives', async () => {
  const server = await startServer();
  const client = await RawClient.open(server.base);
  for (let i = 0; i < 40; i++) {
    client.send('nonsense');
    await client.next('error');
    // In steps that the heartbeat takes for a client that is there.
    for (let step = 0; step < 6; step++) {
      server.clock.advance(10_000);
      await client.sync();
    }
  }
  await speak(client, server, 0);
});

test('a flood is closed with 4429', async () => {
  const server = await startServer({ stream: { messageBurst: 50 } });
  const client = await RawClient.open(server.base);
  for (let i = 0; i < 60; i++) client.send({ type: 'ping', edgeTimeMs: i });
  expect(await client.next('error')).toMatchObject({ code: 'rate_limited' });
  expect((await client.closed).code).toBe(4429);
});

test.each(['ping', 'pong'] as const)('a flood of %s frames, which no message shows, is closed with 4429 too', async (kind) => {
  const server = await startServer({ stream: { messageBurst: 50 } });
  const client = await RawClient.open(server.base);
  for (let i = 0; i < 60; i++) client.socket[kind]();
  expect((await client.closed).code).toBe(4429);
  expect(server.metrics.count('rejected', 'rate_limited')).toBe(1);
});

test('a full window of the longest clips may be sent at once, again and again as finals come', async () => {
  const server = await startServer();
  const client = await RawClient.open(server.base);
  const samples = tone(480_000);
  for (let number = 0; number < 24; number++) {
    client.send(start(number));
    for (let offset = 0; offset < samples.length; offset += 1_536) {
      client.send(frameBytes(number, samples.subarray(offset, offset + 1_536), { offsetSamples: offset }));
    }
    client.send(end(number, samples.length));
    await client.sync();
    server.dispatcher.running[0]?.finish();
    await client.next('final');
  }
  expect(client.received.filter((message) => message.type === 'error')).toEqual([]);
});

test('a client that sends nothing for 30 s is cut off; one that answers pings is not', async () => {
  const server = await startServer();
  const dead = await RawClient.open(server.base);
  // A paused socket reads no ping, so it sends no pong.
  dead.socket.pause();
  const live = await RawClient.open(server.base);
  for (let beat = 0; beat < 4; beat++) {
    server.clock.advance(15_000);
    await live.sync();
  }
  dead.socket.resume();
  expect((await dead.closed).code).toBe(1006);
  expect(live.socket.readyState).toBe(live.socket.OPEN);
});

test('a client that does not read is cut off, and memory stays bounded', async () => {
  const server = await startServer({ stream: { maximumBufferedBytes: 64 * 1024 } });
  const client = await RawClient.open(server.base);
  const longText = 'x'.repeat(16_000);
  client.send(start(0));
  client.send(frameBytes(0, tone(2_000)));
  client.send(end(0, 2_000));
  await client.sync();
  const running = server.dispatcher.running[0];
  Object.assign(running?.job ?? {}, { jobId: longText });
  running?.finish();
  await client.next('final');
  client.socket.pause();
  const closed = new Promise<void>((resolve) => {
    for (const socket of server.app.websocketServer.clients) socket.on('close', () => resolve());
  });
  // Each of these is answered with 16 kB; the system's own buffers swallow the first megabytes.
  for (let i = 0; i < 2_000; i++) client.send(start(0));
  await closed;
  expect(server.metrics.count('connectionClosed', 'stream', 1006)).toBe(1);
});

test('after a drop in mid-clip nothing is lost and nothing doubled', async () => {
  const server = await startServer();
  const first = await RawClient.connect(server.base);
  first.send(HELLO);
  const { resumeToken } = await first.next('welcome');
  await speak(first, server, 0);
  first.send(start(1));
  first.send(frameBytes(1, tone(1_000)));
  await first.sync();
  first.socket.terminate();
  await first.closed;
  server.dispatcher.running[0]?.finish();
  const second = await RawClient.connect(server.base);
  second.send({ ...HELLO, resumeToken });
  expect(await second.next('welcome')).toMatchObject({
    resumed: true,
    clips: [
      { clipId: start(0).clipId, receivedSamples: 2_000, state: 'ended' },
      { clipId: start(1).clipId, receivedSamples: 1_000, state: 'open' },
    ],
  });
  expect(await second.next('final')).toMatchObject({ clipId: start(0).clipId });
  second.send({ type: 'done', clipId: start(0).clipId });
  const rest = frame(1, tone(2_500));
  second.send(frameBytes(1, tone(1_500), { offsetSamples: 1_000, payload: rest.payload.subarray(2_000) }));
  second.send(end(1, 2_500));
  await second.sync();
  expect(server.dispatcher.running[0]?.job.samples).toEqual(tone(2_500));
  server.dispatcher.running[0]?.finish();
  await second.next('final');
  expect(second.received.filter((message) => message.type === 'final')).toHaveLength(2);
  expect(server.dispatcher.begun).toHaveLength(2);
});

test('a stolen or expired resume token opens an empty session', async () => {
  const server = await startServer();
  const owner = await RawClient.connect(server.base);
  owner.send(HELLO);
  const { resumeToken } = await owner.next('welcome');
  const again = await RawClient.open(server.base, resumeToken);
  expect((await owner.closed).code).toBe(4409);
  await again.sync();
  const thief = await RawClient.open(server.base, resumeToken);
  expect(thief.received[0]).toMatchObject({ type: 'welcome', resumed: false, clips: [] });
  const current = again.received.find((message) => message.type === 'welcome')?.resumeToken ?? '';
  again.socket.terminate();
  await again.closed;
  // The server hears of it in its own time; then the minute runs.
  await expect.poll(() => server.metrics.count('connectionClosed')).toBe(2);
  server.clock.advance(61_000);
  const late = await RawClient.open(server.base, current);
  expect(late.received[0]).toMatchObject({ type: 'welcome', resumed: false, clips: [] });
});

test('a silent clip is finalised as stalled while the client is connected', async () => {
  const server = await startServer();
  const client = await RawClient.open(server.base);
  client.send(start(0));
  client.send(frameBytes(0, tone(2_000)));
  await client.sync();
  server.clock.advance(5_000);
  server.dispatcher.running[0]?.finish();
  expect(await client.next('final')).toMatchObject({ endReason: 'stalled', receivedSamples: 2_000 });
});

test('a fault of the server ends one session only', async () => {
  const server = await startServer();
  const bad = await RawClient.open(server.base);
  const good = await RawClient.open(server.base);
  const predict = server.scheduler.admit.bind(server.scheduler);
  server.scheduler.admit = () => {
    server.scheduler.admit = predict;
    throw new Error('boom');
  };
  bad.send(start(0));
  expect(await bad.next('error')).toMatchObject({ code: 'internal' });
  expect((await bad.closed).code).toBe(1011);
  await good.sync();
});

test('frames of 32-bit floats are as good as 16-bit ones', async () => {
  const server = await startServer();
  const client = await RawClient.open(server.base);
  client.send(start(0));
  client.send(frameBytes(0, tone(2_000), { encoding: 'pcm_f32le', payload: pcm(tone(2_000), 'pcm_f32le') }));
  client.send(end(0, 2_000));
  await client.sync();
  expect(server.dispatcher.running[0]?.job.samples).toEqual(tone(2_000));
});
