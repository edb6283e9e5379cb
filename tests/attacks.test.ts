import { floatToInt16 } from '@outspoken/audio';
import { type Rejection, SpeechClient } from '@outspoken/client';
import { createUuidV7, encodeAudioFrame, type FinalMessage, type HelloMessage, type StartMessage } from '@outspoken/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  gone,
  openRaw,
  openStream,
  rawStatus,
  residentMiB,
  ticketFrom,
  upgradeStatus,
  webSocketFrame,
  workerPids,
} from './support/attacker.ts';
import { readSpeech, speechFixtures } from './support/fixtures.ts';
import { sessionRequester, transportOpener } from './support/node-transport.ts';
import { RawClient } from './support/raw-client.ts';
import { ServerProcess } from './support/server-process.ts';

const HELLO: HelloMessage = {
  type: 'hello',
  protocol: 'asr.v1',
  sdk: { name: 'attacker', version: '1.0.0' },
  audio: { encoding: 'pcm_s16le', sampleRateHz: 16_000 },
  clipPolicyId: `sha256:${'0'.repeat(64)}`,
  wantsInterims: false,
  edgeTimeMs: 0,
};
const END = {
  reason: 'stop',
  continues: false,
  evidence: { voicedMs: 1, peakProbability: 1, meanProbability: 1 },
  levelDbfs: -20,
} as const;
const SPEECH = speechSamples('tt-weasels');
const SAID = /weasels have eaten our phone system/i;

function speechSamples(name: string): Int16Array {
  const found = speechFixtures().find((fixture) => fixture.name === name);
  if (!found) {
    throw new RangeError(`no fixture is called ${name}`);
  }
  return floatToInt16(readSpeech(found.path));
}

function start(client: RawClient, changes: Partial<StartMessage> = {}): string {
  const clipId = changes.clipId ?? createUuidV7(Date.now());
  client.send({ type: 'start', clipId, sequence: 0, startMs: 0, preRollMs: 0, ...changes });
  return clipId;
}

function frame(clipId: string, offsetSamples: number, samples: Int16Array = new Int16Array(160)): Uint8Array {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  return encodeAudioFrame({ clipId, encoding: 'pcm_s16le', chunkSequence: 0, offsetSamples, sampleRateHz: 16_000 }, bytes);
}

/** The codes of the errors that the client has heard once everything it sent is dealt with. */
async function errorCodes(client: RawClient): Promise<string[]> {
  client.send({ type: 'ping', edgeTimeMs: 1 });
  await client.hear('pong');
  return client.heard.splice(0).flatMap((message) => (message.type === 'error' ? [message.code] : []));
}

async function expectServes(client: RawClient): Promise<void> {
  const clipId = client.start();
  client.speak(clipId, SPEECH);
  client.end(clipId, SPEECH.length);
  expect((await client.hear('final', clipId)).text).toMatch(SAID);
}

function sum(metrics: ReadonlyMap<string, number>, name: string): number {
  return [...metrics].filter(([series]) => series === name || series.startsWith(`${name}{`)).reduce((total, [, value]) => total + value, 0);
}

/** The real client without a VAD: clips in, results out. */
class Sender implements AsyncDisposable {
  readonly client: SpeechClient;
  readonly finals: FinalMessage[] = [];
  readonly rejections: Rejection[] = [];
  #clips = 0;
  #wake: (() => void) | undefined;

  constructor(serverUrl: string) {
    this.client = new SpeechClient({
      requestSession: sessionRequester(serverUrl),
      openTransport: transportOpener(serverUrl),
      sdk: { name: 'sender', version: '1.0.0' },
      clipPolicyId: HELLO.clipPolicyId,
      wantsInterims: false,
      closeTimeoutMs: 0,
    });
    this.client.events.addEventListener('final', ({ detail }) => {
      this.finals.push(detail);
      this.#wake?.();
    });
    this.client.events.addEventListener('rejected', ({ detail }) => {
      this.rejections.push(detail);
      this.#wake?.();
    });
    this.client.connect();
  }

