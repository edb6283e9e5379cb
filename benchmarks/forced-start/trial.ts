import { type DetectedClip, readDevRecordings, readDevSamples, readNoiseRecordings, readNoiseSamples } from '../support/dev-data.ts';
import { addNoise, changeGain, changeSpeed, mixTalkers } from '../support/sound-changes.ts';
import type { Said } from './label.ts';

/** A sound of which it is known what is said in it, in one of the forms in which it is tried. */
export interface Trial {
  /** Category of the recording, or kind of noise. */
  readonly kind: string;
  /** Speaker or kind of noise: what is learned of one must hold for others. */
  readonly group: string;
  readonly said: Said;
  readonly samples: Float32Array;
  readonly detector: DetectorName;
  /** Whether the sound is also tried in one piece, as a person who presses a button sends it. */
  readonly isTriedWhole: boolean;
}

/** The detector as the product sets it, or one that takes more for speech. */
export type DetectorName = 'product' | 'loose';

// A single digit is heard or not; in a row of them, or a command, a word or two may be wrong and it is still what was said.
const ACCEPTED_ERROR_RATIOS: Readonly<Record<string, number>> = { digit: 0, digit_string: 0.5, command: 0.5 };
const SENTENCES = new Set(['libri_clean', 'libri_other']);
const QUIET_GAIN = 0.1;
const SLOW_RATIO = 0.88;
const FAST_RATIO = 1.12;
const SIGNAL_TO_NOISE_DB = 12;
const NOISE_SPEEDS = [0.75, 1, 1.3];
const NOISE_GAINS = [0.3, 1, 3, 10];
/** The gain at which noise is also given to the loose detector. */
const LOOSE_GAIN = 3;
const BABBLE_COUNT = 24;
const SAMPLE_RATE_HZ = 16_000;

interface Source {
  readonly kind: string;
  readonly group: string;
  readonly said: Said;
  readonly samples: Float32Array;
}

interface Noise {
  readonly kind: string;
  readonly samples: Float32Array;
}

/** Everything that is tried, source by source: short utterances first, then talkers all at once, then noise. */
export async function* readTrials(): AsyncGenerator<readonly Trial[]> {
  const noises: Noise[] = [];
  for (const recording of readNoiseRecordings()) noises.push({ kind: recording.kind, samples: await readNoiseSamples(recording) });
  let place = 0;
  for await (const source of readUtterances()) {
    place += 1;
    yield speechTrials(source, noises[place % noises.length]?.samples ?? new Float32Array(0));
  }
  yield* babbleTrials(await readSentences());
  for (const noise of noises) yield noiseTrials(noise);
}

/** How many times {@link readTrials} yields. */
export function countSources(): number {
  return (
    readDevRecordings('manifest.jsonl').filter(isShort).length +
    readDevRecordings('commands.jsonl').length +
    BABBLE_COUNT +
    readNoiseRecordings().length
  );
}

/** The evidence of a sound in one piece is that of the clip with the most speech in it. */
export function strongestClip(clips: readonly DetectedClip[]): DetectedClip | undefined {
  return clips.reduce<DetectedClip | undefined>(
    (best, clip) => (best && best.speech.voicedMs >= clip.speech.voicedMs ? best : clip),
    undefined,
  );
}

function isShort({ category = '' }: { readonly category?: string }): boolean {
  return Object.hasOwn(ACCEPTED_ERROR_RATIOS, category);
}

async function* readUtterances(): AsyncGenerator<Source> {
  for (const recording of readDevRecordings('manifest.jsonl').filter(isShort)) {
    const { category: kind = '', text, speaker, audio_filepath: path } = recording;
    const said: Said = { type: 'words', text: text ?? '', acceptedErrorRatio: ACCEPTED_ERROR_RATIOS[kind] ?? 0 };
    yield { kind, group: speaker ?? path, said, samples: await readDevSamples(recording) };
  }
  for (const recording of readDevRecordings('commands.jsonl')) {
    // Nobody wrote down who speaks: each order is a group of its own.
    const said: Said = { type: 'slots', values: Object.values(recording.slots ?? {}) };
    yield { kind: 'order', group: recording.audio_filepath, said, samples: await readDevSamples(recording) };
  }
}

async function readSentences(): Promise<Float32Array[]> {
  const sentences: Float32Array[] = [];
  for (const recording of readDevRecordings('manifest.jsonl')) {
    if (SENTENCES.has(recording.category ?? '')) sentences.push(await readDevSamples(recording));
  }
  return sentences;
}

function speechTrials({ samples, ...source }: Source, noise: Float32Array): Trial[] {
  const trial = (changed: Float32Array, isTriedWhole = true): Trial => ({ ...source, samples: changed, detector: 'product', isTriedWhole });
  return [
    trial(samples),
    // In one piece it is the same to the model, which scales what it hears.
    trial(changeGain(samples, QUIET_GAIN), false),
    trial(changeSpeed(samples, SLOW_RATIO)),
    trial(changeSpeed(samples, FAST_RATIO)),
    trial(addNoise(samples, noise, SIGNAL_TO_NOISE_DB)),
  ];
}

/** 3 to 7 talkers for 3 to 8 s; who they are and where they begin is any choice that is the same each time. */
function* babbleTrials(sentences: readonly Float32Array[]): Generator<readonly Trial[]> {
  for (let babble = 0; babble < BABBLE_COUNT; babble += 1) {
    const talkers = Array.from({ length: 3 + (babble % 5) }, (_, talker) => ({
      samples: sentences[(babble * 7 + talker * 11) % sentences.length] ?? new Float32Array(1),
      startSample: (babble * 997 + talker * 4001) % SAMPLE_RATE_HZ,
    }));
    yield [noiseTrial('talkers at once', mixTalkers(talkers, SAMPLE_RATE_HZ * (3 + (babble % 6))), 'product')];
  }
}

function noiseTrials({ kind, samples }: Noise): Trial[] {
  return NOISE_SPEEDS.flatMap((ratio) =>
    NOISE_GAINS.flatMap((gain) => {
      const changed = changeGain(changeSpeed(samples, ratio), gain);
      const trial = noiseTrial(kind, changed, 'product');
      return gain === LOOSE_GAIN ? [trial, noiseTrial(kind, changed, 'loose')] : [trial];
    }),
  );
}

function noiseTrial(kind: string, samples: Float32Array, detector: DetectorName): Trial {
  return { kind, group: kind, said: { type: 'nothing' }, samples, detector, isTriedWhole: false };
}
