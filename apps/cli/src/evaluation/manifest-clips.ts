import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { EvaluationError, type FailedClip, type ManifestEntry, readManifest } from '@outspoken/evaluation';
import { CliError, codeOf } from '../cli-error.ts';

/** A line of a manifest whose file is there. */
export interface ManifestClip {
  readonly entry: ManifestEntry;
  /** Absolute path. */
  readonly path: string;
  readonly sizeBytes: number;
}

/** A manifest with its files looked up. */
export interface ManifestClips {
  readonly entries: readonly ManifestEntry[];
  readonly clips: readonly ManifestClip[];
  /** Lines whose file is not there. */
  readonly failures: readonly FailedClip[];
}

/**
 * Reads a manifest and looks for its files, from the folder that it lies in.
 *
 * @throws {@link CliError} `input_missing`, `input_unreadable` with the line and what to do.
 */
export async function readManifestClips(name: string, folder: string): Promise<ManifestClips> {
  const path = resolve(folder, name);
  const entries = parse(name, await read(name, path));
  const clips: ManifestClip[] = [];
  const failures: FailedClip[] = [];
  for (const entry of entries) {
    const file = resolve(dirname(path), entry.audioPath);
    try {
      clips.push({ entry, path: file, sizeBytes: (await stat(file)).size });
    } catch (error) {
      failures.push({ audioPath: entry.audioPath, reason: `it cannot be read (${codeOf(error) ?? String(error)}), check the path` });
    }
  }
  return { entries, clips, failures };
}

async function read(name: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const isMissing = codeOf(cause) === 'ENOENT';
    const reason = isMissing ? 'there is no such file, check the path' : `it cannot be read (${codeOf(cause) ?? String(cause)})`;
    throw new CliError(isMissing ? 'input_missing' : 'input_unreadable', `${name}: ${reason}`, { cause });
  }
}

function parse(name: string, text: string): ManifestEntry[] {
  try {
    return readManifest(text);
  } catch (cause) {
    if (!(cause instanceof EvaluationError)) throw cause;
    throw new CliError('input_unreadable', `${name}: ${cause.message}`, { cause });
  }
}
