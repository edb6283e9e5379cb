import { readFile } from 'node:fs/promises';
import { type ClipPolicy, DEFAULT_CLIP_POLICY, readWav } from '@outspoken/audio';
import { loadModelFiles } from '@outspoken/models';
import { loadSileroVad, SpeechDetector } from '@outspoken/vad';
import * as ort from 'onnxruntime-node';

const { files } = await loadModelFiles('silero-vad-v6');

/** A policy that splits speech after three seconds, so that a short recording holds splits. */
export const SPLITTING_POLICY: ClipPolicy = { ...DEFAULT_CLIP_POLICY, maximumMs: 3_000, splitSearchMs: 800 };

/** Seven prompts with pauses: 37 s of speech and silence. */
export async function readDemoRecording(): Promise<Float32Array> {
  const wav = readWav(await readFile(new URL('../../../../tests/fixtures/demo-recording.wav', import.meta.url)));
  return wav.channels[0]!;
}

/** A detector with a real model of its own. */
export async function createDetector(policy: ClipPolicy): Promise<SpeechDetector> {
  return new SpeechDetector({ model: await loadSileroVad(ort, files.model), policy });
}

/** Audio in chunks of the given lengths, over and over, all in one buffer that is written anew each time. */
export async function* inChunks(samples: Float32Array, lengths: readonly number[]): AsyncGenerator<Float32Array, void, undefined> {
  const buffer = new Float32Array(Math.max(...lengths));
  for (let start = 0, index = 0; start < samples.length; index++) {
    const part = samples.subarray(start, start + lengths[index % lengths.length]!);
    buffer.set(part);
    yield buffer.subarray(0, part.length);
    buffer.fill(Number.NaN);
    start += part.length;
  }
}
