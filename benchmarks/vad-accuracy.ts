/**
 * Accuracy of the segmenter on labelled recordings, beside Silero's own rule on the same probabilities.
 *
 *   npx pnpm --filter @outspoken/benchmarks exec tsx --conditions=@outspoken/source vad-accuracy.ts [silero-vad-v6|silero-vad-v5]
 *
 * Needs `ffmpeg` and a folder with `vad/dev/labels.jsonl`: `OUTSPOKEN_DATA`, or `../shared/data` beside the repository.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { decodePcm } from '@outspoken/audio';
import { loadModelFiles } from '@outspoken/models';
import { loadSileroVad, Segmenter, type VadModel } from '@outspoken/vad';
import * as ort from 'onnxruntime-node';

const SAMPLE_RATE_HZ = 16_000;
const FRAME_SAMPLES = 512;
/** Coverage is counted on this grid. */
const GRID_MS = 10;

/** Start and end in seconds, as in the labels. */
type Span = readonly [startS: number, endS: number];

interface Recording {
  readonly condition: string;
  readonly durationS: number;
  readonly labels: readonly Span[];
  readonly probabilities: readonly number[];
}

interface Detection {
  /** Speech, without pre-roll and tail. */
  readonly speech: readonly Span[];
  /** Audio that leaves the device. */
  readonly clips: readonly Span[];
}

interface Score {
  onsetErrorsMs: number[];
  offsetErrorsMs: number[];
  /** Labels without a start of their own: missed, or one segment with the label before. */
  joined: number;
  missed: number;
  labels: number;
  speechS: number;
  silenceS: number;
  missedSpeechS: number;
  falseSpeechS: number;
  clipS: number;
  missedClipS: number;
  clipCount: number;
  capturedS: number;
}

const RULES: Record<string, (recording: Recording) => Detection> = {
  'our segmenter': segmenterRule,
  "silero's rule": sileroRule,
};

const modelName = process.argv[2] ?? 'silero-vad-v6';
if (modelName !== 'silero-vad-v6' && modelName !== 'silero-vad-v5') {
  throw new RangeError(`model must be silero-vad-v6 or silero-vad-v5, got ${modelName}`);
}
const root = process.env['OUTSPOKEN_DATA'] ?? fileURLToPath(new URL('../../shared/data', import.meta.url));
const model = await loadSileroVad(ort, (await loadModelFiles(modelName)).files.model);
const recordings = await loadRecordings(`${root}/vad/dev`, model);
await model.close();
report(modelName, recordings);

async function loadRecordings(folder: string, vad: VadModel): Promise<Recording[]> {
  const lines = (await readFile(`${folder}/labels.jsonl`, 'utf8')).trim().split('\n');
  const found: Recording[] = [];
  for (const line of lines) {
    const label = JSON.parse(line);
    const samples = await decode(`${folder}/${label.audio_filepath}`);
    vad.reset();
    const probabilities: number[] = [];
    for (let start = 0; start + FRAME_SAMPLES <= samples.length; start += FRAME_SAMPLES) {
      probabilities.push(await vad.process(samples.subarray(start, start + FRAME_SAMPLES)));
    }
    found.push({
      condition: conditionOf(label),
      durationS: samples.length / SAMPLE_RATE_HZ,
      labels: label.segments,
      probabilities,
    });
  }
  return found;
}

function conditionOf(label: { noise: string | null; snr_db: number | null }): string {
  if (label.noise === null) return 'clean';
  return label.snr_db === null ? label.noise : `noise ${String(label.snr_db).padStart(2)} dB`;
}

async function decode(path: string): Promise<Float32Array> {
  const args = ['-v', 'error', '-i', path, '-f', 'f32le', '-ac', '1', '-ar', String(SAMPLE_RATE_HZ), '-'];
  const { stdout } = await promisify(execFile)('ffmpeg', args, { encoding: 'buffer', maxBuffer: 2 ** 28 });
  return decodePcm(stdout, 'pcm_f32le');
}

/** Speech runs from the confirmed start to the last voiced frame; parts of split speech are one. */
function segmenterRule({ probabilities }: Recording): Detection {
  const segmenter = new Segmenter();
  const events = [...probabilities.flatMap((probability) => segmenter.push(probability)), ...segmenter.flush('stop')];
  const speech: Span[] = [];
  const clips: Span[] = [];
  let onsetS = 0;
  let clipStartS = 0;
  for (const event of events) {
    if (event.type === 'confirmed_start') onsetS = event.startSample / SAMPLE_RATE_HZ;
    else if (event.type === 'clip_start') clipStartS = event.startSample / SAMPLE_RATE_HZ;
    else if (event.type === 'clip_end') {
      clips.push([clipStartS, event.endSample / SAMPLE_RATE_HZ]);
      if (!event.continues) speech.push([onsetS, event.voicedEndSample / SAMPLE_RATE_HZ]);
    }
  }
  return { speech, clips };
}

