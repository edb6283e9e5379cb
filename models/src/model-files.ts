import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { carrierFilePath } from './carrier.ts';
import {
  type CarriedFile,
  isHubFile,
  type ModelFile,
  type ModelFileNames,
  type ModelManifest,
  type ModelName,
  readModelManifest,
} from './manifest.ts';
import { cachedFilePath, modelCacheFolder } from './model-cache.ts';
import { ModelError } from './model-error.ts';

/** A model read into memory: every byte in it was hashed and matches the manifest. */
export interface LoadedModel<Name extends ModelName = ModelName> {
  readonly manifest: ModelManifest;
  /** The bytes of each file, by role. */
  readonly files: Readonly<Record<ModelFileNames[Name], Uint8Array>>;
}

/** Options of everything that reads model files. */
export interface ModelFilesOptions {
  /**
   * Folder of what was downloaded, absolute.
   *
   * @defaultValue {@link modelCacheFolder}
   */
  readonly cacheFolder?: string;
}

/**
 * Reads all files of a model and checks the SHA-256 of the very buffers that it returns, because a changed bit in the
 * weights loads without an error and changes what is heard. Downloads nothing.
 *
 * @throws {@link ModelError} `unknown_model`, `carrier_missing`, `file_missing`, or `file_changed` with the file, the pinned and the found hash.
 */
export async function loadModelFiles<Name extends ModelName>(name: Name, options: ModelFilesOptions = {}): Promise<LoadedModel<Name>> {
  const manifest = readModelManifest(name);
  const entries = await Promise.all(
    Object.entries(manifest.files).map(async ([role, file]) => [role, await readModelFile(file, options)] as const),
  );
  // The roles of the manifest are those of ModelFileNames: a test compares the two.
  return { manifest, files: Object.fromEntries(entries) as Record<ModelFileNames[Name], Uint8Array> };
}

/**
 * The absolute path of one file of a model, for a server or a build that hands the file on as it is.
 *
 * Nothing is verified here: use {@link loadModelFiles} to run a model.
 *
 * @throws {@link ModelError} `unknown_model`, `unknown_file`, `carrier_missing`, or `not_a_file` for a file that only exists inside a script.
 */
export function modelFilePath<Name extends ModelName>(name: Name, fileName: ModelFileNames[Name], options: ModelFilesOptions = {}): string {
  const { files } = readModelManifest(name);
  const file = Object.hasOwn(files, fileName) ? files[fileName] : undefined;
  if (!file) {
    throw new ModelError('unknown_file', `model ${name} has no file "${fileName}", it has ${Object.keys(files).join(', ')}`, {
      file: fileName,
    });
  }
  if (!isHubFile(file) && file.base64Constant !== undefined) {
    throw new ModelError('not_a_file', `file "${fileName}" of model ${name} is a constant in a script, load it instead`, {
      file: file.path,
    });
  }
  return locateFile(file, options);
}

/**
 * Reads one file and verifies it.
 *
 * @throws {@link ModelError} `carrier_missing`, `file_missing` or `file_changed`.
 */
export async function readModelFile(file: ModelFile, options: ModelFilesOptions = {}): Promise<Uint8Array> {
  const path = locateFile(file, options);
  const label = labelOf(file);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    const what = isHubFile(file)
      ? `${label} has not been downloaded to ${path}, pull its model once with "outspoken models pull NAME"`
      : `${file.carrier} has no ${label}, install it again`;
    throw new ModelError('file_missing', what, { file: label, cause });
  }
  if (!isHubFile(file) && file.base64Constant !== undefined) {
    bytes = decodeConstant(bytes, file.base64Constant, file);
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== file.sha256 || bytes.byteLength !== file.sizeBytes) {
    throw fileChanged(file, { sizeBytes: bytes.byteLength, sha256 });
  }
  return bytes;
}

/** What a file is called in messages: its path inside the carrier, or its address. */
export function labelOf(file: ModelFile): string {
  return isHubFile(file) ? file.url : file.path;
}

/** The error of a file whose bytes are not those that the manifest pins. */
export function fileChanged(file: ModelFile, got: { readonly sizeBytes: number; readonly sha256: string }): ModelError {
  const label = labelOf(file);
  return new ModelError(
    'file_changed',
    `${label} must be ${file.sizeBytes} bytes with SHA-256 ${file.sha256}, got ${got.sizeBytes} bytes with ${got.sha256}`,
    { file: label, expected: file.sha256, got: got.sha256 },
  );
}

function locateFile(file: ModelFile, options: ModelFilesOptions): string {
  return isHubFile(file) ? cachedFilePath(file, options.cacheFolder ?? modelCacheFolder()) : carrierFilePath(file.carrier, file.path);
}

/** Reads the constant out of the script's text: the script is never run. */
function decodeConstant(script: Uint8Array, name: string, file: CarriedFile): Uint8Array {
  const match = new RegExp(`\\b${name}\\s*=\\s*["']([A-Za-z0-9+/=]+)["']`).exec(new TextDecoder().decode(script));
  if (!match?.[1]) {
    throw new ModelError('file_changed', `${file.path} has no constant ${name}`, {
      file: file.path,
      expected: file.sha256,
      got: 'no constant',
    });
  }
  return Buffer.from(match[1], 'base64');
}
