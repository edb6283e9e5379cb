import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AudioContextCount, CapturePage, type SoundOptions } from './support/capture-page.ts';
import { buildWeb, DemoPage } from './support/demo-page.ts';
import { audioProcessId, INSECURE_HOST, launchDeviceChromium } from './support/device-chromium.ts';
import { RecordingProxy } from './support/recording-proxy.ts';
import { ServerProcess } from './support/server-process.ts';
import { expectWords, MICROPHONE_PROMPTS, writeMicrophoneWav } from './support/spoken-prompts.ts';

// A frame of the detector, and the samples that the resampler holds back until later ones decide them.
const FRAME_MS = 32;
const RESAMPLER_MS = 8;
const WEB_README = join(dirname(fileURLToPath(import.meta.url)), '../apps/web/README.md');

let server: ServerProcess;
let proxy: RecordingProxy;
let browser: Browser;

beforeAll(async () => {
  buildWeb();
  // A sub-path throughout, so that no address of the SDK may begin at the root.
  server = await ServerProcess.start(['--base-path', '/speech', '--log-level', 'error']);
  proxy = await RecordingProxy.start(server.url);
  browser = await launchDeviceChromium({ microphoneWav: writeMicrophoneWav() });
});

afterAll(async () => {
  await browser?.close();
  await proxy?.[Symbol.asyncDispose]();
  await server?.end('SIGKILL');
});

/** Starts with the microphone once the detector is loaded, so that what is heard is not far ahead of what is told. */
async function startWarm(page: CapturePage): Promise<void> {
  await page.create();
  await page.openSound();
  await page.start('sound');
  await page.stop();
  expect(await page.start()).toBe('ok');
}

/** Waits until the clip under way holds this much audio, pre-roll included. */
async function waitInSpeech(page: CapturePage, durationMs: number): Promise<void> {
  const { startMs } = await page.waitFor('clipstart');
  await page.waitFor('level', ({ frames }) => frames.some(({ timeMs }) => timeMs >= startMs + durationMs));
}

describe.concurrent('the microphone', () => {
  test('a question that is dismissed, refused, then answered: each says so, and the last one listens', async () => {
    await using page = await CapturePage.open(browser, server.url, { permission: 'prompt' });
    await page.create();
    expect(await page.start()).toBe('permission_dismissed');
    await page.setPermission('denied');
    expect(await page.start()).toBe('permission_denied');
    await page.setPermission('granted');
    expect(await page.start()).toBe('ok');
    expect(page.states()).toEqual(['starting', 'idle', 'starting', 'idle', 'starting', 'listening']);
    const errors = page.details('error');
    expect(errors.map(({ code, causeCode, isRecoverable }) => [code, causeCode, isRecoverable])).toEqual([
      ['permission_dismissed', 'NotAllowedError', true],
      ['permission_denied', 'NotAllowedError', true],
    ]);
    expect(page.complaints).toEqual([]);
  });

  test('permission that is taken back while listening ends it with a reason, and start works once it is given again', async () => {
    await using page = await CapturePage.open(browser, server.url);
    await page.create();
    await page.start();
    await page.setPermission('denied');
    await page.waitFor('state', ({ state }) => state === 'idle');
    expect(page.states()).toEqual(['starting', 'listening', 'recovering', 'idle']);
    await page.waitFor('error', ({ code }) => code === 'permission_denied');
    expect(page.details('error').map(({ code }) => code)).toEqual(['device_lost', 'permission_denied']);
    await page.setPermission('granted');
    expect(await page.start()).toBe('ok');
    expect((await page.status())?.state).toBe('listening');
  });

  test('says that there is no device', async () => {
    const bare = await launchDeviceChromium('none');
    try {
      await using page = await CapturePage.open(bare, server.url);
      // Only where the machine has a microphone of its own must the browser be told to see none.
      await page.page.evaluate(async () => {
        const devices = await navigator.mediaDevices.enumerateDevices();
        if (devices.some(({ kind }) => kind === 'audioinput')) {
          navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('none', 'NotFoundError'));
        }
      });
      await page.create();
      expect(await page.start()).toBe('no_device');
      expect(page.states()).toEqual(['starting', 'idle']);
      expect(page.details('error')).toMatchObject([{ code: 'no_device', causeCode: 'NotFoundError', isRecoverable: true }]);
    } finally {
      await bare.close();
    }
  });

  test('says that another program holds the device, and listens once it is free', async () => {
    await using page = await CapturePage.open(browser, server.url);
    await page.create();
    // The one failure that no switch of Chromium brings about.
    await page.page.evaluate(() => {
      const devices = navigator.mediaDevices;
      const original = devices.getUserMedia;
      devices.getUserMedia = () => {
        devices.getUserMedia = original;
        return Promise.reject(new DOMException('Could not start audio source', 'NotReadableError'));
      };
    });
    expect(await page.start()).toBe('device_in_use');
    expect(await page.start()).toBe('ok');
  });

  test('a page that is not secure is told so', async () => {
    const demo = await DemoPage.open(browser, `http://${INSECURE_HOST}:${server.port}/speech/`);
    try {
      await demo.click('listen-button');
      const box = demo.page.getByTestId('error');
      await box.waitFor();
      expect(await box.getAttribute('data-code')).toBe('insecure_context');
      expect(await box.textContent()).toContain('https://');
      // Trying again cannot help here.
      expect(await demo.page.getByTestId('retry-button').count()).toBe(0);
      await demo.waitForState('idle');
      expect(demo.complaints).toEqual([]);
    } finally {
      await demo.close();
    }
  });
});

