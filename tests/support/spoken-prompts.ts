import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeWav } from '@outspoken/audio';
import { countWordErrors, WHISPER_ENGLISH } from '@outspoken/evaluation';
import { expect } from 'vitest';
import { fixturePath, readSpeech, speechFixtures } from './fixtures.ts';

const PROMPTS = new Map(speechFixtures().map(({ name, text }) => [name, text]));
const SAMPLES_PER_MS = 16;

/** What the microphone of {@link writeMicrophoneWav} hears, each time it is opened. */
export const MICROPHONE_PROMPTS = ['vm-nobodyavail', 'tt-weasels'];

/** Writes a recording of the prompts with pauses for the browser's fake microphone and returns its path. */
export function writeMicrophoneWav(): string {
  const silence = (durationMs: number): Float32Array => new Float32Array(durationMs * SAMPLES_PER_MS);
  const parts = [silence(500), ...MICROPHONE_PROMPTS.flatMap((name) => [readSpeech(fixturePath(`speech/${name}.wav`)), silence(1_200)])];
  const path = join(mkdtempSync(join(tmpdir(), 'outspoken-')), 'microphone.wav');
  writeFileSync(path, writeWav([Float32Array.from(parts.flatMap((part) => [...part]))], { sampleRateHz: 16_000 }));
  return path;
}

/** Each text is that of its prompt, with one word that may be heard differently. */
export function expectWords(transcripts: readonly { readonly text: string }[], prompts: readonly string[]): void {
  expect(transcripts).toHaveLength(prompts.length);
  for (const [index, prompt] of prompts.entries()) {
    const text = transcripts[index]?.text ?? '';
    const { substitutions, deletions, insertions, referenceCount } = countWordErrors(PROMPTS.get(prompt) ?? '', text, WHISPER_ENGLISH);
    // A browser's clock moves where the clips are cut, and the model wavers: three of seven words went another way once. Half of the words
    // still tell one prompt from the others.
    expect(substitutions + deletions + insertions, `"${text}" for ${prompt}`).toBeLessThanOrEqual(Math.max(1, referenceCount / 2));
  }
}
