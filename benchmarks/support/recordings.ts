import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, isAbsolute, join } from 'node:path';
import { decodePcm } from '@outspoken/audio';
import { readSpeech, speechFixtures } from '../../tests/support/fixtures.ts';
import { UsageError } from './command-line.ts';

/** Speech, 16 kHz mono, with what is said in it where that is known. */
export interface Recording {
  readonly name: string;
  readonly samples: Float32Array;
  readonly text: string | undefined;
}

const FFMPEG = 'ffmpeg';
const EXTENSIONS = new Set(['.wav', '.flac', '.mp3', '.ogg', '.opus', '.m4a']);

/**
 * The project's own speech fixtures, or those of a folder: listed with texts in its `manifest.jsonl` (NeMo: `audio_filepath`,
 * `text`), otherwise every sound file with the text of a `.txt` of the same name. A folder needs `ffmpeg`.
 *
 * @throws UsageError when the folder holds no speech.
 */
export function loadRecordings(folder: string | undefined): Recording[] {
  if (folder === undefined) {
    return speechFixtures().map(({ name, path, text }) => ({ name, samples: readSpeech(path), text }));
  }
  if (!existsSync(folder)) {
    throw new UsageError(`there is no folder ${folder}`);
  }
  const files = listFiles(folder);
  if (files.length === 0) {
    throw new UsageError(`${folder} holds neither manifest.jsonl nor a sound file (${[...EXTENSIONS].join(' ')})`);
  }
  return files.map(({ name, text }) => ({ name, samples: readWithFfmpeg(isAbsolute(name) ? name : join(folder, name)), text }));
}

function listFiles(folder: string): { name: string; text: string | undefined }[] {
  const manifest = join(folder, 'manifest.jsonl');
  if (existsSync(manifest)) {
    const rows = readFileSync(manifest, 'utf8').trim().split('\n');
    return rows.map((row) => {
      const { audio_filepath: name, text } = JSON.parse(row) as { audio_filepath: string; text?: string | null };
      return { name, text: text ?? undefined };
    });
  }
  const names = readdirSync(folder).filter((name) => EXTENSIONS.has(extname(name).toLowerCase()));
  return names.sort().map((name) => {
    const transcript = join(folder, `${name.slice(0, -extname(name).length)}.txt`);
    return { name, text: existsSync(transcript) ? readFileSync(transcript, 'utf8').trim() : undefined };
  });
}

function readWithFfmpeg(path: string): Float32Array {
  const programArguments = ['-v', 'error', '-i', path, '-f', 's16le', '-ar', '16000', '-ac', '1', '-'];
  try {
    return decodePcm(execFileSync(FFMPEG, programArguments, { maxBuffer: 2 ** 30, stdio: ['ignore', 'pipe', 'pipe'] }), 'pcm_s16le');
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw new UsageError(isMissing ? 'a folder of recordings needs ffmpeg on the path' : `ffmpeg cannot read ${path}`, { cause });
  }
}