describe('a device', () => {
  test('that dies in mid-sentence is opened again, and what was heard until then becomes text', async () => {
    await using page = await CapturePage.open(browser, proxy.url);
    await startWarm(page);
    await waitInSpeech(page, 2_000);
    process.kill(await audioProcessId(browser), 'SIGKILL');
    const { message, isRecoverable } = await page.waitFor('error');
    expect([message, isRecoverable]).toEqual(['the audio track has ended', true]);
    await page.waitFor('clip', ({ reason }) => reason === 'stop');
    await page.waitUntil(() => page.states().at(-1) === 'listening', 'listening again');
    expect(page.states().slice(-4)).toEqual(['starting', 'listening', 'recovering', 'listening']);
    // Every frame up to the end of the device is in the clip that the end cut off: the two meet within a frame and what the resampler held back.
    const cutAt = page.events.findIndex(({ name, detail }) => name === 'clip' && 'reason' in detail && detail.reason === 'stop');
    const frames = page.events.slice(0, cutAt).flatMap((event) => (event.name === 'level' ? event.detail.frames : []));
    const cut = page.details('clip').find(({ reason }) => reason === 'stop')!;
    expect(Math.abs(cut.endMs - frames.at(-1)!.timeMs)).toBeLessThanOrEqual(FRAME_MS + RESAMPLER_MS);
    const heard = await page.transcripts(page.details('clip').length + 1);
    expect(heard[0]?.text).toMatch(/^Nobody is available/);
    expect(heard.at(-1)?.startMs).toBeGreaterThanOrEqual(cut.endMs);
    expect(heard.at(-1)?.text).toMatch(/^Nobody is available/);
    expect(new Set(heard.map(({ clipId }) => clipId)).size).toBe(heard.length);
  });

  test('that hangs for two seconds is given up and opened again', async () => {
    await using page = await CapturePage.open(browser, server.url);
    const contexts = await AudioContextCount.start(page.page);
    await startWarm(page);
    await waitInSpeech(page, 1_500);
    const audio = await audioProcessId(browser);
    process.kill(audio, 'SIGSTOP');
    try {
      expect((await page.waitFor('error')).code).toBe('no_frames');
    } finally {
      // Before anything is asked of the page: Chromium blocks its thread until the new audio context has its device.
      process.kill(audio, 'SIGCONT');
    }
    const [before, after] = await page.transcripts(2);
    expect(before).toMatchObject({ endReason: 'stop', text: expect.stringMatching(/^Nobody is/) });
    expectWords([after!], ['vm-nobodyavail']);
    expect(page.states().slice(-4)).toEqual(['starting', 'listening', 'recovering', 'listening']);
    // Its own and that of the page's sound.
    expect(contexts.open).toBe(2);
  });

  test('that the browser holds back for want of a gesture is told, and the first gesture on the page starts it', async () => {
    const script = `import { SpeechCapture } from './edge/outspoken.js';
      lab.SpeechCapture = SpeechCapture;
      lab.create();
      const context = new AudioContext();
      const stream = lab.openSound(context);
      addEventListener('click', () => context.resume());
      lab.captures[0].start({ source: { type: 'stream', stream } });`;
    await using page = await CapturePage.open(browser, server.url, { script });
    await page.waitFor('error');
    expect(page.details('error')).toMatchObject([{ code: 'context_suspended', isRecoverable: true }]);
    expect(page.states()).toEqual(['starting', 'suspended']);
    await page.page.mouse.click(200, 200);
    await page.waitFor('state', ({ state }) => state === 'listening');
    await page.say('tt-weasels');
    expectWords(await page.transcripts(1), ['tt-weasels']);
    expect(page.details('error')).toHaveLength(1);
  });
});

