import type { Random } from '../support/seeded-random.ts';
import { changeGain } from '../support/sound-changes.ts';

/** Draws a sound in which nobody speaks, of so many samples. */
type SoundMaker = (lengthSamples: number, random: Random) => Float32Array;

export const SAMPLE_RATE_HZ = 16_000;
const TAU = 2 * Math.PI;
const LOUDNESS = 0.2;
/** Semitones of a major and of a minor triad, and of a seventh. */
const CHORDS = [
  [0, 4, 7],
  [0, 3, 7],
  [0, 4, 7, 10],
];
/** Centres of the first three formants of vowels, in hertz. */
const VOWELS = [
  [730, 1090, 2440],
  [270, 2290, 3010],
  [570, 840, 2410],
  [300, 870, 2240],
];

/** By kind: music, machines, signals, noise, silence. Whatever is drawn is the same each time with the same `random`. */
export const SYNTHETIC_SOUNDS: Readonly<Record<string, SoundMaker>> = {
  chords: (length, random) => notes(length, random, { perSecond: [0.8, 2], voices: () => chord(random), timbre: organ }),
  arpeggio: (length, random) => notes(length, random, { perSecond: [3, 8], voices: () => [semitones(random, 110, 30)], timbre: pluck }),
  drums: drums,
  band: (length, random) =>
    levelled(
      mix([
        notes(length, random, { perSecond: [0.8, 2], voices: () => chord(random), timbre: organ }),
        notes(length, random, { perSecond: [3, 6], voices: () => [semitones(random, 220, 24)], timbre: pluck }),
        drums(length, random),
      ]),
    ),
  'vowel melody': (length, random) =>
    notes(length, random, { perSecond: [1.5, 4], voices: () => [semitones(random, 110, 20)], timbre: vowel }),
  beeps: (length, random) => notes(length, random, { perSecond: [1, 4], voices: () => [semitones(random, 440, 24)], timbre: beep }),
  siren: siren,
  'mains hum': (length, random) => mix([hum(length, random), changeGain(white(length, random), 0.02)]),
  engine: engine,
  clicks: clicks,
  'white noise': white,
  'brown noise': brown,
  'noise in syllables': syllables,
  'silence with dither': (length, random) => white(length, random).map((sample) => Math.round(sample * 3) / 32_768),
  hiss: (length, random) => changeGain(white(length, random), 0.01),
};

interface Notes {
  /** Least and most. */
  readonly perSecond: readonly [number, number];
  /** Frequencies that sound together, in hertz. */
  readonly voices: () => readonly number[];
  readonly timbre: (frequencyHz: number, lengthSamples: number, random: Random) => Float32Array;
}

function notes(length: number, random: Random, { perSecond: [least, most], voices, timbre }: Notes): Float32Array {
  const sound = new Float32Array(length);
  const beatSamples = Math.round(SAMPLE_RATE_HZ / between(random, least, most));
  for (let start = 0; start < length; start += beatSamples) {
    if (random() < 0.1) continue;
    const lengthSamples = Math.min(Math.round(beatSamples * between(random, 0.8, 1.6)), length - start);
    for (const frequencyHz of voices()) addAt(sound, timbre(frequencyHz, lengthSamples, random), start);
  }
  return levelled(sound);
}

function organ(frequencyHz: number, length: number): Float32Array {
  return fill(length, (index) => {
    const time = index / SAMPLE_RATE_HZ;
    const partials = [1, 2, 3, 4, 6].reduce((sum, partial) => sum + Math.sin(TAU * frequencyHz * partial * time) / partial, 0);
    return partials * Math.min(1, time / 0.03) * Math.min(1, (length - index) / 800);
  });
}

/** Karplus and Strong's string. */
function pluck(frequencyHz: number, length: number, random: Random): Float32Array {
  const period = Math.max(2, Math.round(SAMPLE_RATE_HZ / frequencyHz));
  const sound = new Float32Array(length);
  for (let index = 0; index < length; index += 1) {
    const earlier = sound[index - period] ?? 0;
    sound[index] = index < period ? 2 * random() - 1 : 0.498 * (earlier + (sound[index - period - 1] ?? 0));
  }
  return sound;
}

/** A buzz through the formants of a vowel, as a voice that sings on it. */
function vowel(frequencyHz: number, length: number, random: Random): Float32Array {
  const formants = VOWELS[Math.floor(random() * VOWELS.length)] ?? [];
  const depth = between(random, 0, 0.02);
  let phase = 0;
  const buzz = fill(length, (index) => {
    phase += (frequencyHz * (1 + depth * Math.sin((TAU * 5.5 * index) / SAMPLE_RATE_HZ))) / SAMPLE_RATE_HZ;
    return (phase % 1) * 2 - 1;
  });
  const sung = mix(formants.map((centreHz, place) => changeGain(resonate(buzz, centreHz, 90), 0.02 / (place + 1))));
  return sung.map((sample, index) => sample * Math.min(1, index / 800) * Math.min(1, (length - index) / 800));
}

function beep(frequencyHz: number, length: number): Float32Array {
  return fill(length, (index) => (index < length * 0.6 ? Math.sin((TAU * frequencyHz * index) / SAMPLE_RATE_HZ) : 0));
}

