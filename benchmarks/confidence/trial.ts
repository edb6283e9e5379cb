import { type DevRecording, readDevRecordings, readDevSamples, readNoiseRecordings, readNoiseSamples } from '../support/dev-data.ts';
import { addNoise, changeGain } from '../support/sound-changes.ts';

/** The forms in which a recording is heard: as it is, or quiet, or with noise under it. */
export const FORMS = ['as it is', 'quiet', '15 dB', '10 dB', '5 dB'] as const;
export type Form = (typeof FORMS)[number];

/** A recording of which every word is known, in one of its forms. */
export interface Trial {
  readonly category: string;
  /** Whoever speaks: what is learned of one must hold for others. */
  readonly speaker: string;
  readonly form: Form;
  readonly text: string;
  readonly samples: Float32Array;
}

/** The others are changed ones. */
const CHANGED_FORMS = FORMS.slice(1);
const QUIET_GAIN = 0.05;
const SIGNAL_TO_NOISE_DB: Readonly<Partial<Record<Form, number>>> = { '15 dB': 15, '10 dB': 10, '5 dB': 5 };
/** Words that nobody wrote down would be counted as wrong ones. */
const KIND_WITH_WORDS = 'babble';

/** A recording and the forms in which it is tried. */
export interface ListedRecording {
  readonly recording: DevRecording;
  readonly forms: readonly Form[];
}

/** Every recording of the development data that has a text: as it is, and every other one in one changed form too, each in turn. */
export function listTrials(limit = Number.POSITIVE_INFINITY): ListedRecording[] {
  const taken = new Map<string, number>();
  const recordings = readDevRecordings('manifest.jsonl').filter(({ text, category = '' }) => {
    taken.set(category, (taken.get(category) ?? 0) + 1);
    return text && (taken.get(category) ?? 0) <= limit;
  });
  return recordings.map((recording, place) => {
    const changed = place % 2 === 0 ? [CHANGED_FORMS[(place / 2) % CHANGED_FORMS.length] ?? 'quiet'] : [];
    return { recording, forms: ['as it is', ...changed] };
  });
}

/** Reads the sound of a recording in its forms; `place` says which noise is under it. */
export async function readTrial({ recording, forms }: ListedRecording, noises: readonly Float32Array[], place: number): Promise<Trial[]> {
  const { category = '', speaker, audio_filepath: path, text } = recording;
  const samples = await readDevSamples(recording);
  const noise = noises[place % noises.length] ?? new Float32Array(0);
  return forms.map((form) => ({ category, speaker: speaker ?? path, form, text: text ?? '', samples: changed(samples, form, noise) }));
}

/** The noises that go under speech. */
export async function readNoises(): Promise<Float32Array[]> {
  const noises: Float32Array[] = [];
  for (const recording of readNoiseRecordings()) if (recording.kind !== KIND_WITH_WORDS) noises.push(await readNoiseSamples(recording));
  return noises;
}

function changed(samples: Float32Array, form: Form, noise: Float32Array): Float32Array {
  const signalToNoiseDb = SIGNAL_TO_NOISE_DB[form];
  if (signalToNoiseDb !== undefined) return addNoise(samples, noise, signalToNoiseDb);
  return form === 'quiet' ? changeGain(samples, QUIET_GAIN) : samples;
}
