import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { decodePcm } from '@outspoken/audio';
import type { DetectorEvent, SpeechDetector } from '@outspoken/vad';

/** One line of a manifest of the development data. */
export interface DevRecording {
  readonly audio_filepath: string;
  /** What is said; null where nobody wrote it down. */
  readonly text: string | null;
  readonly category?: string;
  readonly speaker?: string | null;
}

/** A clip as the edge would have sent it; positions are samples of its recording. */
export interface CutClip {
  readonly startSample: number;
  readonly endSample: number;
  readonly samples: Float32Array;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where the development data lies: in `$OUTSPOKEN_DATA`, or beside the repository. */
export const DEV_DATA_FOLDER = `${process.env['OUTSPOKEN_DATA'] ?? `${root}/../shared/data`}/dev`;

export function hasDevData(): boolean {
  return existsSync(`${DEV_DATA_FOLDER}/manifest.jsonl`);
}

/** The recordings of `manifest.jsonl` or `commands.jsonl`. */
export function readDevRecordings(file: 'manifest.jsonl' | 'commands.jsonl'): DevRecording[] {
  return readLines<DevRecording>(file);
}

/** What plain greedy decoding of the same weights hears in the whole files of `manifest.jsonl`, by path. */
export function readBaselineTexts(): Map<string, string> {
  const rows = readLines<{ audio_filepath: string; hyp: string }>('baseline_moonshine_tiny.jsonl');
  return new Map(rows.map((row) => [row.audio_filepath, row.hyp]));
}

/** The samples of a recording, 16 kHz mono; needs ffmpeg on the path. */
export async function readDevSamples(recording: DevRecording): Promise<Float32Array> {
  const arguments_ = [
    '-v',
    'error',
    '-i',
    `${DEV_DATA_FOLDER}/${recording.audio_filepath}`,
    '-f',
    's16le',
    '-ar',
    '16000',
    '-ac',
    '1',
    '-',
  ];
  const { stdout } = await promisify(execFile)('ffmpeg', arguments_, { encoding: 'buffer', maxBuffer: 64 << 20 });
  return decodePcm(stdout, 'pcm_s16le');
}

/** The clips that the edge would have sent for a recording, in order; their samples are views into it. */
export async function cutClips(detector: SpeechDetector, samples: Float32Array): Promise<CutClip[]> {
  detector.reset();
  const events: DetectorEvent[] = [...(await detector.push(samples)), ...(await detector.flush('stop'))];
  const clips: CutClip[] = [];
  let startSample = 0;
  for (const event of events) {
    if (event.type === 'clip_start') {
      startSample = event.startSample;
    } else if (event.type === 'clip_end') {
      clips.push({ startSample, endSample: event.endSample, samples: samples.subarray(startSample, event.endSample) });
    }
  }
  return clips;
}

function readLines<T>(file: string): T[] {
  const text = readFileSync(`${DEV_DATA_FOLDER}/${file}`, 'utf8').trim();
  return text.split('\n').map((line) => JSON.parse(line) as T);
}