  say(samples: Int16Array): void {
    this.#clips += 1;
    const utterance = this.client.startUtterance({ startMs: 0, preRollMs: 0 });
    utterance.push(samples);
    utterance.end(END);
  }

  async settled(): Promise<void> {
    while (this.finals.length + this.rejections.length < this.#clips) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
  }
}

describe('a client without manners', () => {
  let server: ServerProcess;

  beforeAll(async () => {
    server = await ServerProcess.start(['--workers', '2', '--log-level', 'trace', '--resume-window-ms', '1000', '--base-path', '/speech']);
  });
  afterAll(async () => {
    expect(server.log).toContain('clip finished');
    // Neither what was said nor anything that opens a session: tickets and resume tokens are 43 characters of base64url.
    expect(server.log).not.toMatch(/weasel|phone system|canary|[\w-]{43}/i);
    expect(await server.end()).toBe(0);
  });

  test.each<[string, (client: RawClient) => void, string[]]>([
    ['a second hello', (client) => client.send(HELLO), ['bad_message']],
    ['the end of a clip that never began', (client) => client.end(createUuidV7(0), 1600), ['unknown_clip']],
    [
      'cancel and done of nothing',
      (client) =>
        (['cancel', 'done'] as const).forEach((type) => {
          client.send({ type, clipId: createUuidV7(0), reason: 'user' } as Parameters<RawClient['send']>[0]);
        }),
      [],
    ],
    ['a sequence over 32 bits', (client) => start(client, { sequence: 2 ** 32 }), ['bad_message']],
    ['a start before time began', (client) => start(client, { startMs: -1 }), ['bad_message']],
    [
      'a start at infinity',
      (client) => client.send(`{"type":"start","clipId":"${createUuidV7(0)}","sequence":0,"startMs":1e999,"preRollMs":0}`),
      ['bad_message'],
    ],
    [
      'a thousand frames with a hole before them',
      (client) => {
        const clipId = start(client);
        for (let i = 1; i <= 1000; i += 1) {
          client.transport.send(frame(clipId, i * 160));
        }
      },
      ['bad_frame'],
    ],
    [
      'offsets that overflow 32 bits',
      (client) => {
        const bytes = frame(start(client), 0);
        new DataView(bytes.buffer).setUint32(24, 2 ** 32 - 1, true);
        client.transport.send(bytes);
      },
      ['bad_frame'],
    ],
    [
      'a maybe_end beyond the audio, and at every odd place',
      (client) => {
        const clipId = start(client);
        client.speak(clipId, SPEECH);
        for (const lengthSamples of [SPEECH.length + 1, 0, 1, 1599, 1600, SPEECH.length, 20_000]) {
          client.send({ type: 'maybe_end', clipId, lengthSamples });
        }
        client.send({ type: 'cancel', clipId, reason: 'misfire' });
      },
      ['length_mismatch'],
    ],
    [
      'nested JSON and a prototype',
      (client) => {
        client.send(`${'['.repeat(4000)}${']'.repeat(4000)}`);
        client.send('{"__proto__":{"type":"ping"},"canary":1}');
        client.send('{"type":"constructor"}');
      },
      ['bad_message', 'bad_message', 'unknown_message'],
    ],
  ])('%s gets a typed answer, and the next clip is fine', async (_what, attack, codes) => {
    await using client = await RawClient.greet(server.url);
    attack(client);
    expect(await errorCodes(client)).toEqual(codes);
    await expectServes(client);
  });

  test('a clip at the last moment that can be named still gets its final', async () => {
    await using client = await RawClient.greet(server.url);
    const clipId = start(client, { startMs: 34_560_000_000 });
    client.speak(clipId, SPEECH);
    client.end(clipId, SPEECH.length);
    expect((await client.hear('final', clipId)).text).toMatch(SAID);
  });

  test('end, done and audio again and again change nothing: one final, and none after a cancel', async () => {
    await using client = await RawClient.greet(server.url);
    const clipId = start(client);
    client.send({ type: 'done', clipId });
    client.speak(clipId, SPEECH);
    client.end(clipId, SPEECH.length);
    client.end(clipId, SPEECH.length);
    client.speak(clipId, SPEECH);
    expect((await client.hear('final', clipId)).text).toMatch(SAID);
    const dropped = start(client);
    client.speak(dropped, SPEECH);
    client.end(dropped, SPEECH.length);
    client.send({ type: 'cancel', clipId: dropped, reason: 'user' });
    await expectServes(client);
    expect(client.heard.filter(({ type }) => type === 'final' || type === 'error')).toEqual([]);
  });

  test('a guess that the clip is over is taken back by more audio: the text is that of all of it', async () => {
    await using client = await RawClient.greet(server.url);
    const clipId = start(client);
    client.speak(clipId, SPEECH.subarray(0, 24_000));
    client.send({ type: 'maybe_end', clipId, lengthSamples: 24_000 });
    await errorCodes(client);
    client.transport.send(frame(clipId, 24_000, SPEECH.slice(24_000)));
    client.end(clipId, SPEECH.length);
    const final = await client.hear('final', clipId);
    expect([final.text, final.receivedSamples]).toEqual([expect.stringMatching(SAID), SPEECH.length]);
  });

  test('the same clip id in two sessions is two clips', async () => {
    await using first = await RawClient.greet(server.url);
    await using second = await RawClient.greet(server.url);
    const clipId = start(first);
    start(second, { clipId, sequence: 7 });
    first.speak(clipId, SPEECH);
    second.speak(clipId, new Int16Array(16_000));
    second.end(clipId, 16_000);
    first.end(clipId, SPEECH.length);
    expect(await second.hear('final', clipId)).toMatchObject({ sequence: 7, text: '' });
    expect(await first.hear('final', clipId)).toMatchObject({ sequence: 0, text: expect.stringMatching(SAID) });
  });

  test('a resume takes the session over from the open socket; the old token then opens an empty one', async () => {
    await using first = await RawClient.open(server.url);
    first.send(HELLO);
    const { resumeToken, sessionId } = await first.hear('welcome');
    const clipId = start(first);
    first.speak(clipId, SPEECH.subarray(0, 16_000));
    await errorCodes(first);
    await using second = await RawClient.open(server.url);
    second.send({ ...HELLO, resumeToken });
    expect(await second.hear('welcome')).toMatchObject({ resumed: true, sessionId, clips: [{ clipId, receivedSamples: 16_000 }] });
    expect((await first.transport.closed).code).toBe(4409);
    second.transport.send(frame(clipId, 16_000, SPEECH.slice(16_000)));
    second.end(clipId, SPEECH.length);
    expect((await second.hear('final', clipId)).text).toMatch(SAID);
    await using thief = await RawClient.open(server.url);
    thief.send({ ...HELLO, resumeToken });
    expect(await thief.hear('welcome')).toMatchObject({ resumed: false, clips: [] });
  });

  test('a message in single bytes is a message; one in thousands of pieces is an attack', async () => {
    await using client = await RawClient.greet(server.url);
    const { socket } = client.transport;
    const text = '{"type":"ping","edgeTimeMs":7}';
    [...text].forEach((letter, index) => {
      socket.send(letter, { fin: index === text.length - 1 });
    });
    expect((await client.hear('pong')).edgeTimeMs).toBe(7);
    for (let i = 0; i < 1000; i += 1) {
      socket.send('x', { fin: false });
    }
    expect((await client.transport.closed).code).toBe(1008);
  });

  test.each([
    ['pings', 9],
    ['pongs', 10],
  ])('a flood of %s ends its socket, costs no memory and keeps nobody waiting', async (_what, opcode) => {
    const beforeMiB = residentMiB(server);
    const socket = await openStream(server.url);
    const burst = Buffer.concat(Array.from({ length: 1000 }, () => webSocketFrame(opcode, new Uint8Array(125))));
    const closed = gone(socket);
    for (let i = 0; i < 100 && !socket.destroyed; i += 1) {
      socket.write(burst);
    }
    expect((await fetch(new URL('healthz', server.url))).status).toBe(200);
    socket.resume();
    await closed;
    expect(residentMiB(server) - beforeMiB).toBeLessThan(64);
  });

  test('a ticket lets one of fifty sockets in, and only with the protocol beside it', async () => {
    const ticket = `ticket.${await ticketFrom(server.url)}`;
    expect(await upgradeStatus(server.url, [])).toBe(400);
    expect(await upgradeStatus(server.url, ['asr.v1'])).toBe(401);
    expect(await upgradeStatus(server.url, [ticket])).toBe(400);
    expect(await upgradeStatus(server.url, ['asr.v1', `ticket.${'A'.repeat(43)}`, ticket])).toBe(401);
    const race = await Promise.all(Array.from({ length: 50 }, () => upgradeStatus(server.url, ['asr.v1', ticket])));
    expect(race.toSorted().slice(0, 2)).toEqual([101, 401]);
  });

  test.each(['null', '', '/', '.evil.test', '#', '@evil.test', ', http://evil.test', '0'])(
    'a page is not let in by an origin spelt with "%s"',
    async (twist) => {
      const own = new URL(server.url).origin;
      const origin = twist === 'null' || twist === '' ? twist : `${own}${twist}`;
      const protocols = ['asr.v1', `ticket.${await ticketFrom(server.url)}`];
      expect(await upgradeStatus(server.url, protocols, { origin, 'x-forwarded-host': 'evil.test', forwarded: 'host=evil.test' })).toBe(
        403,
      );
      expect(await upgradeStatus(server.url, protocols, { origin: own })).toBe(101);
    },
  );

  test.each([
    ['GET /speech/../../../package.json', '', 403],
    ['GET /speech/%2e%2e/%2e%2e/package.json', '', 403],
    ['GET /speech/..%2f..%2fpackage.json', '', 404],
    ['GET /speech/..%5c..%5cpackage.json', '', 403],
    ['GET /speech/index.html%00.js', '', 403],
    ['GET /speech/%', '', 400],
    ['GET //speech/healthz', '', 404],
    ['PUT /speech/v1/sessions', '', 404],
    ['HEAD /speech/healthz', '', 200],
    ['GET /speech/v1/stream', '', 426],
    ['POST /speech/v1/sessions', 'Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1\r\n\r\nx', 415],
    ['POST /speech/v1/sessions', 'Content-Type: application/json\r\nContent-Length: 22\r\n\r\n{"__proto__":{"x":{}}}', 400],
    ['POST /speech/v1/sessions', `Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n${' '.repeat(5000)}`, 413],
    ['POST /speech/v1/sessions', 'Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
    ['GET /speech/healthz', `X-Long: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
  ])('%s is answered with what it deserves (case %#)', async (line, more, status) => {
    expect(await rawStatus(server.url, `${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${more || '\r\n'}`)).toBe(status);
  });

  test('two hundred sockets that open and die leave nothing behind, and every clip is counted once', async () => {
    const requestsBefore = sum(await server.metrics(), 'outspoken_requests_total');
    const sockets = await Promise.all(Array.from({ length: 200 }, () => openStream(server.url)));
    const hello = webSocketFrame(1, Buffer.from(JSON.stringify(HELLO)));
    const clip = (index: number) =>
      Buffer.from(JSON.stringify({ type: 'start', clipId: createUuidV7(index), sequence: 0, startMs: 0, preRollMs: 0 }));
    sockets.forEach((socket, index) => {
      if (index % 2 === 0) {
        socket.write(Buffer.concat([hello, webSocketFrame(1, clip(index))]));
      }
    });
    await expect
      .poll(async () => sum(await server.metrics(), 'outspoken_sessions_active'), { timeout: 10_000 })
      .toBeGreaterThanOrEqual(100);
    sockets.forEach((socket, index) => {
      index % 3 === 0 ? socket.resetAndDestroy() : socket.destroy();
    });
    await using client = await RawClient.greet(server.url);
    for (let i = 0; i < 12; i += 1) {
      client.speak(start(client, { sequence: i }), new Int16Array(1000));
    }
    expect((await errorCodes(client)).filter((code) => code === 'window_exceeded')).toHaveLength(4);
    client.transport.close();
    const idle = async () => {
      const metrics = await server.metrics();
      const gauges = ['connections_active', 'sessions_active', 'queue_depth', 'queue_audio_seconds', 'predicted_wait_seconds'];
      const left = gauges.filter((name) => sum(metrics, `outspoken_${name}`) !== 0);
      return { left, requests: sum(metrics, 'outspoken_requests_total') - requestsBefore };
    };
    await expect.poll(idle, { timeout: 15_000 }).toEqual({ left: [], requests: 112 });
  });
});

describe('workers and shutdown', () => {
  test('a clip given to workers that died a moment ago is not held responsible', async () => {
    await using server = await ServerProcess.start(['--workers', '2']);
    await using sender = new Sender(server.url);
    sender.say(SPEECH);
    await sender.settled();
    await expect.poll(async () => sum(await server.metrics(), 'outspoken_worker_slots')).toBe(2);
    for (const pid of workerPids(server)) {
      process.kill(pid, 'SIGKILL');
    }
    sender.say(SPEECH);
    await sender.settled();
    expect(sender.rejections).toEqual([]);
    expect(sender.finals.map(({ text }) => text)).toEqual([expect.stringMatching(SAID), expect.stringMatching(SAID)]);
  });

  test('SIGTERM ends with 0 and loses none of eight clips, whoever does not read, drips a request or never fetches its download', async () => {
    const server = await ServerProcess.start(['--workers', '2']);
    const stuck = [
      await openRaw(server.url, 'GET /edge/ort-wasm-simd-threaded.wasm HTTP/1.1\r\nHost: x\r\n\r\n'),
      await openRaw(server.url, 'POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{'),
      await openStream(server.url),
    ];
    stuck[2]?.write(webSocketFrame(1, Buffer.from(JSON.stringify(HELLO))));
    await using client = await RawClient.greet(server.url);
    const clipIds = Array.from({ length: 8 }, () => client.start());
    for (const clipId of clipIds) {
      client.speak(clipId, SPEECH);
      client.end(clipId, SPEECH.length);
    }
    await errorCodes(client);
    const ended = server.end('SIGTERM');
    for (const clipId of clipIds) {
      expect((await client.hear('final', clipId)).text).toMatch(SAID);
    }
    expect((await client.transport.closed).code).toBe(1001);
    expect(await ended).toBe(0);
    for (const socket of stuck) {
      socket.destroy();
    }
  });

  test('a second SIGTERM ends at once with 1', async () => {
    const server = await ServerProcess.start(['--workers', '1']);
    await using client = await RawClient.greet(server.url);
    start(client);
    await client.hear('accepted');
    const ended = server.end('SIGTERM');
    await client.hear('going_away');
    process.kill(server.pid, 'SIGTERM');
    expect(await ended).toBe(1);
  });

  test('under ten times too much speech every clip is answered once, each is turned away few times, and the server stays awake', async () => {
    await using server = await ServerProcess.start(['--workers', '1', '--maximum-predicted-wait-ms', '500']);
    const senders = Array.from({ length: 20 }, () => new Sender(server.url));
    await expect.poll(async () => sum(await server.metrics(), 'outspoken_connections_active'), { timeout: 10_000 }).toBe(20);
    for (const sender of senders) {
      sender.say(SPEECH);
      sender.say(SPEECH);
    }
    const settled = Promise.all(senders.map((sender) => sender.settled()));
    expect((await fetch(new URL('healthz', server.url))).status).toBe(200);
    await settled;
    expect(senders.flatMap(({ rejections }) => rejections)).toEqual([]);
    expect(senders.flatMap(({ finals }) => finals.map(({ text }) => SAID.test(text)))).toEqual(Array.from({ length: 40 }, () => true));
    const refusals = (await server.metrics()).get('outspoken_requests_total{protocol="stream",outcome="rejected"}') ?? 0;
    expect(refusals).toBeGreaterThan(0);
    // When the times to try again were not spread, 160 clips were turned away 9,700 times, 60 times each.
    expect(refusals / 40).toBeLessThan(10);
    await Promise.all(senders.map((sender) => sender[Symbol.asyncDispose]()));
  });
});
