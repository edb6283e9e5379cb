import { floatToInt16, int16ToFloat } from '@outspoken/audio';
import { loadModelFiles } from '@outspoken/models';
import { loadSileroVad, SpeechDetector, type VadModel } from '@outspoken/vad';
import * as runtime from 'onnxruntime-node';
import type { Item } from '../accuracy/material.ts';

/** Something to cut, and what the speech model makes of it, which is the same whatever the policy. */
export interface Source {
  /** Different for different samples. */
  readonly key: string;
  readonly item: Item;
  readonly samples: Float32Array;
  /** Of speech, for each frame of 512 samples. */
  readonly probabilities: readonly number[];
}

/** Asks the speech model once about each frame of each item. */
export async function listenTo(items: readonly Item[]): Promise<Source[]> {
  const { files } = await loadModelFiles('silero-vad-v6');
  await using model = await loadSileroVad(runtime, files.model);
  const detector = new SpeechDetector({ model });
  const sources: Source[] = [];
  for (const item of items) {
    detector.reset();
    const events = [...(await detector.push(item.samples)), ...(await detector.flush('stop'))];
    const probabilities = events.flatMap((event) => (event.type === 'frame' ? [event.probability] : []));
    sources.push({ key: item.id, item, samples: item.samples, probabilities });
  }
  return sources;
}

/** The item as a microphone would give it that hears so much less: in 16 bits, which is where quiet speech loses. */
export function attenuate(item: Item, attenuationDb: number): Item {
  if (attenuationDb === 0) return item;
  const gainRatio = 10 ** (-attenuationDb / 20);
  const samples = int16ToFloat(floatToInt16(item.samples.map((sample) => sample * gainRatio)));
  return { ...item, id: `${item.id} -${attenuationDb} dB`, samples };
}

/** Gives the probabilities again, so that the detector itself cuts under every policy without the model. */
export function replay(probabilities: readonly number[]): VadModel {
  let frame = 0;
  return {
    sampleRateHz: 16000,
    frameSamples: 512,
    process: async () => probabilities[frame++] ?? Number.NaN,
    reset: () => {
      frame = 0;
    },
    close: async () => undefined,
  };
}
