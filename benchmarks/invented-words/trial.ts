import { readDevRecordings, readDevSamples, readNoiseRecordings, readNoiseSamples } from '../support/dev-data.ts';
import { createRandom, type Random } from '../support/seeded-random.ts';
import { addNoise, changeGain, changeSpeed, mixTalkers } from '../support/sound-changes.ts';
import type { Said } from './label.ts';
import { SAMPLE_RATE_HZ, SYNTHETIC_SOUNDS } from './synthetic-sound.ts';

/** A sound of which it is known what is said in it. */
export interface Trial {
  /** Row of the table. */
  readonly kind: string;
  /** Speaker or kind of noise: what is learned of one must hold for others. */
  readonly group: string;
  readonly said: Said;
  readonly samples: Float32Array;
  readonly ways: readonly Way[];
}

/** How a sound comes to the recognizer: in the detector's clips, or in one piece with what the detector says of it. */
export type Way = 'cut' | 'whole';

interface Utterance {
  readonly category: string;
  readonly speaker: string;
  readonly said: Said;
  readonly text: string;
  readonly samples: Float32Array;
}

const SEED = 20261127;
const SENTENCES = new Set(['libri_clean', 'libri_other', 'ljspeech', 'librivox', 'vctk']);
const SHORT = new Set(['digit', 'digit_string', 'command']);
const QUIET_DB = -24;
const SIGNAL_TO_NOISE_DB = [15, 10, 5];
const WAYS: readonly Way[] = ['cut', 'whole'];
const LENGTHS_SECONDS = [0.5, 1, 1.5, 2, 3, 4, 6, 10];
const NOISE_SPEEDS = [0.8, 1, 1.25];
const NOISE_GAINS = [0.1, 1, 4];
const SYNTHETIC_COUNT = 16;
const BABBLE_COUNT = 72;
const REVERSED_COUNT = 32;
const FOREGROUND_COUNT = 32;
/** How much louder than all the others together somebody is who is spoken to the device by. */
const FOREGROUND_DB = 10;
/** Of a row of digits, an order or a sentence many words may be wrong: what was said can still be told. */
const ACCEPTED_ERROR_RATIOS: Readonly<Record<string, number>> = { digit: 0, command: 0.34 };
const ACCEPTED_ERROR_RATIO = 0.5;

/** Everything that is tried: speech first, then talkers all at once, then noise. */
export async function* readTrials(): AsyncGenerator<Trial> {
  const random = createRandom(SEED);
  const noises: { readonly kind: string; readonly samples: Float32Array }[] = [];
  for (const recording of readNoiseRecordings()) noises.push({ kind: recording.kind, samples: await readNoiseSamples(recording) });
  const sentences: Utterance[] = [];
  let place = 0;
  for await (const utterance of readUtterances()) {
    if (SENTENCES.has(utterance.category)) sentences.push(utterance);
    yield* speechTrials(utterance, noises[place % noises.length]?.samples ?? new Float32Array(1), place);
    place += 1;
  }
  yield* talkerTrials(sentences, random);
  for (const { kind, samples } of noises) yield* noiseTrials(kind, samples);
  yield* syntheticTrials(random);
}

/** Sounds that no recording has. */
export function* syntheticTrials(random: Random): Generator<Trial> {
  for (const [kind, make] of Object.entries(SYNTHETIC_SOUNDS)) {
    for (let count = 0; count < SYNTHETIC_COUNT; count += 1) {
      const lengthSamples = Math.round(lengthOf(count) * SAMPLE_RATE_HZ);
      yield nothing(kind, changeGain(make(lengthSamples, random), NOISE_GAINS[count % NOISE_GAINS.length] ?? 1));
    }
  }
}

async function* readUtterances(): AsyncGenerator<Utterance> {
  for (const recording of readDevRecordings('manifest.jsonl')) {
    const { category = '', text, speaker, audio_filepath: path } = recording;
    if (text === null || (!SENTENCES.has(category) && !SHORT.has(category))) continue;
    const said: Said = { type: 'words', text, acceptedErrorRatio: ACCEPTED_ERROR_RATIOS[category] ?? ACCEPTED_ERROR_RATIO };
    yield { category, speaker: speaker ?? path, said, text, samples: await readDevSamples(recording) };
  }
  for (const recording of readDevRecordings('commands.jsonl')) {
    // Nobody wrote down who speaks: each order is a group of its own.
    const said: Said = { type: 'slots', values: Object.values(recording.slots ?? {}) };
    yield { category: 'order', speaker: recording.audio_filepath, said, text: '', samples: await readDevSamples(recording) };
  }
}