/** `get_speech_timestamps` with its defaults: 0.5 and 0.35, 250 ms of speech, 100 ms of silence, 30 ms of padding, no maximum. */
function sileroRule({ probabilities, durationS }: Recording): Detection {
  const frameS = FRAME_SAMPLES / SAMPLE_RATE_HZ;
  const found: [number, number][] = [];
  let startS: number | undefined;
  let silenceStartS: number | undefined;
  for (const [frame, probability] of probabilities.entries()) {
    const timeS = frame * frameS;
    if (probability >= 0.5) {
      silenceStartS = undefined;
      startS ??= timeS;
    } else if (probability < 0.35 && startS !== undefined) {
      silenceStartS ??= timeS;
      if (timeS - silenceStartS < 0.1) continue;
      if (silenceStartS - startS > 0.25) found.push([startS, silenceStartS]);
      startS = undefined;
      silenceStartS = undefined;
    }
  }
  if (startS !== undefined && durationS - startS > 0.25) found.push([startS, durationS]);
  const speech = found.map(([from, to], index): Span => {
    const previousEndS = found[index - 1]?.[1] ?? Number.NEGATIVE_INFINITY;
    const nextStartS = found[index + 1]?.[0] ?? Number.POSITIVE_INFINITY;
    // Two segments closer than twice the padding share the gap.
    return [Math.max(0, from - Math.min(0.03, (from - previousEndS) / 2)), Math.min(durationS, to + Math.min(0.03, (nextStartS - to) / 2))];
  });
  return { speech, clips: speech };
}

function emptyScore(): Score {
  return {
    onsetErrorsMs: [],
    offsetErrorsMs: [],
    joined: 0,
    missed: 0,
    labels: 0,
    speechS: 0,
    silenceS: 0,
    missedSpeechS: 0,
    falseSpeechS: 0,
    clipS: 0,
    missedClipS: 0,
    clipCount: 0,
    capturedS: 0,
  };
}

/** Adds one recording. An onset is scored when a segment starts for this label and not for the one before; offsets likewise. */
function addScore(score: Score, recording: Recording, { speech, clips }: Detection): void {
  const { labels, durationS } = recording;
  for (const [index, [startS, endS]] of labels.entries()) {
    const touching = speech.filter(([from, to]) => from < endS && to > startS);
    const previousEndS = labels[index - 1]?.[1] ?? Number.NEGATIVE_INFINITY;
    const nextStartS = labels[index + 1]?.[0] ?? Number.POSITIVE_INFINITY;
    const [firstStartS] = touching[0] ?? [];
    const lastEndS = touching.at(-1)?.[1];
    score.labels += 1;
    if (firstStartS === undefined || lastEndS === undefined) {
      score.missed += 1;
      continue;
    }
    if (firstStartS < previousEndS) score.joined += 1;
    // A label cut by the end of the recording has no onset or offset of its own.
    else if (startS > 0) score.onsetErrorsMs.push((firstStartS - startS) * 1000);
    if (lastEndS <= nextStartS && endS < durationS - 0.05) score.offsetErrorsMs.push((lastEndS - endS) * 1000);
  }
  const cells = Math.round((durationS * 1000) / GRID_MS);
  const isLabel = rasterise(labels, cells);
  const isSpeech = rasterise(speech, cells);
  const isClip = rasterise(clips, cells);
  const cellS = GRID_MS / 1000;
  for (let cell = 0; cell < cells; cell++) {
    if (isLabel[cell]) {
      score.speechS += cellS;
      if (!isSpeech[cell]) score.missedSpeechS += cellS;
      if (!isClip[cell]) score.missedClipS += cellS;
    } else {
      score.silenceS += cellS;
      if (isSpeech[cell]) score.falseSpeechS += cellS;
    }
  }
  score.clipS += clips.reduce((sum, [from, to]) => sum + to - from, 0);
  score.clipCount += clips.length;
  score.capturedS += durationS;
}

function rasterise(spans: readonly Span[], cells: number): Uint8Array {
  const grid = new Uint8Array(cells);
  for (const [startS, endS] of spans) grid.fill(1, Math.round((startS * 1000) / GRID_MS), Math.round((endS * 1000) / GRID_MS));
  return grid;
}

function report(name: string, all: readonly Recording[]): void {
  const conditions = [...new Set(all.map(({ condition }) => condition))].sort();
  console.log(`${name}, ${all.length} recordings, ${Math.round(all.reduce((sum, { durationS }) => sum + durationS, 0))} s`);
  console.log('onset and offset: error of the speech position, ms: signed median | median and p90 of the magnitude (scored labels)');
  for (const [rule, detect] of Object.entries(RULES)) {
    console.log(`\n${rule}`);
    for (const condition of [...conditions, 'all']) {
      const score = emptyScore();
      for (const recording of all)
        if (condition === 'all' || recording.condition === condition) addScore(score, recording, detect(recording));
      console.log(`  ${condition.padEnd(20)} ${formatScore(score)}`);
    }
  }
}

function formatScore(score: Score): string {
  return [
    `onset ${formatErrors(score.onsetErrorsMs)}`,
    `offset ${formatErrors(score.offsetErrorsMs)}`,
    `missed speech ${percent(score.missedSpeechS, score.speechS)}`,
    `false speech ${percent(score.falseSpeechS, score.silenceS)} of silence`,
    `labels ${score.labels} missed ${score.missed} joined ${score.joined}`,
    `clips ${score.clipCount}: ${percent(score.clipS, score.speechS)} of speech, ${percent(score.clipS, score.capturedS)} of captured, miss ${percent(score.missedClipS, score.speechS)}`,
  ].join('; ');
}

function formatErrors(errorsMs: readonly number[]): string {
  const magnitudes = errorsMs.map(Math.abs);
  const [signed, median, p90] = [quantile(errorsMs, 0.5), quantile(magnitudes, 0.5), quantile(magnitudes, 0.9)];
  return `${signed.toFixed(0)} | ${median.toFixed(0)} ${p90.toFixed(0)} (${errorsMs.length})`;
}

function quantile(values: readonly number[], ratio: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(ratio * sorted.length))] ?? Number.NaN;
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`;
}
