import { type DevRecording, readDevRecordings, readDevSamples, readNoiseRecordings, readNoiseSamples } from '../support/dev-data.ts';
import { createRandom } from '../support/seeded-random.ts';

/** Rows of the table that are chosen together. */
export const GROUPS = ['sentences', 'orders', 'digit-strings', 'digits', 'long', 'noise'] as const;
export type Group = (typeof GROUPS)[number];

/** Something to hear, and what is known of it. */
export interface Item {
  readonly id: string;
  readonly group: Group;
  readonly slice: string;
  /** Who speaks, or which recording of noise it is from; undefined where nobody knows: then it counts as a speaker of its own. */
  readonly speaker: string | undefined;
  /** What is said; undefined where nobody wrote it down. */
  readonly text: string | undefined;
  /** Phrases that are said for certain. */
  readonly phrases: readonly string[];
  /** 16 kHz mono. */
  readonly samples: Float32Array;
  /** Whether it makes sense in one piece: a recording of noise is only cut, its excerpts stand for the pieces. */
  readonly isOnlyCut: boolean;
}

const SAMPLE_RATE_HZ = 16_000;
const GROUP_OF_CATEGORY: Readonly<Record<string, Group>> = {
  libri_other: 'sentences',
  libri_clean: 'sentences',
  ljspeech: 'sentences',
  digit_string: 'digit-strings',
  digit: 'digits',
  long: 'long',
};
/** Slice of the whole recordings without speech; their excerpts are in slices by kind. */
export const NOISE_FILES = 'noise files';
/** Lengths of excerpts, in turn: what a burst, a word and a sentence take. */
const EXCERPT_SECONDS = [1, 2, 4];
const SILENCE_SECONDS = 28;
/** A quiet microphone in a quiet room. */
const HISS_DBFS = -60;

/** Reads what the chosen rows need; `limit` is the most items of each slice. */
export async function readMaterial(groups: ReadonlySet<Group>, limit: number): Promise<Item[]> {
  const taken = new Map<string, number>();
  const takes = (slice: string): boolean => {
    taken.set(slice, (taken.get(slice) ?? 0) + 1);
    return (taken.get(slice) ?? 0) <= limit;
  };
  const items: Item[] = [];
  for (const recording of readDevRecordings('manifest.jsonl')) {
    const { category = '' } = recording;
    const group = GROUP_OF_CATEGORY[category];
    if (group && groups.has(group) && takes(category)) items.push(await readSpoken(recording, group, category));
  }
  for (const recording of groups.has('orders') ? readDevRecordings('commands.jsonl') : []) {
    if (takes('orders')) items.push(await readSpoken(recording, 'orders', 'orders'));
  }
  return groups.has('noise') ? [...items, ...(await readNoise()).filter(({ slice }) => takes(slice))] : items;
}

async function readSpoken(recording: DevRecording, group: Group, slice: string): Promise<Item> {
  return {
    id: recording.audio_filepath,
    group,
    slice,
    speaker: recording.speaker ?? undefined,
    text: recording.text ?? undefined,
    phrases: Object.values(recording.slots ?? {}),
    samples: await readDevSamples(recording),
    isOnlyCut: false,
  };
}

/** Recordings without speech and two kinds of silence: each whole, for the cut, and in excerpts. */
async function readNoise(): Promise<Item[]> {
  const silence = new Float32Array(SILENCE_SECONDS * SAMPLE_RATE_HZ);
  const random = createRandom(1);
  // Evenly spread from -a to a has a level of a / sqrt(3).
  const hiss = silence.map(() => 10 ** (HISS_DBFS / 20) * Math.sqrt(3) * (2 * random() - 1));
  const sources: { readonly id: string; readonly slice: string; readonly samples: Float32Array }[] = [
    { id: 'zeros', slice: 'silence', samples: silence },
    { id: 'hiss', slice: 'silence', samples: hiss },
  ];
  for (const recording of readNoiseRecordings()) {
    const slice = recording.kind.startsWith('music') ? 'music' : recording.kind === 'babble' ? 'babble' : 'noise';
    sources.push({ id: recording.audio_filepath, slice, samples: await readNoiseSamples(recording) });
  }
  return sources.flatMap(({ id, slice, samples }) => {
    const common = { group: 'noise', speaker: id, text: undefined, phrases: [] } as const;
    const excerpts = excerptsOf(samples).map(
      (excerpt, index): Item => ({ ...common, id: `${id} ${index + 1}`, slice, samples: excerpt, isOnlyCut: false }),
    );
    return [{ ...common, id, slice: NOISE_FILES, samples, isOnlyCut: true }, ...excerpts];
  });
}

/** Back to back, of each length in turn; what is left at the end is no excerpt. */
function excerptsOf(samples: Float32Array): Float32Array[] {
  const excerpts: Float32Array[] = [];
  let start = 0;
  for (let turn = 0; ; turn += 1) {
    const end = start + (EXCERPT_SECONDS[turn % EXCERPT_SECONDS.length] ?? 1) * SAMPLE_RATE_HZ;
    if (end > samples.length) return excerpts;
    excerpts.push(samples.subarray(start, end));
    start = end;
  }
}
