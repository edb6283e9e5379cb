import { tmpdir } from 'node:os';
import { isAbsolute } from 'node:path';

/** Limits of the files that are uploaded and recognized. Every store has a bound; what happens at the bound is said beside it. */
export interface FileOptions {
  /** Most audio that one file may hold, in milliseconds; a longer one is refused. */
  readonly maximumFileMs: number;
  /** Largest file, in bytes; a larger one is refused. */
  readonly maximumUploadBytes: number;
  /** What all uploads together may keep on the disk, in bytes; beyond it new ones are refused. */
  readonly maximumSpoolBytes: number;
  /** Uploads at once, those that wait for their turn included; beyond it new ones are refused. */
  readonly maximumUploads: number;
  /** Folder in which uploads wait until they are opened; absolute. */
  readonly spoolFolder: string;
}

/** Defaults of {@link FileOptions}. */
export const DEFAULT_FILE_OPTIONS: FileOptions = Object.freeze({
  maximumFileMs: 14_400_000,
  maximumUploadBytes: 2 * 1024 ** 3,
  maximumSpoolBytes: 8 * 1024 ** 3,
  maximumUploads: 64,
  spoolFolder: tmpdir(),
});

const RANGES: { readonly [Key in keyof Omit<FileOptions, 'spoolFolder'>]: readonly [minimum: number, maximum: number] } = {
  maximumFileMs: [1_000, 86_400_000],
  maximumUploadBytes: [1_000, Number.MAX_SAFE_INTEGER],
  maximumSpoolBytes: [1_000, Number.MAX_SAFE_INTEGER],
  maximumUploads: [1, 10_000],
};

/**
 * Fills in the defaults and checks every limit once.
 *
 * @throws RangeError naming the limit, what it must be and what arrived.
 */
export function fileOptions(given: Partial<FileOptions> = {}): FileOptions {
  const options = { ...DEFAULT_FILE_OPTIONS, ...given };
  for (const name of Object.keys(RANGES) as (keyof typeof RANGES)[]) {
    const [minimum, maximum] = RANGES[name];
    const value = options[name];
    if (!(value >= minimum && value <= maximum)) throw new RangeError(`${name} must be ${minimum}-${maximum}, got ${value}`);
  }
  if (options.maximumUploadBytes > options.maximumSpoolBytes) {
    throw new RangeError(
      `maximumUploadBytes must be at most maximumSpoolBytes, ${options.maximumSpoolBytes}, got ${options.maximumUploadBytes}`,
    );
  }
  if (!isAbsolute(options.spoolFolder)) throw new RangeError(`spoolFolder must be an absolute path, got ${options.spoolFolder}`);
  return Object.freeze(options);
}
