import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';
import { type MediaOptions, openMedia } from '../../src/media.ts';
import type { MediaDescription } from '../../src/media-description.ts';
import type { MediaSource } from '../../src/media-source.ts';

const run = promisify(execFile);

/** 37 s of speech with pauses, 16 kHz mono. */
const DEMO: string = fileURLToPath(new URL('../../../../tests/fixtures/demo-recording.wav', import.meta.url));

/** A folder that is removed when the tests of the file have ended. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'outspoken-media-'));
  afterAll(() => rm(folder, { recursive: true }));
  return folder;
}

export async function ffmpeg(...words: readonly string[]): Promise<void> {
  await run('ffmpeg', ['-v', 'error', '-y', '-nostdin', ...words]);
}

export async function sox(...words: readonly string[]): Promise<void> {
  await run('sox', ['-V1', ...words]);
}

/** Makes a file with ffmpeg from the first seconds of the speech and reads it. */
export async function encode(path: string, words: readonly string[], seconds = 3): Promise<Uint8Array> {
  await ffmpeg('-t', String(seconds), '-i', DEMO, ...words, path);
  return new Uint8Array(await readFile(path));
}

export function memorySource(bytes: Uint8Array): MediaSource {
  return { sizeBytes: bytes.length, read: async (startByte, endByte) => bytes.slice(startByte, endByte) };
}

export interface DecodedMedia {
  readonly description: MediaDescription;
  readonly samples: Float32Array;
  readonly isTruncated: boolean;
}

/** Decodes a whole file. */
export async function decode(media: Uint8Array | MediaSource, options: MediaOptions = {}): Promise<DecodedMedia> {
  await using audio = await openMedia(media instanceof Uint8Array ? memorySource(media) : media, options);
  const chunks: Float32Array[] = [];
  for await (const chunk of audio.samples()) chunks.push(chunk);
  const samples = new Float32Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    samples.set(chunk, offset);
    offset += chunk.length;
  }
  return { description: audio.description, samples, isTruncated: audio.isTruncated };
}

/** The code with which a file is refused, or what else happened. */
export async function codeOf(media: Uint8Array | MediaSource, options: MediaOptions = {}): Promise<string> {
  return await decode(media, options).then(
    ({ samples, isTruncated }) => `${samples.length} samples${isTruncated ? ', truncated' : ''}`,
    (error: { code?: string }) => error.code ?? String(error),
  );
}

/** Correlation of two recordings, the second moved by `lagSamples`: 1 is the same but for the level. */
export function correlation(a: Float32Array, b: Float32Array, lagSamples = 0, start = 0, end = a.length): number {
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = Math.max(start, -lagSamples); i < Math.min(end, b.length - lagSamples); i++) {
    const x = a[i]!;
    const y = b[i + lagSamples]!;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa === 0 || bb === 0 ? 0 : ab / Math.sqrt(aa * bb);
}

/** How many samples later `b` says what `a` says, by their correlation where `a` is loudest. */
export function bestLag(a: Float32Array, b: Float32Array, maximumLagSamples: number): number {
  const window = loudestWindow(a, 8000);
  let best = 0;
  let bestValue = -1;
  for (let lag = -maximumLagSamples; lag <= maximumLagSamples; lag++) {
    const value = correlation(a, b, lag, ...window);
    if (value <= bestValue) continue;
    best = lag;
    bestValue = value;
  }
  return best;
}

function loudestWindow(samples: Float32Array, length: number): readonly [number, number] {
  let best = 0;
  let bestEnergy = -1;
  for (let start = 0; start + length <= samples.length; start += length) {
    const energy = samples.subarray(start, start + length).reduce((sum, sample) => sum + sample * sample, 0);
    if (energy <= bestEnergy) continue;
    best = start;
    bestEnergy = energy;
  }
  return [best, best + length];
}

export function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((largest, sample, i) => Math.max(largest, Math.abs(sample - (b[i] ?? 0))), 0);
}
