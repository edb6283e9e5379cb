import { execFileSync } from 'node:child_process';
import { floatToInt16 } from '@outspoken/audio';
import { countWordErrors, errorRatio, WHISPER_ENGLISH } from '@outspoken/evaluation';
import { encodeAudioFrame, MAX_FRAME_BYTES } from '@outspoken/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSpeech, type SpeechFixture, speechFixtures } from './support/fixtures.ts';
import { RawClient } from './support/raw-client.ts';
import { ServerProcess } from './support/server-process.ts';
import { Talker } from './support/talker.ts';

const FIXTURES = speechFixtures();
const SILENCE_AFTER = new Float32Array(16_000);

function fixture(name: string): SpeechFixture {
  const found = FIXTURES.find((candidate) => candidate.name === name);
  if (!found) {
    throw new RangeError(`no fixture is called ${name}`);
  }
  return found;
}

function withSilenceAfter(samples: Float32Array): Float32Array {
  const padded = new Float32Array(samples.length + SILENCE_AFTER.length);
  padded.set(samples);
  return padded;
}

async function sayPrompt(talker: Talker, name: string, pace: 'live' | 'fast' = 'fast'): Promise<void> {
  await talker.say(withSilenceAfter(readSpeech(fixture(name).path)), pace);
}

/** Share of wrong words in everything that a talker heard back, against the prompts that it said. */
function wrongShare(talker: Talker, names: readonly string[]): number {
  const reference = names.map((name) => fixture(name).text).join(' ');
  return errorRatio(countWordErrors(reference, talker.text, WHISPER_ENGLISH));
}

function expectEachClipOnce(talker: Talker): void {
  expect(talker.rejections).toEqual([]);
  expect(talker.finals.map(({ final }) => final.clipId).sort()).toEqual([...talker.clipIds].sort());
}

function childPids(pid: number): number[] {
  return execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
    .split('\n')
    .map((line) => Number(line.trim()))
    .filter((child) => child > 0);
}

/** White noise from a seeded generator (mulberry32), -20 dBFS. */
function whiteNoise(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 - 0.5) * 0.35;
  });
}

describe('faults on the road', () => {
  test('a connection that drops in mid-clip loses nothing and doubles nothing', async () => {
    await using server = await ServerProcess.start();
    await using talker = await Talker.create(server.url);
    const names = ['privacy-prompt', 'vm-nobodyavail'];
    await talker.say(readSpeech(fixture('privacy-prompt').path).subarray(0, 24_000), 'live');
    talker.transport?.socket.terminate();
    await talker.say(withSilenceAfter(readSpeech(fixture('privacy-prompt').path).subarray(24_000)), 'live');
    await sayPrompt(talker, 'vm-nobodyavail');
    await talker.stop();
    await talker.settled();
    expectEachClipOnce(talker);
    expect(talker.clipIds).toHaveLength(2);
    expect(wrongShare(talker, names)).toBeLessThanOrEqual(0.1);
    const metrics = await server.metrics();
    expect(metrics.get('outspoken_resumes_total{outcome="resumed"}')).toBe(1);
  });

  test('a server that is killed between two clips and started again answers both, each once', async () => {
    const names = ['conf-onlyperson', 'tt-weasels', 'queue-periodic-announce'];
    let server = await ServerProcess.start();
    const { port } = server;
    await using talker = await Talker.create(server.url, { settings: { backoff: { baseMs: 100, maxMs: 500 } } });
    await sayPrompt(talker, 'conf-onlyperson');
    await talker.settled();
    expect(await server.end('SIGKILL')).toBe('SIGKILL');
    await sayPrompt(talker, 'tt-weasels');
    // A third clip is under way when the server comes back.
    await talker.say(readSpeech(fixture('queue-periodic-announce').path).subarray(0, 60_000));
    server = await ServerProcess.start(['--port', String(port)]);
    try {
      await talker.say(withSilenceAfter(readSpeech(fixture('queue-periodic-announce').path).subarray(60_000)));
      await talker.settled();
      expectEachClipOnce(talker);
      expect(wrongShare(talker, names)).toBeLessThanOrEqual(0.1);
    } finally {
      await server.end('SIGKILL');
    }
  });

  test('workers that are killed in mid-decode are replaced and their clips run again', async () => {
    await using server = await ServerProcess.start(['--workers', '1']);
    await using talker = await Talker.create(server.url);
    const names = ['tt-allbusy', 'demo-nomatch'];
    const workers = childPids(server.pid);
    // Stopped first, so that the kill finds a clip in their hands on a machine of any speed.
    for (const pid of workers) {
      process.kill(pid, 'SIGSTOP');
    }
    await sayPrompt(talker, 'tt-allbusy');
    await sayPrompt(talker, 'demo-nomatch');
    for (const pid of workers) {
      process.kill(pid, 'SIGKILL');
    }
    await talker.settled();
    expectEachClipOnce(talker);
    expect(wrongShare(talker, names)).toBeLessThanOrEqual(0.15);
    expect(Math.max(...talker.finals.map(({ final }) => final.attempt))).toBe(2);
    const restarts = [...(await server.metrics())].filter(([name]) => name.startsWith('outspoken_worker_restarts_total'));
    expect(restarts.reduce((sum, [, value]) => sum + value, 0)).toBeGreaterThanOrEqual(1);
  });

  test('SIGTERM lets the clip in flight finish, tells the client, and ends with code 0', async () => {
    const server = await ServerProcess.start();
    await using client = await RawClient.greet(server.url);
    const clipId = client.start();
    const samples = floatToInt16(readSpeech(fixture('tt-allbusy').path));
    client.speak(clipId, samples);
    client.end(clipId, samples.length);
    await client.hear('accepted', clipId);
    const ended = server.end('SIGTERM');
    expect((await client.hear('going_away')).reason).toBe('draining');
    expect((await client.hear('final', clipId)).text).toContain('representatives');
    expect((await client.transport.closed).code).toBe(1001);
    expect(await ended).toBe(0);
  });
});

