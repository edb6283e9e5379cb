import { readFileSync } from 'node:fs';
import { readWav, resample } from '@outspoken/audio';

const FIXTURES = new URL('../../../../tests/fixtures/', import.meta.url);

/** Where one prompt lies in the demo recording, in milliseconds. */
export interface Prompt {
  readonly prompt: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
}

/** Seven prompts of one speaker with pauses of 1.3 s, 16 kHz. */
export function readDemoRecording(): { samples: Float32Array; prompts: Prompt[] } {
  const samples = readWav(readFileSync(new URL('demo-recording.wav', FIXTURES))).channels[0]!;
  const prompts = JSON.parse(readFileSync(new URL('demo-recording.json', FIXTURES), 'utf8')) as Prompt[];
  return { samples, prompts };
}

/** The same sound as a microphone of another rate delivers it. */
export function atRate(samples: Float32Array, sampleRateHz: number): Float32Array {
  return resample(samples, { inputRateHz: 16_000, outputRateHz: sampleRateHz });
}
