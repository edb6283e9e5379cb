import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeWav } from '@outspoken/audio';
import { countWordErrors, errorRatio, WHISPER_ENGLISH } from '@outspoken/evaluation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixturePath } from './support/fixtures.ts';
import { ServerProcess } from './support/server-process.ts';
import { findOrInstallFfmpeg, findOrInstallSox } from './support/sound-tools.ts';

// Sound is searched at 60 to 80 times real time, on slow processors at 15. What is not bounded shows in half an hour as well as in the three
// hours of `bench:long-file`: its samples alone take more than the server may grow by.
const LONGEST_FILE_TEST_MS = 480_000;
const LONGEST_FILE_GROWTH_BYTES = 100e6;

const SPEECH = fixturePath('demo-recording.wav');
const SPOKEN = readFileSync(fixturePath('demo-recording.txt'), 'utf8');
const MAXIMUM_FILE_MS = 3.5 * 3_600_000;

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly error: { readonly message: string; readonly type: string; readonly param: string | null; readonly code: string | null };
}

let server: ServerProcess;
let folder: string;
let spool: string;
let ffmpeg: string;
let sox: string;

beforeAll(async () => {
  ffmpeg = findOrInstallFfmpeg();
  sox = findOrInstallSox();
  folder = mkdtempSync(join(tmpdir(), 'outspoken-files-'));
  spool = mkdtempSync(join(tmpdir(), 'outspoken-spool-'));
  server = await ServerProcess.start(['--log-level', 'warn', '--spool-folder', spool, '--maximum-file-ms', String(MAXIMUM_FILE_MS)]);
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
  rmSync(spool, { recursive: true, force: true });
});

// Never the blocking kind: a connection that the server closes meanwhile must be seen, or the next request is sent into it.
const run = promisify(execFile);

/** Runs ffmpeg with these arguments before the name of the file that it writes; returns its path. */
async function encodeFile(name: string, programArguments: readonly string[], source: readonly string[] = ['-i', SPEECH]): Promise<string> {
  const path = join(folder, name);
  await run(ffmpeg, ['-v', 'error', '-y', ...source, ...programArguments, path]);
  return path;
}

async function encode(...file: Parameters<typeof encodeFile>): Promise<Buffer> {
  return readFileSync(await encodeFile(...file));
}

/** What sox writes to its output. */
async function soxOutput(programArguments: readonly string[]): Promise<Buffer> {
  return (await run(sox, programArguments, { encoding: 'buffer', maxBuffer: 1 << 26 })).stdout;
}

async function send(bytes: Uint8Array, name: string, to = server): Promise<Answer> {
  const body = new FormData();
  body.set('file', new Blob([Uint8Array.from(bytes)]), name);
  body.set('model', 'moonshine-tiny');
  const answer = await fetch(new URL('v1/audio/transcriptions', to.url), { method: 'POST', body });
  return { status: answer.status, ...((await answer.json()) as Omit<Answer, 'status'>) };
}

/** Files that lie in the spool folder, at any depth. */
function spooledFiles(): string[] {
  return readdirSync(spool, { recursive: true, withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []));
}

async function expectAlive(): Promise<void> {
  expect((await fetch(new URL('readyz', server.url))).status).toBe(200);
  expect(spooledFiles()).toEqual([]);
}

describe('a recording', () => {
  let plainErrors: number;
  beforeAll(async () => {
    plainErrors = errorRatio(countWordErrors(SPOKEN, (await send(readFileSync(SPEECH), 'speech.wav')).text, WHISPER_ENGLISH));
  });

  test('is heard in a plain WAV', () => {
    expect(plainErrors).toBeLessThan(0.1);
  });

  test.each([
    ['speech.mp3', ['-c:a', 'libmp3lame', '-b:a', '64k']],
    ['variable-rate.mp3', ['-c:a', 'libmp3lame', '-q:a', '6', '-ar', '44100', '-ac', '2']],
    ['speech.flac', ['-c:a', 'flac']],
    ['opus.ogg', ['-c:a', 'libopus', '-b:a', '24k']],
    ['vorbis.ogg', ['-c:a', 'libvorbis', '-q:a', '3']],
    ['opus.webm', ['-c:a', 'libopus', '-b:a', '32k']],
    ['vorbis.webm', ['-c:a', 'libvorbis', '-q:a', '3']],
    ['moov-at-the-end.m4a', ['-c:a', 'aac', '-b:a', '64k']],
    ['moov-in-front.m4a', ['-c:a', 'aac', '-b:a', '64k', '-movflags', '+faststart']],
    ['fragmented.mp4', ['-c:a', 'aac', '-b:a', '64k', '-movflags', 'frag_keyframe+empty_moov']],
    ['speech.aac', ['-c:a', 'aac', '-b:a', '48k']],
    ['telephone.wav', ['-c:a', 'pcm_mulaw', '-ar', '8000']],
    ['studio.wav', ['-c:a', 'pcm_f32le', '-ar', '96000', '-ac', '2']],
  ])('is heard as well in %s', async (name, encoder) => {
    const { status, text } = await send(await encode(name, encoder), name);
    expect(status).toBe(200);
    // Three of the 79 words may go another way: other samples, even of a resampler, turn what the model wavers about.
    expect(errorRatio(countWordErrors(SPOKEN, text, WHISPER_ENGLISH))).toBeLessThanOrEqual(plainErrors + 0.04);
  });

  test('is heard whatever its name says', async () => {
    const { status, text } = await send(await encode('speech.mp3', ['-c:a', 'libmp3lame', '-b:a', '64k']), 'speech.wav');
    expect(status).toBe(200);
    expect(errorRatio(countWordErrors(SPOKEN, text, WHISPER_ENGLISH))).toBeLessThanOrEqual(plainErrors + 0.03);
  });

  test('is heard from a program that streamed it and never knew its length', async () => {
    const bytes = await soxOutput([SPEECH, '-t', 'wav', '-']);
    expect((await send(bytes, 'stream.wav')).status).toBe(200);
  });

  test('that breaks off gives what is there', async () => {
    const whole = await encode('speech.ogg', ['-c:a', 'libopus', '-b:a', '24k']);
    const { status, text } = await send(whole.subarray(0, whole.length / 2), 'half.ogg');
    expect(status).toBe(200);
    expect(text).toMatch(/^\s*weasels/i);
    expect(text.length).toBeLessThan(SPOKEN.length * 0.7);
  });
});

