// Claim: on the development data our recognizer is as accurate as plain greedy decoding of the same weights.
// Run from the root: pnpm exec tsx --conditions=@outspoken/source benchmarks/accuracy.ts [--details]
// Needs ffmpeg on the path, and the data in $OUTSPOKEN_DATA (default ../shared/data); without the data it says so and ends.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { loadMoonshine, RecognizerError, type Transcript } from '@outspoken/asr';
import { decodePcm } from '@outspoken/audio';
import { loadModelFiles } from '@outspoken/models';
import * as runtime from 'onnxruntime-node';
import { countWordErrors, sumWordErrors, type WordErrors, wordErrorRatio } from '../tests/support/word-errors.ts';

interface Recording {
  readonly audio_filepath: string;
  readonly text: string | null;
  readonly category?: string;
}

interface Heard {
  readonly recording: Recording;
  readonly text: string;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const dataFolder = `${process.env['OUTSPOKEN_DATA'] ?? `${root}/../shared/data`}/dev`;
const showsDetails = process.argv.includes('--details');

function readLines<T>(file: string): T[] {
  const text = readFileSync(`${dataFolder}/${file}`, 'utf8').trim();
  return text.split('\n').map((line) => JSON.parse(line) as T);
}

async function readSamples(recording: Recording): Promise<Float32Array> {
  const arguments_ = ['-v', 'error', '-i', `${dataFolder}/${recording.audio_filepath}`, '-f', 's16le', '-ar', '16000', '-ac', '1', '-'];
  const { stdout } = await promisify(execFile)('ffmpeg', arguments_, { encoding: 'buffer', maxBuffer: 64 << 20 });
  return decodePcm(stdout, 'pcm_s16le');
}

/** Zeros after whatever is shorter than a second: so were the files of the baseline decoded, and it changes 8 of 40 digits. */
function padToOneSecond(samples: Float32Array): Float32Array {
  if (samples.length >= 16_000) {
    return samples;
  }
  const padded = new Float32Array(16_000);
  padded.set(samples);
  return padded;
}

/** Transcribes every recording; `transcribe` gets the whole file and may cut it as it likes. What is too long is left out. */
async function hear(recordings: readonly Recording[], transcribe: (samples: Float32Array) => Promise<string>): Promise<Heard[]> {
  const heard: Heard[] = [];
  for (const recording of recordings) {
    try {
      heard.push({ recording, text: await transcribe(await readSamples(recording)) });
    } catch (error) {
      if (!(error instanceof RecognizerError && error.code === 'clip_too_long')) {
        throw error;
      }
      console.log(`left out, too long for one clip: ${recording.audio_filepath}`);
    }
  }
  return heard;
}

function categoriesOf(heard: readonly Heard[]): Map<string, WordErrors[]> {
  const categories = new Map<string, WordErrors[]>();
  for (const { recording, text } of heard) {
    const errors = countWordErrors(recording.text ?? '', text);
    const category = recording.category ?? 'other';
    for (const name of [category, category.startsWith('digit') ? 'all digits' : 'all sentences']) {
      categories.set(name, [...(categories.get(name) ?? []), errors]);
    }
  }
  return categories;
}

function formatErrors(parts: readonly WordErrors[]): string {
  const sum = sumWordErrors(parts);
  const counts = [sum.substitutions, sum.deletions, sum.insertions].map((count) => String(count).padStart(4)).join('');
  return `${counts} ${(100 * wordErrorRatio(sum)).toFixed(2).padStart(6)} %`;
}

/** Prints the errors of both per category, over the recordings that were heard. */
function report(name: string, baseline: readonly Heard[], ours: readonly Heard[]): void {
  const heardRecordings = new Set(ours.map(({ recording }) => recording));
  const plainCategories = categoriesOf(baseline.filter(({ recording }) => heardRecordings.has(recording)));
  console.log(`\n${name}`);
  console.log(`${'category'.padEnd(14)} clips words | plain S   D   I      WER |  ours S   D   I      WER`);
  for (const [category, parts] of [...categoriesOf(ours)].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const counts = [parts.length, sumWordErrors(parts).referenceWords].map((count) => String(count).padStart(5)).join(' ');
    console.log(`${category.padEnd(14)} ${counts} |   ${formatErrors(plainCategories.get(category) ?? [])} |   ${formatErrors(parts)}`);
  }
}

function reportDifferences(baseline: readonly Heard[], ours: readonly Heard[]): void {
  const plainTexts = new Map(baseline.map(({ recording, text }) => [recording, text.trim()]));
  const differing = ours.filter(({ recording, text }) => text !== plainTexts.get(recording));
  console.log(`\ntexts identical to the baseline: ${ours.length - differing.length} of ${ours.length}`);
  if (showsDetails) {
    for (const { recording, text } of differing) {
      console.log(`- ${recording.audio_filepath}\n  plain: ${plainTexts.get(recording)}\n  ours:  ${text}`);
    }
  }
}

async function measure(): Promise<void> {
  const recordings = readLines<Recording>('manifest.jsonl');
  const commands = readLines<Recording>('commands.jsonl');
  const hypotheses = new Map(
    readLines<{ audio_filepath: string; hyp: string }>('baseline_moonshine_tiny.jsonl').map((row) => [row.audio_filepath, row.hyp]),
  );
  const baseline = recordings.map((recording) => ({ recording, text: hypotheses.get(recording.audio_filepath) ?? '' }));
  await using recognizer = await loadMoonshine(runtime, await loadModelFiles('moonshine-tiny'));
  const transcripts: Transcript[] = [];
  const transcribeClip = async (samples: Float32Array): Promise<string> => {
    const [transcript] = await recognizer.transcribe([{ samples }]);
    if (!transcript) {
      throw new Error('the recognizer gave no transcript');
    }
    transcripts.push(transcript);
    return transcript.text;
  };

  // One entry for each way of getting from a file to a text; clips cut by the VAD are one more.
  const ways: readonly [name: string, transcribe: (samples: Float32Array) => Promise<string>][] = [
    ['our recognizer on the raw files', (samples) => transcribeClip(padToOneSecond(samples))],
  ];
  for (const [name, transcribe] of ways) {
    transcripts.length = 0;
    const heard = await hear(recordings, transcribe);
    report(name, baseline, heard);
    reportDifferences(baseline, heard);
    const guards = transcripts.flatMap((transcript) => transcript.guards);
    console.log(
      `guards: ${['silence', 'token_cap', 'repetition'].map((guard) => `${guard} ${guards.filter((g) => g === guard).length}`).join(', ')}`,
    );
    const audioMs = transcripts.reduce((sum, transcript) => sum + transcript.audioMs, 0);
    const busyMs = transcripts.reduce((sum, { timings }) => sum + timings.encoderMs + timings.decoderMs, 0);
    console.log(
      `${(audioMs / 1000).toFixed(0)} s of audio in ${(busyMs / 1000).toFixed(1)} s: ${(audioMs / busyMs).toFixed(1)} times real time`,
    );
    const heardCommands = await hear(commands, transcribe);
    console.log(`commands with an empty text: ${heardCommands.filter(({ text }) => text === '').length} of ${commands.length}`);
  }
}

if (existsSync(`${dataFolder}/manifest.jsonl`)) {
  await measure();
} else {
  console.log(`no data in ${dataFolder}: nothing measured`);
}