function drums(length: number, random: Random): Float32Array {
  const sound = new Float32Array(length);
  const beatSamples = Math.round(SAMPLE_RATE_HZ / between(random, 2, 6));
  for (let start = 0; start < length; start += beatSamples) {
    const isBass = random() < 0.4;
    const decay = between(random, 15, 60);
    addAt(
      sound,
      fill(Math.min(beatSamples, length - start), (index) => {
        const time = index / SAMPLE_RATE_HZ;
        return Math.exp(-decay * time) * (isBass ? 2 * Math.sin(TAU * 70 * time) : 2 * random() - 1);
      }),
      start,
    );
  }
  return levelled(sound);
}

function siren(length: number, random: Random): Float32Array {
  const rateHz = between(random, 0.2, 3);
  let phase = 0;
  return levelled(
    fill(length, (index) => {
      phase += (900 + 400 * Math.sin((TAU * rateHz * index) / SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ;
      return Math.sin(TAU * phase) + 0.3 * Math.sin(2 * TAU * phase);
    }),
  );
}

function hum(length: number, random: Random): Float32Array {
  const mainsHz = random() < 0.5 ? 50 : 60;
  return levelled(
    fill(length, (index) =>
      [1, 2, 3, 5].reduce((sum, partial) => sum + Math.sin((TAU * mainsHz * partial * index) / SAMPLE_RATE_HZ) / partial, 0),
    ),
  );
}

function engine(length: number, random: Random): Float32Array {
  const firingHz = between(random, 20, 90);
  const noise = resonate(white(length, random), between(random, 150, 600), 200);
  return levelled(noise.map((sample, index) => sample * (0.3 + (((firingHz * index) / SAMPLE_RATE_HZ) % 1) ** 2)));
}

function clicks(length: number, random: Random): Float32Array {
  const sound = new Float32Array(length);
  for (let start = 0; start < length; start += Math.round(SAMPLE_RATE_HZ * between(random, 0.05, 0.8))) {
    const centreHz = between(random, 500, 5000);
    const ring = Math.min(400, length - start);
    addAt(
      sound,
      fill(ring, (index) => Math.exp(-index / 60) * Math.sin((TAU * centreHz * index) / SAMPLE_RATE_HZ)),
      start,
    );
  }
  return levelled(sound);
}

function white(length: number, random: Random): Float32Array {
  return levelled(fill(length, () => 2 * random() - 1));
}

function brown(length: number, random: Random): Float32Array {
  let last = 0;
  return levelled(
    fill(length, () => {
      last = 0.995 * last + (2 * random() - 1);
      return last;
    }),
  );
}

/** Noise of changing colour that comes and goes as syllables do. */
function syllables(length: number, random: Random): Float32Array {
  const sound = new Float32Array(length);
  for (let start = 0; start < length; ) {
    const lengthSamples = Math.min(Math.round(SAMPLE_RATE_HZ * between(random, 0.1, 0.35)), length - start);
    const burst = resonate(white(lengthSamples, random), between(random, 300, 3000), 300);
    addAt(
      sound,
      levelled(burst).map((sample, index) => sample * Math.sin((Math.PI * index) / lengthSamples)),
      start,
    );
    start += lengthSamples + Math.round(SAMPLE_RATE_HZ * between(random, 0.02, 0.3));
  }
  return levelled(sound);
}

/** A resonance of two poles. */
function resonate(samples: Float32Array, centreHz: number, widthHz: number): Float32Array {
  const radius = Math.exp((-Math.PI * widthHz) / SAMPLE_RATE_HZ);
  const feedback = 2 * radius * Math.cos((TAU * centreHz) / SAMPLE_RATE_HZ);
  let last = 0;
  let beforeLast = 0;
  return samples.map((sample) => {
    const next = sample + feedback * last - radius * radius * beforeLast;
    beforeLast = last;
    last = next;
    return next;
  });
}

function chord(random: Random): readonly number[] {
  const rootHz = semitones(random, 110, 24);
  return (CHORDS[Math.floor(random() * CHORDS.length)] ?? []).map((step) => rootHz * 2 ** (step / 12));
}

/** One of so many semitones above a frequency. */
function semitones(random: Random, lowestHz: number, count: number): number {
  return lowestHz * 2 ** (Math.floor(random() * count) / 12);
}

function between(random: Random, least: number, most: number): number {
  return least + (most - least) * random();
}

function fill(length: number, sampleAt: (index: number) => number): Float32Array {
  return Float32Array.from({ length }, (_, index) => sampleAt(index));
}

function addAt(sound: Float32Array, part: Float32Array, start: number): void {
  for (const [index, sample] of part.entries()) {
    if (start + index < sound.length) sound[start + index] = (sound[start + index] ?? 0) + sample;
  }
}

function mix(sounds: readonly Float32Array[]): Float32Array {
  const mixed = new Float32Array(sounds[0]?.length ?? 0);
  for (const sound of sounds) addAt(mixed, sound, 0);
  return mixed;
}

/** At the same level each, clipped where it peaks. */
function levelled(samples: Float32Array): Float32Array {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length);
  return power === 0 ? samples : changeGain(samples, LOUDNESS / Math.sqrt(power));
}
