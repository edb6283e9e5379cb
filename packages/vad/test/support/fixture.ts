import { readFile } from 'node:fs/promises';
import { readWav } from '@outspoken/audio';

/** Reads a 16 kHz mono recording of the repository's speech fixtures. */
export async function readFixture(path: string): Promise<Float32Array> {
  const wav = readWav(await readFile(new URL(`../../../../tests/fixtures/${path}`, import.meta.url)));
  if (wav.sampleRateHz !== 16_000 || wav.channels.length !== 1) throw new Error(`${path} must be 16 kHz mono`);
  return wav.channels[0]!;
}
