import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readWav } from '@outspoken/audio';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '../fixtures');

/** One spoken prompt with its transcript. */
export interface SpeechFixture {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/** A prompt of the demo recording and where it lies in it. */
export interface DemoCue {
  readonly prompt: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
}

/** Path of a file in the fixture folder. */
export function fixturePath(name: string): string {
  return join(FOLDER, name);
}

/** Every spoken prompt of the manifest. */
export function speechFixtures(): SpeechFixture[] {
  const rows = readFileSync(join(FOLDER, 'manifest.jsonl'), 'utf8').trim().split('\n');
  return rows.map((row) => {
    const { audio_filepath: file, text, prompt } = JSON.parse(row) as { audio_filepath: string; text: string; prompt: string };
    return { name: prompt, path: join(FOLDER, file), text };
  });
}

/** The prompts of `demo-recording.wav` in order. */
export function demoCues(): DemoCue[] {
  return JSON.parse(readFileSync(join(FOLDER, 'demo-recording.json'), 'utf8')) as DemoCue[];
}

/** The samples of a 16 kHz mono WAV file, -1 to 1. */
export function readSpeech(path: string): Float32Array {
  const { channels, sampleRateHz } = readWav(readFileSync(path));
  if (sampleRateHz !== 16_000 || !channels[0]) {
    throw new RangeError(`${path} must be 16 kHz, got ${sampleRateHz}`);
  }
  return channels[0];
}
