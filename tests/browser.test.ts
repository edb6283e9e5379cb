import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_CLIP_POLICY, decodePcm, writeWav } from '@outspoken/audio';
import { countWordErrors, errorRatio, sumErrors, WHISPER_ENGLISH } from '@outspoken/evaluation';
import { loadModelFiles } from '@outspoken/models';
import { loadSileroVad } from '@outspoken/vad';
import * as runtime from 'onnxruntime-node';
import { beforeAll, describe, expect, test } from 'vitest';
import { launchChromium } from './support/chromium.ts';
import { buildWeb, DemoPage } from './support/demo-page.ts';
import { demoCues, fixturePath, readSpeech } from './support/fixtures.ts';
import { MainThreadTrace } from './support/main-thread.ts';
import { RecordingProxy } from './support/recording-proxy.ts';
import { ServerProcess } from './support/server-process.ts';

const RECORDING = fixturePath('demo-recording.wav');
const CUES = demoCues();
const FRAME_MS = 32;

function firstWord(text: string): string {
  return /[a-z']+/.exec(text.toLowerCase())?.[0] ?? '';
}

function expectRightText(texts: readonly string[]): void {
  const errors = texts.map((text, index) => countWordErrors(CUES[index]?.text ?? '', text, WHISPER_ENGLISH));
  expect(errorRatio(sumErrors(errors))).toBeLessThanOrEqual(0.1);
  expect(texts.map(firstWord)).toEqual(CUES.map(({ text }) => firstWord(text)));
}

/** The audio of each clip as it went over the wire. */
function clipsOf(proxy: RecordingProxy): Map<string, Float32Array[]> {
  const clips = new Map<string, Float32Array[]>();
  for (const item of proxy.items) {
    if (item.type === 'frame') {
      const { clipId, encoding, payload } = item.frame;
      clips.set(clipId, [...(clips.get(clipId) ?? []), decodePcm(payload, encoding)]);
    }
  }
  return clips;
}

/** How long a clip is silent before and after its speech, judged afresh by the same model. */
async function silenceAround(parts: readonly Float32Array[]): Promise<{ beforeMs: number; afterMs: number; voicedMs: number }> {
  const { files } = await loadModelFiles('silero-vad-v6');
  await using model = await loadSileroVad(runtime, files.model);
  const samples = parts.flatMap((part) => [...part]);
  const voiced: boolean[] = [];
  for (let start = 0; start < samples.length; start += model.frameSamples) {
    const frame = new Float32Array(model.frameSamples);
    frame.set(samples.slice(start, start + model.frameSamples));
    voiced.push((await model.process(frame)) >= 0.35);
  }
  return {
    beforeMs: voiced.indexOf(true) * FRAME_MS,
    afterMs: (voiced.length - 1 - voiced.lastIndexOf(true)) * FRAME_MS,
    voicedMs: voiced.filter(Boolean).length * FRAME_MS,
  };
}

describe('the demo in a real browser', () => {
  beforeAll(() => {
    buildWeb();
  });

  test('hears a recording through the microphone: right words, one clip each, only speech sent, an idle main thread', async () => {
    await using server = await ServerProcess.start();
    await using proxy = await RecordingProxy.start(server.url);
    const browser = await launchChromium(RECORDING);
    try {
      const demo = await DemoPage.open(browser, proxy.url);
      const trace = await MainThreadTrace.start(demo.page);
      await demo.click('listen-button');
      await demo.waitForFinals(CUES.length);
      await demo.click('listen-button');
      await demo.waitForState('idle');
      const { longestTaskMs, taskCount } = await trace.stop();
      const shown = await demo.transcripts();
      expect(shown.map(({ state }) => state)).toEqual(CUES.map(() => 'final'));
      expectRightText(shown.map(({ text }) => text));
      expect(taskCount).toBeGreaterThan(100);
      expect(longestTaskMs).toBeLessThan(50);
      expect(demo.complaints).toEqual([]);

      const recording = readSpeech(RECORDING);
      const speechMs = CUES.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
      const { sentBytes, capturedBytes } = await demo.savings();
      expect(sentBytes / capturedBytes).toBeLessThanOrEqual(speechMs / (recording.length / 16) + 0.15);
      // The page's own figure is honest: it is what the wire saw, WebSocket headers aside.
      expect(Math.abs(sentBytes - proxy.sentBytes)).toBeLessThan(0.02 * sentBytes);

      const clips = clipsOf(proxy);
      expect([...clips.keys()].sort()).toEqual(shown.map(({ clipId }) => clipId).sort());
      for (const parts of clips.values()) {
        const { beforeMs, afterMs, voicedMs } = await silenceAround(parts);
        expect(voicedMs).toBeGreaterThan(DEFAULT_CLIP_POLICY.minimumVoicedMs);
        expect(beforeMs).toBeLessThanOrEqual(DEFAULT_CLIP_POLICY.preRollMs + 3 * FRAME_MS);
        expect(afterMs).toBeLessThanOrEqual(DEFAULT_CLIP_POLICY.tailMs + 3 * FRAME_MS);
      }
      const metrics = await server.metrics();
      expect(metrics.get('outspoken_requests_total{protocol="stream",outcome="ok"}')).toBe(CUES.length);
      expect(metrics.get('outspoken_edge_sent_bytes_total')).toBeGreaterThan(0.9 * sentBytes);
    } finally {
      await browser.close();
    }
  });

  test('sends no audio at all while nobody speaks', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'outspoken-'));
    const noise = Float32Array.from({ length: 8 * 48_000 }, (_, i) => 0.05 * Math.sin(i * 0.7) * Math.sin(i * i * 0.013));
    writeFileSync(join(folder, 'noise.wav'), writeWav([noise], { sampleRateHz: 48_000 }));
    await using server = await ServerProcess.start();
    await using proxy = await RecordingProxy.start(server.url);
    const browser = await launchChromium(join(folder, 'noise.wav'));
    try {
      const demo = await DemoPage.open(browser, proxy.url);
      await demo.click('listen-button');
      await demo.page.waitForFunction(
        () => Number(document.querySelector<HTMLElement>('[data-testid="savings"]')?.dataset['capturedBytes']) > 8 * 32_000,
        undefined,
        { timeout: 60_000 },
      );
      expect(proxy.items.filter(({ type }) => type === 'frame')).toEqual([]);
      expect(await demo.transcripts()).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  test('plays its bundled recording through the same capture path, under a sub-path and a strict policy', async () => {
    await using server = await ServerProcess.start(['--base-path', '/speech']);
    const browser = await launchChromium();
    try {
      expect(new URL(server.url).pathname).toBe('/speech/');
      const response = await fetch(server.url);
      expect(response.headers.get('content-security-policy')).toContain("script-src 'self' 'wasm-unsafe-eval'");
      const demo = await DemoPage.open(browser, server.url);
      await demo.click('recording-button');
      await demo.waitForFinals(CUES.length);
      await demo.waitForState('idle');
      expectRightText((await demo.transcripts()).map(({ text }) => text));
      expect(demo.complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  test('keeps listening while the server is killed and started again, and shows every utterance once', async () => {
    const first = await ServerProcess.start();
    const { port, url } = first;
    const browser = await launchChromium(RECORDING);
    try {
      const demo = await DemoPage.open(browser, url);
      await demo.click('listen-button');
      await demo.waitForFinals(1);
      await first.end('SIGKILL');
      await demo.page.locator('[data-testid="connection"]:not([data-state="open"])').waitFor();
      await using _second = await ServerProcess.start(['--port', String(port)]);
      await demo.waitForFinals(CUES.length);
      const shown = await demo.transcripts();
      expect(new Set(shown.map(({ clipId }) => clipId)).size).toBe(CUES.length);
      expectRightText(shown.map(({ text }) => text));
    } finally {
      await browser.close();
      await first.end('SIGKILL');
    }
  });

  test('says what to do when the microphone is refused, and works once it is allowed', async () => {
    await using server = await ServerProcess.start();
    const browser = await launchChromium(RECORDING);
    try {
      const demo = await DemoPage.open(browser, server.url);
      await demo.page.evaluate(() => {
        const devices = navigator.mediaDevices;
        const original = devices.getUserMedia.bind(devices);
        devices.getUserMedia = () => {
          devices.getUserMedia = original;
          return Promise.reject(new DOMException('refused by the test', 'NotAllowedError'));
        };
      });
      await demo.click('listen-button');
      const box = demo.page.getByTestId('error');
      await box.waitFor();
      expect(await box.getAttribute('data-code')).toMatch(/^permission_/);
      expect((await box.textContent())?.toLowerCase()).toContain('microphone');
      await demo.click('retry-button');
      await demo.waitForFinals(1);
    } finally {
      await browser.close();
    }
  });
});
