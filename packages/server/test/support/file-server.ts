import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecognizerModel, Transcript } from '@outspoken/asr';
import { AudioError, readWav, writeWav } from '@outspoken/audio';
import { onTestFinished } from 'vitest';
import { buildServer } from '../../src/build-server.ts';
import type { RecognitionJob, RecognitionOutcome } from '../../src/dispatch/dispatcher.ts';
import {
  FileReaderError,
  type FileReaders,
  type FileReading,
  type OpenFile,
  type OpenFileOptions,
} from '../../src/dispatch/file-reader.ts';
import { Scheduler } from '../../src/scheduling/scheduler.ts';
import type { ServerOptions } from '../../src/server-options.ts';
import { fakeMetrics } from './fake-metrics.ts';
import { ManualClock } from './manual-clock.ts';

const SAMPLE_RATE_HZ = 16_000;

/** Reads WAV files in this process and takes every second of them for a clip. Opening and each clip can be made to wait or fail. */
class WavReaders implements FileReaders {
  openFiles = 0;
  openedFiles = 0;
  clipsRead = 0;
  failure: Error | undefined;
  /** Begins anew at the end of a file. */
  isEndless = false;
  /** Awaited before a file is opened. */
  gate: Promise<void> = Promise.resolve();
  /** Awaited before each clip; may fail. */
  beforeClip: (index: number) => Promise<void> = async () => undefined;

  async open(path: string, { signal }: OpenFileOptions): Promise<OpenFile> {
    const aborted = abortOf(signal);
    await Promise.race([this.gate, aborted]);
    if (this.failure !== undefined) throw this.failure;
    const samples = samplesOf(await readFile(path));
    this.openFiles += 1;
    this.openedFiles += 1;
    const description = { container: 'wav', codec: 'pcm', sampleRateHz: SAMPLE_RATE_HZ, channelCount: 1, statedDurationMs: undefined };
    return {
      description,
      readings: () => this.#readings(samples, aborted),
      [Symbol.asyncDispose]: async () => {
        this.openFiles -= 1;
      },
    };
  }

  async close(): Promise<void> {}

  async *#readings(samples: Float32Array, aborted: Promise<never>): AsyncGenerator<FileReading> {
    for (let start = 0, index = 0; this.isEndless || start < samples.length; start += SAMPLE_RATE_HZ, index += 1) {
      await Promise.race([this.beforeClip(index), aborted]);
      const from = start % samples.length;
      const piece = samples.slice(from, from + SAMPLE_RATE_HZ);
      const end = start + piece.length;
      this.clipsRead += 1;
      yield {
        type: 'clip',
        clip: {
          index,
          startSample: start,
          endSample: end,
          speechStartSample: start,
          speechEndSample: end,
          samples: piece,
          continues: false,
          evidence: { voicedMs: 900, peakProbability: 1, meanProbability: 0.9 },
          levelDbfs: -20,
        },
      };
      yield { type: 'progress', readMs: end / 16 };
    }
    yield { type: 'end', durationMs: samples.length / 16, isTruncated: false, busyMs: 1 };
  }
}

function samplesOf(bytes: Uint8Array): Float32Array {
  try {
    return readWav(bytes).channels[0]!;
  } catch (error) {
    if (error instanceof AudioError) throw new FileReaderError('unsupported_media', 'no container that is known', { cause: error });
    throw error;
  }
}