describe('a file that is none', () => {
  test.each([
    [
      'a picture',
      Buffer.from(
        '89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000a49444154789c6360000002000154a24f5f0000000049454e44ae426082',
        'hex',
      ),
      415,
      'unsupported_media',
    ],
    ['a text', Buffer.from('Weasels have eaten our phone system.\n'.repeat(100)), 415, 'unsupported_media'],
    ['a web page', Buffer.from('<!doctype html><title>404</title><p>not here'), 415, 'unsupported_media'],
    ['an archive', Buffer.from(`504b0304${'00'.repeat(200)}`, 'hex'), 415, 'unsupported_media'],
    ['nothing', Buffer.alloc(0), 400, 'media_empty'],
    ['one byte', Buffer.from([0x52]), 415, 'unsupported_media'],
    ['a WAV header alone', Buffer.from(writeWav([new Float32Array(0)], { sampleRateHz: 16_000 })), 400, 'media_empty'],
  ])('is refused in words: %s', async (_what, bytes, status, code) => {
    const answer = await send(bytes, 'speech.wav');
    expect(answer).toMatchObject({ status, error: { code, type: 'invalid_request_error', param: 'file' } });
    if (status === 415) {
      expect(answer.error.message).toMatch(/mp3.*flac|flac.*mp3/i);
    }
    await expectAlive();
  });

  test('is refused when it holds a hundred channels', async () => {
    const bytes = await soxOutput(['-n', '-r', '16000', '-c', '100', '-t', 'wav', '-', 'synth', '1', 'sine', '440']);
    expect(await send(bytes, 'choir.wav')).toMatchObject({ status: 400, error: { code: 'media_too_complex' } });
    await expectAlive();
  });

  test('is answered wherever it was cut', async () => {
    const forms = [
      ['speech.m4a', ['-c:a', 'aac', '-b:a', '64k', '-movflags', '+faststart']],
      ['speech.flac', ['-c:a', 'flac']],
      ['speech.webm', ['-c:a', 'libopus', '-b:a', '32k']],
    ] as const;
    for (const [name, encoder] of forms) {
      const whole = await encode(name, encoder, ['-t', '4', '-i', SPEECH]);
      for (const share of [0.001, 0.01, 0.1, 0.9]) {
        const { status } = await send(whole.subarray(0, Math.ceil(whole.length * share)), name);
        expect([200, 400, 415], `${name} cut at ${share}`).toContain(status);
      }
    }
    await expectAlive();
  });
});

describe('a file that unpacks to more than it seems', () => {
  const SILENCE = ['-f', 'lavfi', '-i', 'anullsrc=r=16000:cl=mono', '-t'];

  test.each([
    ['bomb.flac', ['-c:a', 'flac']],
    ['bomb.ogg', ['-c:a', 'libopus', '-b:a', '6k']],
    ['bomb.mp3', ['-c:a', 'libmp3lame', '-b:a', '8k']],
  ])('is stopped at the limit: %s', async (name, encoder) => {
    const bytes = await encode(name, encoder, [...SILENCE, '600']);
    await using small = await ServerProcess.start(['--log-level', 'warn', '--maximum-file-ms', '60000']);
    expect(await send(bytes, name, small)).toMatchObject({ status: 413, error: { code: 'media_too_long' } });
    expect((await fetch(new URL('readyz', small.url))).status).toBe(200);
  });

  test(
    'may be half an hour long, in bounded memory, with each word in its place',
    async () => {
      const gap = await encodeFile('gap.ogg', ['-c:a', 'libopus', '-b:a', '6k'], [...SILENCE, '860']);
      const said = await encodeFile('said.ogg', ['-ar', '48000', '-c:a', 'libopus', '-b:a', '24k']);
      const list = join(folder, 'list.txt');
      writeFileSync(list, [said, gap, said, gap, said].map((path) => `file '${path}'`).join('\n'));
      const bytes = await encode('half-an-hour.ogg', ['-c', 'copy'], ['-f', 'concat', '-safe', '0', '-i', list]);
      const before = await server.metrics();
      const { status, text } = await send(bytes, 'half-an-hour.ogg');
      expect(status).toBe(200);
      expect(errorRatio(countWordErrors(`${SPOKEN} ${SPOKEN} ${SPOKEN}`, text, WHISPER_ENGLISH))).toBeLessThan(0.1);
      const after = await server.metrics();
      const resident = 'process_resident_memory_bytes';
      // The process that holds the sockets keeps a few clips of it at a time.
      expect(after.get(resident)! - before.get(resident)!).toBeLessThan(LONGEST_FILE_GROWTH_BYTES);
      await expectAlive();
    },
    LONGEST_FILE_TEST_MS,
  );
});
