import { isHubFile, type ModelManifest } from './manifest.ts';
import { ModelError } from './model-error.ts';
import { labelOf, type ModelFilesOptions, readModelFile } from './model-files.ts';

/** Whether a file is there, and the one that the manifest pins. */
export type FileState = 'present' | 'absent' | 'changed';

/** What was found of one file of a model. */
export interface FileCheck {
  /** Its name under `files` in the manifest. */
  readonly role: string;
  /** Path inside its carrier, or its address. */
  readonly file: string;
  /** How it comes here: with an npm package, or by a download. */
  readonly origin: 'npm' | 'hub';
  readonly sizeBytes: number;
  readonly state: FileState;
  /** The pinned SHA-256. */
  readonly expected: string;
  /** The SHA-256 that was found instead, when the state is `changed`. */
  readonly got: string | undefined;
  /** What is wrong, in one sentence; absent when the state is `present`. */
  readonly problem: string | undefined;
}

/** Hashes every file of a model and says what it found; never throws on a missing or damaged file. */
export async function checkModel(manifest: ModelManifest, options: ModelFilesOptions = {}): Promise<readonly FileCheck[]> {
  const checks: FileCheck[] = [];
  // One after another: memory holds one file at a time.
  for (const [role, file] of Object.entries(manifest.files)) {
    const fixed = {
      role,
      file: labelOf(file),
      origin: isHubFile(file) ? 'hub' : 'npm',
      sizeBytes: file.sizeBytes,
      expected: file.sha256,
    } as const;
    try {
      await readModelFile(file, options);
      checks.push({ ...fixed, state: 'present', got: undefined, problem: undefined });
    } catch (error) {
      if (!(error instanceof ModelError)) {
        throw error;
      }
      const state = error.code === 'file_changed' ? 'changed' : 'absent';
      checks.push({ ...fixed, state, got: error.got, problem: error.message });
    }
  }
  return checks;
}

/** The state of a whole model: `changed` when any file is, `present` when all are. */
export function stateOf(checks: readonly FileCheck[]): FileState {
  if (checks.some(({ state }) => state === 'changed')) {
    return 'changed';
  }
  return checks.every(({ state }) => state === 'present') ? 'present' : 'absent';
}