function abortOf(signal: AbortSignal | undefined): Promise<never> {
  const aborted = new Promise<never>((_resolve, reject) => {
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  aborted.catch(() => undefined);
  return aborted;
}

/** A dispatcher that answers at once, `word <clip>.` for each clip, or holds its jobs until they are given up. */
class WordDispatcher {
  readonly model: RecognizerModel = {
    id: 'fake',
    version: '1',
    family: 'fake',
    sampleRateHz: SAMPLE_RATE_HZ,
    minimumSamples: 1,
    maximumSamples: 480_000,
    graph: 'signed',
    maximumBatch: 1,
  };
  slots = 2;
  readonly handSlots = 0;
  onIdle: (() => void) | undefined;
  isHeld = false;
  /** What is heard in every clip, instead of a word and its number. */
  text: string | undefined;
  running = 0;
  #heard = 0;

  get idleSlots(): number {
    return this.slots - this.running;
  }

  async ready(): Promise<void> {}

  async close(): Promise<void> {}

  run(jobs: readonly RecognitionJob[]): Promise<RecognitionOutcome>[] {
    return jobs.map((job) => this.#recognize(job));
  }

  async #recognize(job: RecognitionJob): Promise<RecognitionOutcome> {
    this.running += 1;
    this.#heard += 1;
    const number = this.#heard;
    try {
      if (this.isHeld) await abortOf(job.signal);
      await Promise.resolve();
      const transcript = transcriptOf(this.text?.trim() ?? `word ${number}.`, job);
      return { transcript, attempt: 1, workerId: 1, busyMs: 1, batchSize: 1, handMs: 0 };
    } finally {
      this.running -= 1;
      queueMicrotask(() => this.onIdle?.());
    }
  }
}

function transcriptOf(text: string, job: RecognitionJob): Transcript {
  const [first = '', second = ''] = text.split(' ');
  return {
    text,
    tokens: [
      { id: 7, text: ` ${first}`, probability: 0.5 },
      { id: 8, text: ` ${second}`, probability: 0.25 },
      { id: 2, text: '', probability: 1 },
    ],
    words: [
      { text: first, confidence: 0.5, startMs: 100, endMs: 400, timing: 'estimated' },
      { text: second, confidence: 0.25, startMs: 400, endMs: 900, timing: 'estimated' },
    ],
    confidence: 0.5,
    meanLogProbability: Math.log(0.5),
    noSpeechProbability: 0.125,
    guards: [],
    timings: { encoderMs: 1, decoderMs: 1 },
    effort: 'fast' as const,
    audioMs: job.samples.length / 16,
  };
}

/** Bytes of a WAV file of this length; a clip of {@link WavReaders} for each second. */
export function wavBytes(durationMs: number): Uint8Array<ArrayBuffer> {
  const samples = Float32Array.from({ length: durationMs * 16 }, (_, i) => 0.1 * Math.sin(i / 8));
  return Uint8Array.from(writeWav([samples], { sampleRateHz: SAMPLE_RATE_HZ }));
}

/** A form as a client sends it: the file first. */
export function formOf(
  file: Uint8Array<ArrayBuffer> | undefined,
  fields: readonly (readonly [string, string])[] = [['model', 'fake']],
): FormData {
  const form = new FormData();
  if (file !== undefined) form.append('file', new Blob([file]), 'speech.wav');
  for (const [name, value] of fields) form.append(name, value);
  return form;
}

/** A real server on a real port that takes files, over readers, a recognizer and a clock that do what the test says. */
export async function startFileServer(options: Partial<ServerOptions> = {}) {
  const clock = new ManualClock();
  const dispatcher = new WordDispatcher();
  const readers = new WavReaders();
  const scheduler = new Scheduler({ dispatcher, now: () => clock.nowMs(), schedule: clock.schedule.bind(clock) });
  const metrics = fakeMetrics();
  const spoolFolder = await mkdtemp(join(tmpdir(), 'outspoken-test-'));
  onTestFinished(() => rm(spoolFolder, { recursive: true, force: true }));
  const { files, ...others } = options;
  const server = await buildServer({
    scheduler,
    dispatcher,
    metrics,
    clock,
    random: () => 0.5,
    fileReaders: readers,
    files: { spoolFolder, ...files },
    ...others,
  });
  await server.app.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => {
    // The clock stands still, so nobody else ends what a client has left open.
    server.app.server.closeAllConnections();
    return server.app.close();
  });
  const { port } = server.app.server.address() as AddressInfo;
  const base = `http://127.0.0.1:${port}${options.basePath ?? ''}`;
  const post = (body: FormData, init: RequestInit = {}) => fetch(`${base}/v1/audio/transcriptions`, { method: 'POST', body, ...init });
  /** Names of the files that lie in the spool. */
  const spooled = async (): Promise<string[]> => {
    const names = await readdir(spoolFolder, { recursive: true });
    return names.filter((name) => name.includes('upload-'));
  };
  return { ...server, clock, dispatcher, readers, scheduler, metrics, spoolFolder, port, base, post, spooled };
}