describe('a capture', () => {
  test('lets no audio through while it is muted, and hears again after it', async () => {
    await using page = await CapturePage.open(browser, proxy.url);
    await page.create();
    await page.openSound();
    await page.start('sound');
    await page.say('tt-weasels');
    await page.transcripts(1);
    const sentBefore = proxy.items.length;
    await page.page.evaluate(() => globalThis.lab.captures[0]?.mute());
    await page.say('vm-nobodyavail');
    expect(proxy.items.slice(sentBefore).filter(({ type }) => type === 'frame')).toEqual([]);
    expect((await page.status())?.isMuted).toBe(true);
    expect(await page.page.evaluate(() => globalThis.lab.sound?.stream.getAudioTracks()[0]?.readyState)).toBe('live');
    await page.page.evaluate(() => globalThis.lab.captures[0]?.unmute());
    await page.say('conf-onlyperson');
    const [before, after] = await page.transcripts(2);
    expectWords([before!, after!], ['tt-weasels', 'conf-onlyperson']);
    // Muted time is session time, so that the two clips are as far apart as they were spoken.
    expect(after!.startMs - before!.startMs).toBeGreaterThan(5_000);
    expect(page.details('clipstart')).toHaveLength(2);
  });

  test('muting in mid-sentence sends what was said before and nothing after', async () => {
    await using page = await CapturePage.open(browser, proxy.url);
    await page.create();
    await page.openSound();
    await page.start('sound');
    const sentBefore = proxy.items.length;
    const speaking = page.say('vm-nobodyavail');
    await waitInSpeech(page, 1_500);
    await page.page.evaluate(() => globalThis.lab.captures[0]?.mute());
    const clip = await page.waitFor('clip');
    expect(clip.reason).toBe('mute');
    await speaking;
    const [final] = await page.transcripts(1);
    expect(final!.text).toMatch(/^Nobody/);
    expect(final!.text).not.toMatch(/moment/);
    // What is still on its way when the clip ends belongs to it, and no frame reaches beyond its end.
    const frames = proxy.items.slice(sentBefore).flatMap((item) => (item.type === 'frame' ? [item.frame] : []));
    expect(new Set(frames.map(({ clipId }) => clipId))).toEqual(new Set([clip.clipId]));
    const sentMs = Math.max(...frames.map(({ offsetSamples, sampleCount }) => offsetSamples + sampleCount)) / 16;
    expect(Math.abs(sentMs - (clip.endMs - clip.startMs))).toBeLessThanOrEqual(1);
  });

  test('stop ends the tracks before it returns, and the open clip still gets its words', async () => {
    await using page = await CapturePage.open(browser, server.url);
    await startWarm(page);
    await waitInSpeech(page, 2_000);
    const { during, after } = await page.page.evaluate(async () => {
      const { captures, tracks } = globalThis.lab;
      const stopping = captures[0]?.stop();
      const states = tracks.map(({ readyState }) => readyState);
      const status = captures[0]?.status.state;
      await stopping;
      return { during: [...states, status], after: captures[0]?.status.state };
    });
    expect(during).toEqual(['ended', 'idle']);
    expect(after).toBe('idle');
    const [final] = await page.transcripts(1);
    expect(final).toMatchObject({ endReason: 'stop', text: expect.stringMatching(/^Nobody is/) });
    expect(page.details('error')).toEqual([]);
  });

  test('fifteen starts and stops leave one worker, one or no audio context, and no track; close leaves nothing', async () => {
    await using page = await CapturePage.open(browser, server.url);
    const contexts = await AudioContextCount.start(page.page);
    await page.create();
    for (let round = 0; round < 15; round += 1) {
      expect(await page.start()).toBe('ok');
      expect(contexts.open).toBe(1);
      // Without waiting for the end of the last one, every other time: a person who presses twice.
      await (round % 2 === 0 ? page.stop() : page.page.evaluate(() => void globalThis.lab.captures[0]?.stop()));
    }
    await page.stop();
    const liveTracks = (): Promise<number> =>
      page.page.evaluate(() => globalThis.lab.tracks.filter(({ readyState }) => readyState === 'live').length);
    expect(await page.page.evaluate(() => globalThis.lab.tracks.length)).toBe(15);
    expect(await liveTracks()).toBe(0);
    expect(page.page.workers()).toHaveLength(1);
    await page.close();
    await expect.poll(() => page.page.workers().length).toBe(0);
    expect(await page.start()).toBe('closed');
    await expect.poll(() => contexts.open).toBe(0);
    expect(page.details('error')).toEqual([]);
    expect(page.complaints).toEqual([]);
  });

  test('a server that is full is told as such; what was said meanwhile is delivered once it has room', async () => {
    await using full = await ServerProcess.start(['--maximum-sessions', '1', '--log-level', 'error']);
    await using first = await CapturePage.open(browser, full.url);
    await first.create();
    await first.start();
    await first.waitFor('state', ({ connection }) => connection === 'open');
    await using second = await CapturePage.open(browser, full.url);
    await second.create();
    await second.openSound();
    await second.start('sound');
    expect(await second.waitFor('error')).toMatchObject({ code: 'server_refused', causeCode: 'overloaded', isRecoverable: true });
    await second.say('tt-weasels');
    await second.waitFor('clip');
    expect(await second.status()).toMatchObject({ state: 'listening', connection: 'waiting', isUploading: true });
    await first.close();
    await second.page.evaluate(() => globalThis.lab.captures[0]?.reconnect());
    expectWords(await second.transcripts(1), ['tt-weasels']);
    await second.waitUntil(() => second.details('state').at(-1)?.isUploading === false, 'end of the upload');
    expect(second.details('error')).toHaveLength(1);
  });

  test('a page whose main thread is busy four fifths of the time loses no word', async () => {
    await using page = await CapturePage.open(browser, server.url);
    await page.create();
    await page.page.evaluate(() => {
      setInterval(() => {
        const untilMs = performance.now() + 400;
        while (performance.now() < untilMs);
      }, 500);
    });
    expect(await page.start()).toBe('ok');
    expectWords(await page.transcripts(2), MICROPHONE_PROMPTS);
    expect(page.details('stats').at(-1)?.droppedMs).toBe(0);
  });

  test('two of them on one page hear the same microphone and keep apart', async () => {
    await using page = await CapturePage.open(browser, server.url);
    await page.create();
    await page.create();
    await Promise.all([page.start('microphone', 0), page.start('microphone', 1)]);
    const [first, second] = await Promise.all([page.transcripts(1, 0), page.transcripts(1, 1)]);
    expectWords([first[0]!, second[0]!], ['vm-nobodyavail', 'vm-nobodyavail']);
    expect(first[0]!.clipId).not.toBe(second[0]!.clipId);
    await page.close(0);
    await expect.poll(() => page.page.workers().length).toBe(1);
    expect((await page.status(1))?.state).toBe('listening');
  });
});

