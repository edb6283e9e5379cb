import { readFile } from 'node:fs/promises';
import { type ModelName, readModelManifest } from './manifest.ts';

/** What a model must compute for a clip, stored beside its manifest. */
export interface ModelReference {
  /** WAV file with 16-bit samples, 16 kHz mono. */
  readonly clip: Uint8Array;
  /** What is said in it. */
  readonly tokenIds: readonly number[];
  /** Values inside the model, as a run in 32-bit floats gives them: every so many-th of the last layer's cross-attention values. */
  readonly crossValues: { readonly every: number; readonly values: readonly number[] };
}

// One level above both src/ and dist/.
const PACKAGE = new URL('../', import.meta.url);

/** Reads the reference of a model; undefined for a model that has none. */
export async function loadModelReference(name: ModelName): Promise<ModelReference | undefined> {
  const { reference } = readModelManifest(name);
  if (reference === undefined) return undefined;
  const file = new URL(reference, PACKAGE);
  // Our own file.
  const { clip, ...expected } = JSON.parse(await readFile(file, 'utf8')) as Omit<ModelReference, 'clip'> & {
    readonly clip: string;
  };
  return { ...expected, clip: await readFile(new URL(clip, file)) };
}
