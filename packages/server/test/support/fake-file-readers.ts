import type { MediaDescription } from '@outspoken/media';
import type { RecordingClip } from '@outspoken/recording';
import type { FileReaders, FileReading, OpenFile, OpenFileOptions } from '../../src/dispatch/file-reader.ts';

export const DESCRIPTION: MediaDescription = {
  container: 'wav',
  codec: 'pcm_s16le',
  sampleRateHz: 16_000,
  channelCount: 1,
  statedDurationMs: undefined,
};

/** Clip number `index` of a recording with one clip of a second in every two. */
export function clipReading(index: number, lengthSamples = 16_000): FileReading & { readonly clip: RecordingClip } {
  const startSample = 32_000 * index;
  const endSample = startSample + lengthSamples;
  const evidence = { voicedMs: 800, peakProbability: 0.9, meanProbability: 0.8 };
  const samples = new Float32Array(lengthSamples).fill((index + 1) / 1000);
  const clip = { index, startSample, endSample, speechStartSample: startSample, speechEndSample: endSample, samples };
  return { type: 'clip', clip: { ...clip, continues: false, evidence, levelDbfs: -20 } };
}

export function endReading(durationMs: number): FileReading & { readonly type: 'end' } {
  return { type: 'end', durationMs, isTruncated: false, busyMs: 7 };
}

/** Readers whose files hold what the test says: a reading, or an error in its place. Shows what was asked for and let go of. */
export class FakeFileReaders implements FileReaders {
  taken = 0;
  openFiles = 0;
  openError: Error | undefined;
  /** Never answers an open until it is aborted. */
  isStuck = false;
  readonly #readings: readonly (FileReading | Error)[];

  constructor(readings: readonly (FileReading | Error)[]) {
    this.#readings = readings;
  }

  async open(_path: string, { signal }: OpenFileOptions): Promise<OpenFile> {
    if (this.openError !== undefined) throw this.openError;
    if (this.isStuck) await untilAborted(signal);
    this.openFiles += 1;
    return {
      description: DESCRIPTION,
      readings: () => this.#read(signal),
      [Symbol.asyncDispose]: async () => {
        this.openFiles -= 1;
      },
    };
  }

  async close(): Promise<void> {}

  /** After the last reading the reader is stuck, until it is aborted. */
  async *#read(signal: AbortSignal | undefined): AsyncGenerator<FileReading, void, undefined> {
    for (const reading of this.#readings) {
      signal?.throwIfAborted();
      this.taken += 1;
      if (reading instanceof Error) throw reading;
      yield reading;
    }
    await untilAborted(signal);
  }
}

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener('abort', () => reject(signal.reason));
  });
}
