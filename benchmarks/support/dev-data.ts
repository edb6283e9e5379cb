import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { decodePcm } from '@outspoken/audio';
import type { DetectorEvent, SpeechDetector, SpeechEvidence } from '@outspoken/vad';
import { UsageError } from './command-line.ts';

/** One line of a manifest of the development data. */
export interface DevRecording {
  readonly audio_filepath: string;
  /** What is said; null where nobody wrote it down. */
  readonly text: string | null;
  readonly category?: string;
  readonly speaker?: string | null;
  /** What an order asks for, by name, in the words in which it was said. */
  readonly slots?: Readonly<Record<string, string>>;
}

/** A recording in which nobody says anything that could be written down. */
export interface NoiseRecording {
  readonly audio_filepath: string;
  readonly kind: string;
}

/** A clip as the edge would have sent it; positions are samples of its recording. A recognizer takes it as it is. */
export interface CutClip {
  readonly startSample: number;
  readonly endSample: number;
  readonly samples: Float32Array;
  /** How much speech the detector found in it; a recording that was not cut has none. */
  readonly speech?: SpeechEvidence;
}

/** A clip with what the detector saw of it. */
export interface DetectedClip extends CutClip {
  readonly speech: SpeechEvidence;
  /** Whether the next clip is the same speech, which was too long for one. */
  readonly continues: boolean;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

const DATA_FOLDER = process.env['OUTSPOKEN_DATA'] ?? `${root}/../shared/data`;
/** Where the development data lies: in `$OUTSPOKEN_DATA`, or beside the repository. */
export const DEV_DATA_FOLDER = `${DATA_FOLDER}/dev`;
/** Where the noise lies, beside it. */
const NOISE_DATA_FOLDER = `${DATA_FOLDER}/noise`;

export function hasDevData(): boolean {
  return existsSync(`${DEV_DATA_FOLDER}/manifest.jsonl`);
}

/** @throws UsageError where the development data or its noise is missing. */
export function requireNoisyDevData(): void {
  if (!hasDevData()) throw new UsageError(`no data in ${DEV_DATA_FOLDER}: nothing measured`);
  if (readNoiseRecordings().length === 0) throw new UsageError(`no noise in ${NOISE_DATA_FOLDER}: nothing measured`);
}

/** The recordings of `manifest.jsonl` or `commands.jsonl`. */
export function readDevRecordings(file: 'manifest.jsonl' | 'commands.jsonl'): DevRecording[] {
  return readLines<DevRecording>(`${DEV_DATA_FOLDER}/${file}`);
}

/** The recordings without speech, none where that part of the data is missing. */
export function readNoiseRecordings(): NoiseRecording[] {
  const manifest = `${NOISE_DATA_FOLDER}/dev.jsonl`;
  return existsSync(manifest) ? readLines<NoiseRecording>(manifest) : [];
}

/** The samples of a recording, 16 kHz mono; needs ffmpeg on the path. */
export async function readDevSamples(recording: DevRecording): Promise<Float32Array> {
  return await readSamples(`${DEV_DATA_FOLDER}/${recording.audio_filepath}`);
}

/** The same for a recording without speech. */
export async function readNoiseSamples(recording: NoiseRecording): Promise<Float32Array> {
  return await readSamples(`${NOISE_DATA_FOLDER}/${recording.audio_filepath}`);
}

async function readSamples(path: string): Promise<Float32Array> {
  const programArguments = ['-v', 'error', '-i', path, '-f', 's16le', '-ar', '16000', '-ac', '1', '-'];
  const { stdout } = await promisify(execFile)('ffmpeg', programArguments, { encoding: 'buffer', maxBuffer: 64 << 20 });
  return decodePcm(stdout, 'pcm_s16le');
}

/** The clips that the edge would have sent for a recording, in order; their samples are views into it. */
export async function cutClips(detector: SpeechDetector, samples: Float32Array): Promise<DetectedClip[]> {
  detector.reset();
  const events: DetectorEvent[] = [...(await detector.push(samples)), ...(await detector.flush('stop'))];
  const clips: DetectedClip[] = [];
  let startSample = 0;
  for (const event of events) {
    if (event.type === 'clip_start') {
      startSample = event.startSample;
    } else if (event.type === 'clip_end') {
      const { endSample, evidence, continues } = event;
      clips.push({ startSample, endSample, samples: samples.subarray(startSample, endSample), speech: evidence, continues });
    }
  }
  return clips;
}

function readLines<T>(path: string): T[] {
  const text = readFileSync(path, 'utf8').trim();
  return text.split('\n').map((line) => JSON.parse(line) as T);
}