describe('whatever a client sends', () => {
  let server: ServerProcess;

  beforeAll(async () => {
    server = await ServerProcess.start();
  });
  afterAll(async () => {
    expect(server.log).not.toMatch(/weasel|phone system/i);
    expect(await server.end()).toBe(0);
  });

  async function expectStillServes(client: RawClient): Promise<void> {
    const clipId = client.start();
    const samples = floatToInt16(readSpeech(fixture('tt-weasels').path));
    client.speak(clipId, samples);
    client.end(clipId, samples.length);
    expect((await client.hear('final', clipId)).text.toLowerCase()).toContain('weasels have eaten');
  }

  test.each([
    ['garbage text', 'bad_message', (client: RawClient) => client.send('{{{ not json')],
    ['an unknown message', 'unknown_message', (client: RawClient) => client.send('{"type":"make_coffee"}')],
    ['garbage in binary', 'bad_frame', (client: RawClient) => client.transport.send(new Uint8Array(100).fill(0xaa))],
    ['audio of no clip', 'unknown_clip', (client: RawClient) => client.speak('01890f3e-7b1a-7c3d-8a5e-0123456789ab', new Int16Array(16))],
    [
      'an audio frame that is too large',
      'frame_too_large',
      (client: RawClient) => {
        const header = { clipId: client.start(), encoding: 'pcm_s16le', chunkSequence: 0, offsetSamples: 0, sampleRateHz: 16_000 } as const;
        const oversized = new Uint8Array(MAX_FRAME_BYTES + 2);
        oversized.set(encodeAudioFrame(header, new Uint8Array(2)));
        client.transport.send(oversized);
      },
    ],
  ])('%s is answered by %s and the socket goes on', async (_what, code, send) => {
    await using client = await RawClient.greet(server.url);
    send(client);
    expect((await client.hear('error')).code).toBe(code);
    await expectStillServes(client);
  });

  test('a frame beyond what a socket takes closes it with 1009 and hurts nobody else', async () => {
    await using client = await RawClient.greet(server.url);
    client.transport.send(new Uint8Array(4 << 20));
    expect((await client.transport.closed).code).toBe(1009);
    await using other = await RawClient.greet(server.url);
    await expectStillServes(other);
  });

  test('samples that are not numbers are refused before the model', async () => {
    await using client = await RawClient.greet(server.url, 'pcm_f32le');
    const clipId = client.start();
    const samples = new Float32Array(16_000);
    samples[9_000] = Number.NaN;
    client.speak(clipId, samples);
    const error = await client.hear('error', clipId);
    expect([error.code, error.retryable]).toEqual(['audio_not_finite', false]);
  });

  test('a wrong sample rate is refused with what to send instead', async () => {
    await using client = await RawClient.greet(server.url);
    const clipId = client.start();
    client.speak(clipId, new Int16Array(4_410), { sampleRateHz: 44_100 });
    const error = await client.hear('error');
    expect(error.code).toBe('unsupported_sample_rate');
    expect(error.message).toContain('16000');
    await expectStillServes(client);
  });

  test('a clip of 0.05 s is refused as too short', async () => {
    await using client = await RawClient.greet(server.url);
    const clipId = client.start();
    client.speak(clipId, new Int16Array(800));
    client.end(clipId, 800);
    const error = await client.hear('error', clipId);
    expect([error.code, error.retryable]).toEqual(['clip_too_short', false]);
  });

  test.each([
    ['digital silence', new Float32Array(80_000), 'silence'],
    ['white noise', whiteNoise(80_000, 7), 'no_speech'],
  ])('5 s of %s gives an empty text with its reason', async (_what, samples, reason) => {
    await using client = await RawClient.greet(server.url);
    const clipId = client.start();
    client.speak(clipId, floatToInt16(samples));
    client.end(clipId, samples.length);
    const final = await client.hear('final', clipId);
    expect([final.text, final.emptyReason]).toEqual(['', reason]);
  });

  test('a raw talker who never stops is told that the clip is too long', async () => {
    await using client = await RawClient.greet(server.url);
    const clipId = client.start();
    client.speak(clipId, new Int16Array(31 * 16_000));
    expect((await client.hear('error', clipId)).code).toBe('clip_too_long');
    await expectStillServes(client);
  });

  test('noise and silence never become a clip on the device', async () => {
    await using talker = await Talker.create(server.url);
    await talker.say(new Float32Array(80_000));
    await talker.say(whiteNoise(80_000, 11));
    await talker.stop();
    expect(talker.clipIds).toEqual([]);
  });

  test('a talker who never stops for three minutes is cut into clips that all come back', async () => {
    await using talker = await Talker.create(server.url, { settings: { closeTimeoutMs: 60_000 } });
    const breathless = readSpeech(fixture('tt-allbusy').path).subarray(2_900, 85_000);
    // 35 times 5.1 s, without the pause between the sentences: one breath of three minutes.
    for (let spokenMs = 0; spokenMs < 180_000; spokenMs += breathless.length / 16) {
      await talker.say(breathless);
    }
    await talker.stop();
    await talker.settled();
    expectEachClipOnce(talker);
    expect(talker.clipIds.length).toBeGreaterThanOrEqual(12);
    for (const { final } of talker.finals) {
      expect(final.endMs - final.startMs).toBeLessThanOrEqual(15_000);
      expect(final.text).not.toBe('');
    }
  });

  test('several talkers at once each hear their own words', async () => {
    const names = ['tt-weasels', 'vm-nonumber', 'conf-roll-callcomplete', 'vm-toforward', 'privacy-unident', 'dir-nomore'];
    await Promise.all(
      names.map(async (name) => {
        await using talker = await Talker.create(server.url);
        await sayPrompt(talker, name);
        await talker.settled();
        expectEachClipOnce(talker);
        const others = names.filter((other) => other !== name).map((other) => wrongShare(talker, [other]));
        expect(wrongShare(talker, [name])).toBeLessThan(Math.min(...others) / 2);
      }),
    );
  });

  test('a ping comes back with the time of the edge', async () => {
    await using client = await RawClient.greet(server.url);
    client.send({ type: 'ping', edgeTimeMs: 42 });
    expect((await client.hear('pong')).edgeTimeMs).toBe(42);
  });
});