function* speechTrials({ category, speaker, said, samples }: Utterance, noise: Float32Array, place: number): Generator<Trial> {
  const trial = (suffix: string, changed: Float32Array, ways: readonly Way[]): Trial => {
    return { kind: `${category}${suffix}`, group: speaker, said, samples: changed, ways };
  };
  // Nobody holds a button for a sentence, and one noisy copy of it is enough: it is long.
  const isShort = !SENTENCES.has(category);
  yield trial('', samples, isShort ? WAYS : ['cut']);
  // In one piece it is the same to the model, which scales what it hears.
  if (isShort) yield trial(', quiet', changeGain(samples, 10 ** (QUIET_DB / 20)), ['cut']);
  const ratios = isShort ? SIGNAL_TO_NOISE_DB : [SIGNAL_TO_NOISE_DB[place % SIGNAL_TO_NOISE_DB.length] ?? 0];
  for (const db of ratios) yield trial(', noisy', addNoise(samples, noise, db), isShort ? WAYS : ['cut']);
}

/** People who speak at once, forwards and backwards, and one who is nearer than the others. */
function* talkerTrials(sentences: readonly Utterance[], random: Random): Generator<Trial> {
  const draw = (): Utterance => {
    const utterance = sentences[Math.floor(random() * sentences.length)];
    if (!utterance) throw new RangeError('babble needs sentences');
    return utterance;
  };
  const mixed = (talkers: readonly Utterance[], seconds: number): Float32Array =>
    mixTalkers(
      talkers.map(({ samples }) => ({ samples, startSample: Math.floor(random() * samples.length) })),
      Math.round(seconds * SAMPLE_RATE_HZ),
    );
  for (let count = 0; count < BABBLE_COUNT; count += 1) {
    const talkers = Array.from({ length: 4 + (count % 5) }, draw);
    const said: Said = { type: 'babble', texts: talkers.map(({ text }) => text) };
    yield { kind: 'talkers at once', group: 'babble', said, samples: mixed(talkers, lengthOf(count)), ways: WAYS };
  }
  for (let count = 0; count < REVERSED_COUNT; count += 1) {
    yield nothing('talkers backwards', mixed(Array.from({ length: 4 + (count % 5) }, draw), lengthOf(count)).reverse());
    yield nothing('one talker backwards', mixed([draw()], lengthOf(count)).reverse());
  }
  for (let count = 0; count < FOREGROUND_COUNT; count += 1) {
    const near = draw();
    const others = mixed(Array.from({ length: 4 + (count % 5) }, draw), near.samples.length / SAMPLE_RATE_HZ);
    yield {
      kind: 'talker before others',
      group: near.speaker,
      said: near.said,
      samples: addNoise(near.samples, others, FOREGROUND_DB),
      ways: ['cut'],
    };
  }
}

function* noiseTrials(kind: string, samples: Float32Array): Generator<Trial> {
  for (const [place, ratio] of NOISE_SPEEDS.entries()) {
    const changed = changeSpeed(samples, ratio);
    yield nothing(kind, changeGain(changed, NOISE_GAINS[place] ?? 1), ['cut']);
    for (let start = 0, turn = place; ; turn += 1) {
      const end = start + Math.round(lengthOf(turn) * SAMPLE_RATE_HZ);
      if (end > changed.length) break;
      yield nothing(kind, changed.subarray(start, end));
      start = end;
    }
  }
}

function nothing(kind: string, samples: Float32Array, ways = WAYS): Trial {
  return { kind, group: kind, said: { type: 'nothing' }, samples, ways };
}

function lengthOf(count: number): number {
  return LENGTHS_SECONDS[count % LENGTHS_SECONDS.length] ?? 1;
}