// One at a time: the page makes the sound itself, which stutters where several pages share two slow cores.
describe('a stream of any kind', () => {
  const sources: readonly (readonly [string, SoundOptions])[] = [
    ['stereo whose left channel is silent', { isLeftSilent: true }],
    ['a source of 44.1 kHz', { sampleRateHz: 44_100 }],
    ['a source of 8 kHz', { sampleRateHz: 8_000 }],
  ];
  test.each(sources)('%s is heard as well as any other', async (_name, sound) => {
    await using page = await CapturePage.open(browser, server.url);
    await page.create();
    await page.openSound(sound);
    await page.start('sound');
    await page.say('conf-onlyperson');
    const [clip] = [await page.waitFor('clip')];
    expectWords(await page.transcripts(1), ['conf-onlyperson']);
    // Half the level in one of two channels would be 6 dB less.
    expect(clip.levelDbfs).toBeGreaterThan(-20);
  });
});

describe.concurrent('the files of the SDK', () => {
  test('are embedded by a page of the same origin as the README says, under its policy and below a sub-path', async () => {
    const script = /```js\n(.*?)```/s.exec(readFileSync(WEB_README, 'utf8'))?.[1] ?? '';
    expect(script).toContain("from './edge/outspoken.js'");
    await using page = await CapturePage.open(browser, server.url, { script });
    const texts: string[] = [];
    const isComplete = new Promise<void>((resolve) => {
      page.page.on('console', (message) => {
        if (message.type() === 'log' && texts.push(message.text()) === MICROPHONE_PROMPTS.length) {
          resolve();
        }
      });
    });
    await page.page.getByRole('button').click();
    await isComplete;
    // Clips that waited for the detector are recognized side by side, and the shorter one may be first.
    expectWords(
      texts.sort().map((text) => ({ text })),
      MICROPHONE_PROMPTS,
    );
    expect(page.complaints).toEqual([]);
  });

  test.each(['ort-wasm-simd-threaded.wasm', 'silero_vad_v6.onnx', 'speech.worker.js'])(
    'a page in place of %s is named with its address and content type, and the next start works',
    async (name) => {
      await using page = await CapturePage.open(browser, server.url);
      await page.page.route(`**/edge/${name}`, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><p>Welcome' }));
      await page.create();
      expect(await page.start()).toBe('asset_failed');
      const [error] = page.details('error');
      expect(error?.message).toContain(new URL(`edge/${name}`, server.url).href);
      expect(error?.message).toContain('text/html');
      expect((await page.status())?.state).toBe('idle');
      await page.page.unroute(`**/edge/${name}`);
      expect(await page.start()).toBe('ok');
      expect(page.page.workers()).toHaveLength(1);
      expect(await page.page.evaluate(() => globalThis.lab.tracks.map(({ readyState }) => readyState))).toEqual(['ended', 'live']);
    },
  );

  test('a folder that is not there is named, with the status', async () => {
    await using page = await CapturePage.open(browser, server.url);
    await page.create({ assetBaseUrl: './nowhere/' });
    expect(await page.start()).toBe('asset_failed');
    expect(page.details('error')[0]?.message).toMatch(/\/speech\/nowhere\/[\w.]+ answered 404/);
    expect(page.details('error')).toHaveLength(1);
  });
});
