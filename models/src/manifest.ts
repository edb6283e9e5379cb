import { readFileSync } from 'node:fs';
import { ModelError } from './model-error.ts';

/** The files of each model by role: the names under `files` in `manifest.json`. */
export interface ModelFileNames {
  readonly 'moonshine-tiny': 'encoder' | 'decoder' | 'vocabulary';
  readonly 'moonshine-base': 'encoder' | 'decoder' | 'vocabulary';
  readonly 'silero-vad-v6': 'model';
  readonly 'silero-vad-v5': 'model';
}

/** A model of `manifest.json`. */
export type ModelName = keyof ModelFileNames;

/** What a file must be, byte for byte. */
interface PinnedBytes {
  /** Exact length, in bytes. */
  readonly sizeBytes: number;
  /** SHA-256 of the bytes, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
}

/** A file that an npm package carries. */
export interface CarriedFile extends PinnedBytes {
  /** npm package that carries the file. */
  readonly carrier: string;
  /** Path inside the carrier, with forward slashes. */
  readonly path: string;
  /** Set when the file is the decoded value of this base64 string constant in a script of the carrier; the hash is that of the value. */
  readonly base64Constant?: string;
}

/** A file that is downloaded from a hub once and kept in the cache folder. */
export interface HubFile extends PinnedBytes {
  /** Address of the file at one revision, https. */
  readonly url: string;
}

/** Where one file of a model comes from and what it must be. */
export type ModelFile = CarriedFile | HubFile;

/** What is known of a model: origin, licence, files and the numbers that its code needs. */
export interface ModelManifest {
  readonly name: ModelName;
  /** Version of the weights; that of the carrier where the makers give none. */
  readonly version: string;
  readonly family: string;
  /** Form of the weights, `int8` or `none`. */
  readonly quantization: string;
  readonly description: string;
  /** SPDX licence of the weights. */
  readonly license: string;
  /** BCP 47 tags; `*` when the model does not depend on the language. */
  readonly languages: readonly string[];
  /** Home of the model, a URL. */
  readonly source: string;
  /** Path of the model card, relative to this package. */
  readonly card: string;
  /** Path of what the model must compute for a clip, relative to this package; absent where nobody has measured it. */
  readonly reference?: string;
  /** Numbers that the code of the family needs; each name carries its unit. */
  readonly parameters: Readonly<Record<string, number>>;
  /**
   * For each effort of a recognizer, what its word probabilities are worth: pairs of what the model says and how often such words are
   * right, both increasing, with lines between them. Absent where nobody has measured it.
   */
  readonly wordConfidence?: Readonly<Record<string, readonly (readonly [modelProbability: number, rightProbability: number])[]>>;
  /** Heads of the decoder's cross-attention that follow the speech, from 0; absent where nobody has measured them. */
  readonly alignmentHeads?: readonly { readonly layer: number; readonly head: number }[];
  readonly files: Readonly<Record<string, ModelFile>>;
}

// One level above both src/ and dist/, so the same line serves sources and build.
const MANIFEST_URL = new URL('../manifest.json', import.meta.url);

/** The names of all models, in the order of the manifest. */
export function modelNames(): readonly ModelName[] {
  return Object.keys(readEntries()) as ModelName[];
}

/** Whether the manifest has a model of this name. */
export function isModelName(name: string): name is ModelName {
  return Object.hasOwn(readEntries(), name);
}

/** Whether a file comes from a hub and not with an npm package. */
export function isHubFile(file: ModelFile): file is HubFile {
  return 'url' in file;
}

/**
 * Reads the entry of one model in `manifest.json`.
 *
 * @throws {@link ModelError} `unknown_model` when the manifest has no such name.
 */
export function readModelManifest(name: ModelName): ModelManifest {
  const models = readEntries();
  const entry = Object.hasOwn(models, name) ? models[name] : undefined;
  if (!entry) {
    throw new ModelError('unknown_model', `no model "${name}" in the manifest, it has ${Object.keys(models).join(', ')}`, { file: name });
  }
  return { name, ...entry };
}

function readEntries(): Readonly<Record<string, Omit<ModelManifest, 'name'>>> {
  // Our own file, shipped with this code; a test holds every entry to this type.
  return JSON.parse(readFileSync(MANIFEST_URL, 'utf8')) as Record<string, Omit<ModelManifest, 'name'>>;
}
