// Claim: on the development data the whole road is as accurate as plain greedy decoding of the same weights on whole files.
// Run from the root: pnpm exec tsx --conditions=@outspoken/source benchmarks/accuracy.ts [--details]
// Needs ffmpeg on the path, and the data in $OUTSPOKEN_DATA (default ../shared/data); without the data it says so and ends.

import { loadMoonshine, type Recognizer, RecognizerError } from '@outspoken/asr';
import { countWordErrors, type ErrorCounts, errorRatio, sumErrors, WHISPER_ENGLISH } from '@outspoken/evaluation';
import { loadModelFiles } from '@outspoken/models';
import * as runtime from 'onnxruntime-node';
import { ServerProcess } from '../tests/support/server-process.ts';
import { Talker } from '../tests/support/talker.ts';
import {
  DEV_DATA_FOLDER,
  type DevRecording,
  hasDevData,
  readBaselineTexts,
  readDevRecordings,
  readDevSamples,
} from './support/dev-data.ts';

interface Heard {
  readonly recording: DevRecording;
  readonly text: string;
}

/** The categories that count as sentences. */
const SENTENCES = new Set(['libri_other', 'libri_clean', 'ljspeech']);
const showsDetails = process.argv.includes('--details');

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
async function hear(recordings: readonly DevRecording[], transcribe: (samples: Float32Array) => Promise<string>): Promise<Heard[]> {
  const heard: Heard[] = [];
  for (const recording of recordings) {
    try {
      heard.push({ recording, text: await transcribe(await readDevSamples(recording)) });
    } catch (error) {
      if (!(error instanceof RecognizerError && error.code === 'clip_too_long')) {
        throw error;
      }
      console.log(`left out, too long for one clip: ${recording.audio_filepath}`);
    }
  }
  return heard;
}

function categoriesOf(heard: readonly Heard[]): Map<string, ErrorCounts[]> {
  const categories = new Map<string, ErrorCounts[]>();
  for (const { recording, text } of heard) {
    const errors = countWordErrors(recording.text ?? '', text, WHISPER_ENGLISH);
    const category = recording.category ?? 'other';
    for (const name of [category, ...(SENTENCES.has(category) ? ['all sentences'] : [])]) {
      categories.set(name, [...(categories.get(name) ?? []), errors]);
    }
  }
  return categories;
}

function formatErrors(parts: readonly ErrorCounts[]): string {
  const sum = sumErrors(parts);
  const counts = [sum.substitutions, sum.deletions, sum.insertions].map((count) => String(count).padStart(4)).join('');
  return `${counts} ${(100 * errorRatio(sum)).toFixed(2).padStart(6)} %`;
}

/** Prints the errors of both per category, over the recordings that were heard. */
function report(name: string, baseline: readonly Heard[], ours: readonly Heard[]): void {
  const heardRecordings = new Set(ours.map(({ recording }) => recording));
  const plainCategories = categoriesOf(baseline.filter(({ recording }) => heardRecordings.has(recording)));
  console.log(`\n${name}, words counted by ${WHISPER_ENGLISH.id}`);
  console.log(`${'category'.padEnd(14)} clips words | plain S   D   I      WER |  ours S   D   I      WER`);
  for (const [category, parts] of [...categoriesOf(ours)].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const counts = [parts.length, sumErrors(parts).referenceCount].map((count) => String(count).padStart(5)).join(' ');
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

/** What deciding on the words took, over all clips of one way. */
interface Effort {
  readonly guards: string[];
  audioMs: number;
  busyMs: number;
}

type Transcribe = (samples: Float32Array, effort: Effort) => Promise<string>;

/** The file as it is, given to the recognizer in this process. */
function rawFiles(recognizer: Recognizer): Transcribe {
  return async (samples, effort) => {
    const [transcript] = await recognizer.transcribe([{ samples: padToOneSecond(samples) }]);
    if (!transcript) {
      throw new Error('the recognizer gave no transcript');
    }
    effort.guards.push(...transcript.guards);
    effort.audioMs += transcript.audioMs;
    effort.busyMs += transcript.timings.encoderMs + transcript.timings.decoderMs;
    return transcript.text;
  };
}

/** The file as a person would say it: cut on the device, sent over a real socket, decoded by the real server. */
function overTheWire(server: ServerProcess): Transcribe {
  return async (samples, effort) => {
    await using talker = await Talker.create(server.url);
    await talker.say(samples);
    await talker.stop();
    await talker.settled();
    if (talker.rejections.length > 0) {
      throw new Error(`a clip was refused: ${talker.rejections[0]?.code}`);
    }
    for (const { final } of talker.finals) {
      effort.guards.push(...final.guards);
      effort.audioMs += final.endMs - final.startMs;
      effort.busyMs += final.timings.encoderMs + final.timings.decoderMs;
    }
    return talker.text;
  };
}

function reportEffort({ guards, audioMs, busyMs }: Effort): void {
  const counts = ['silence', 'token_cap', 'repetition'].map((guard) => `${guard} ${guards.filter((name) => name === guard).length}`);
  console.log(`guards: ${counts.join(', ')}`);
  const speed = (audioMs / busyMs).toFixed(1);
  console.log(`${(audioMs / 1000).toFixed(0)} s of audio in ${(busyMs / 1000).toFixed(1)} s of a worker: ${speed} times real time`);
}

async function measure(): Promise<void> {
  const recordings = readDevRecordings('manifest.jsonl');
  const commands = readDevRecordings('commands.jsonl');
  const hypotheses = readBaselineTexts();
  const baseline = recordings.map((recording) => ({ recording, text: hypotheses.get(recording.audio_filepath) ?? '' }));
  await using recognizer = await loadMoonshine(runtime, await loadModelFiles('moonshine-tiny'));
  await using server = await ServerProcess.start();
  const ways: readonly [name: string, transcribe: Transcribe][] = [
    ['our recognizer on the raw files', rawFiles(recognizer)],
    ['clips cut by our own detector, decoded by the server', overTheWire(server)],
  ];
  for (const [name, transcribe] of ways) {
    const effort: Effort = { guards: [], audioMs: 0, busyMs: 0 };
    const heard = await hear(recordings, (samples) => transcribe(samples, effort));
    report(name, baseline, heard);
    reportDifferences(baseline, heard);
    reportEffort(effort);
    const heardCommands = await hear(commands, (samples) => transcribe(samples, effort));
    console.log(`commands with an empty text: ${heardCommands.filter(({ text }) => text === '').length} of ${commands.length}`);
  }
}

if (hasDevData()) {
  await measure();
} else {
  console.log(`no data in ${DEV_DATA_FOLDER}: nothing measured`);
}
