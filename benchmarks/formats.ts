/**
 * Claim: it does not matter in which container a recording is sent: mp3, Opus and AAC cost no more than half a point of word errors.
 *
 *   npx -y pnpm@10 bench:formats [--limit N] [--help]
 *
 * Encodes the development data (`$OUTSPOKEN_DATA`, default ../shared/data; without it the project's fixtures) with ffmpeg, sends every
 * file to the real server's OpenAI door, and compares the texts with the reference.
 */

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { countWordErrors, type ErrorCounts, errorRatio, sumErrors, WHISPER_ENGLISH } from '@outspoken/evaluation';
import { speechFixtures } from '../tests/support/fixtures.ts';
import { ServerProcess } from '../tests/support/server-process.ts';
import { findOrInstallFfmpeg } from '../tests/support/sound-tools.ts';
import { progress, readInteger, readOptions, runBenchmark } from './support/command-line.ts';
import { DEV_DATA_FOLDER, hasDevData, readDevRecordings } from './support/dev-data.ts';
import { describeMachine, formatMachine, writeResult } from './support/results.ts';

const HELP = `
Word errors of recordings sent as files, by container.

  --limit N   use only the first N recordings
`;

/** What ffmpeg is told for each form; the rates are those of phones and messengers. */
const FORMS = [
  { name: 'wav', extension: 'wav', encoder: ['-c:a', 'pcm_s16le'] },
  // What a shift alone does, which changes nothing that can be heard, says how far the other rows are to be believed.
  { name: 'wav, 10 ms later', extension: 'wav', encoder: ['-af', 'adelay=10', '-c:a', 'pcm_s16le'] },
  { name: 'wav, 20 ms later', extension: 'wav', encoder: ['-af', 'adelay=20', '-c:a', 'pcm_s16le'] },
  { name: 'flac', extension: 'flac', encoder: ['-c:a', 'flac'] },
  { name: 'mp3, 64 kbit/s', extension: 'mp3', encoder: ['-c:a', 'libmp3lame', '-b:a', '64k'] },
  { name: 'ogg/opus, 24 kbit/s', extension: 'ogg', encoder: ['-c:a', 'libopus', '-b:a', '24k'] },
  { name: 'ogg/opus, 64 kbit/s', extension: 'ogg', encoder: ['-c:a', 'libopus', '-b:a', '64k'] },
  { name: 'webm/opus, 32 kbit/s', extension: 'webm', encoder: ['-c:a', 'libopus', '-b:a', '32k'] },
  { name: 'ogg/vorbis, quality 3', extension: 'ogg', encoder: ['-c:a', 'libvorbis', '-q:a', '3'] },
  { name: 'm4a/aac, 64 kbit/s', extension: 'm4a', encoder: ['-c:a', 'aac', '-b:a', '64k'] },
  { name: 'aac (ADTS), 48 kbit/s', extension: 'aac', encoder: ['-c:a', 'aac', '-b:a', '48k'] },
] as const;

type Form = (typeof FORMS)[number];

interface Spoken {
  readonly path: string;
  readonly text: string;
}

function spokenRecordings(limit: number): { readonly source: string; readonly recordings: Spoken[] } {
  if (!hasDevData()) {
    return { source: "the project's fixtures", recordings: speechFixtures().slice(0, limit) };
  }
  const sentences = ['libri_other', 'libri_clean', 'ljspeech'];
  const recordings = readDevRecordings('manifest.jsonl')
    .filter(({ text, category }) => text !== null && sentences.includes(category ?? ''))
    .slice(0, limit)
    .map(({ audio_filepath, text }) => ({ path: join(DEV_DATA_FOLDER, audio_filepath), text: text ?? '' }));
  return { source: 'sentences of the development data', recordings };
}

async function encode(ffmpeg: string, recording: Spoken, form: Form, folder: string): Promise<Uint8Array> {
  const path = join(folder, `speech.${form.extension}`);
  await promisify(execFile)(ffmpeg, ['-v', 'error', '-y', '-i', recording.path, ...form.encoder, path]);
  return readFile(path);
}

async function transcribe(serverUrl: string, bytes: Uint8Array, form: Form): Promise<string> {
  const body = new FormData();
  body.set('file', new Blob([Uint8Array.from(bytes)]), `speech.${form.extension}`);
  body.set('model', 'moonshine-tiny');
  body.set('response_format', 'text');
  const answer = await fetch(new URL('v1/audio/transcriptions', serverUrl), { method: 'POST', body });
  const text = await answer.text();
  if (!answer.ok) {
    throw new Error(`the server answered ${answer.status} to ${form.name}: ${text}`);
  }
  return text.trim();
}

async function measure(): Promise<void> {
  const options = readOptions(HELP, { limit: { type: 'string', default: '100000' } });
  const { source, recordings } = spokenRecordings(readInteger('--limit', options.limit, 1));
  const ffmpeg = findOrInstallFfmpeg();
  const machine = describeMachine();
  const folder = await mkdtemp(join(tmpdir(), 'outspoken-formats-'));
  const errors = new Map<string, ErrorCounts[]>(FORMS.map(({ name }) => [name, []]));
  const bytesSent = new Map<string, number>();
  await using server = await ServerProcess.start(['--log-level', 'warn']);
  try {
    for (const [index, recording] of recordings.entries()) {
      for (const form of FORMS) {
        const bytes = await encode(ffmpeg, recording, form, folder);
        errors.get(form.name)?.push(countWordErrors(recording.text, await transcribe(server.url, bytes, form), WHISPER_ENGLISH));
        bytesSent.set(form.name, (bytesSent.get(form.name) ?? 0) + bytes.length);
      }
      progress(`${index + 1} of ${recordings.length} recordings`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  report(source, recordings.length, errors, bytesSent);
  console.log(formatMachine(machine));
  const results = FORMS.map(({ name }) => ({ name, bytes: bytesSent.get(name), ...sumErrors(errors.get(name) ?? []) }));
  writeResult('formats', machine, { source, normaliser: WHISPER_ENGLISH.id, recordings: recordings.length, results });
}

function report(
  source: string,
  count: number,
  errors: ReadonlyMap<string, readonly ErrorCounts[]>,
  bytesSent: ReadonlyMap<string, number>,
): void {
  const percent = (name: string): number => 100 * errorRatio(sumErrors(errors.get(name) ?? []));
  const plain = percent('wav');
  console.log(`${count} recordings, ${source}; words counted by ${WHISPER_ENGLISH.id}\n`);
  console.log('| form | sent, MB | wrong words | against wav, points |\n| --- | --- | --- | --- |');
  for (const { name } of FORMS) {
    const difference = percent(name) - plain;
    const megabytes = ((bytesSent.get(name) ?? 0) / 1e6).toFixed(2);
    console.log(`| ${name} | ${megabytes} | ${percent(name).toFixed(2)} % | ${difference >= 0 ? '+' : ''}${difference.toFixed(2)} |`);
  }
}

await runBenchmark(measure);
