import { loadModelFiles } from '@outspoken/models';
import { loadSileroVad, type VadModel } from '@outspoken/vad';
import * as ort from 'onnxruntime-node';

export const runtime = ort;

/** The file that the browser loads. */
export async function readVadModel(): Promise<Uint8Array<ArrayBuffer>> {
  const { files } = await loadModelFiles('silero-vad-v6');
  return new Uint8Array(Object.values(files)[0]!);
}

export async function loadVadModel(): Promise<VadModel> {
  return loadSileroVad(ort, await readVadModel());
}
