import { readFileSync } from 'node:fs';
import { fixturePath, readSpeech, speechFixtures } from '../../tests/support/fixtures.ts';
import { type DevRecording, readDevRecordings, readDevSamples } from '../support/dev-data.ts';
import { createRandom, type Random, shuffle } from '../support/seeded-random.ts';
import { joinParts, type Part } from './joined-passage.ts';
import { type Passage, SAMPLES_PER_MS, type TimedWord, trim } from './spoken-words.ts';

const SEED = 20261127;
const FORCED_WORDS = new URL('forced-words.ctm', import.meta.url);
const SENTENCE_CATEGORIES = new Set(['libri_other', 'libri_clean', 'ljspeech', 'librivox']);
const DIGIT_PASSAGES = 8;
const DIGITS_PER_PASSAGE = 5;
const LONGEST_GAP_MS = 400;
const LONGEST_JOINED_MS = 12_000;
// The prompts of `spoken-digits.wav`, with at least this much digital silence between them.
const SILENCE_SAMPLES = 1_600;
const SILENCE_LEVEL = 2 ** -15;
const FIXTURE_DIGITS = ['two', 'four', 'two', 'eight', 'five', 'three'];

/** Digits of one speaker, one after the other: every time is known. */
export async function digitPassages(): Promise<Passage[]> {
  const random = createRandom(SEED);
  const speakers = new Map<string, Part[]>();
  for (const recording of readDevRecordings('manifest.jsonl').filter(({ category }) => category === 'digit')) {
    const speaker = recording.speaker ?? '';
    const part = { words: [recording.text ?? ''], samples: trim(await readDevSamples(recording)) };
    speakers.set(speaker, [...(speakers.get(speaker) ?? []), part]);
  }
  speakers.set('allison-smith', fixtureDigits());
  return [...speakers].flatMap(([speaker, digits]) =>
    ['digits, no gaps', 'digits, gaps'].flatMap((kind) =>
      Array.from({ length: DIGIT_PASSAGES }, () => {
        const parts = shuffle(digits, random).slice(0, DIGITS_PER_PASSAGE);
        const gapsMs = parts.map(() => (kind === 'digits, gaps' ? random() * LONGEST_GAP_MS : 0));
        return joinParts({ kind, speaker }, parts, gapsMs, random);
      }),
    ),
  );
}

function fixtureDigits(): Part[] {
  const parts = splitAtSilence(readSpeech(fixturePath('spoken-digits.wav')));
  return FIXTURE_DIGITS.map((word, index) => ({ words: [word], samples: trim(parts[index] ?? new Float32Array(0)) }));
}

function splitAtSilence(samples: Float32Array): Float32Array[] {
  const parts: Float32Array[] = [];
  let start = 0;
  let end = 0;
  for (const [index, sample] of samples.entries()) {
    if (Math.abs(sample) < SILENCE_LEVEL) continue;
    if (index - end > SILENCE_SAMPLES) {
      if (end > start) parts.push(samples.subarray(start, end));
      start = index;
    }
    end = index + 1;
  }
  return [...parts, samples.subarray(start, end)];
}

/** Two sentences or prompts of one speaker: the times at the edges and at the gap are known. */
export async function joinedPassages(): Promise<Passage[]> {
  const random = createRandom(SEED + 1);
  const prompts = speechFixtures().map(({ path, text }) => ({ words: wordsOf(text), samples: trim(readSpeech(path)) }));
  const passages = joinPairs({ kind: 'prompts, joined', speaker: 'allison-smith' }, prompts, random);
  const speakers = new Map<string, Part[]>();
  for (const recording of sentenceRecordings()) {
    const samples = await readDevSamples(recording);
    if (samples.length > (LONGEST_JOINED_MS / 2) * SAMPLES_PER_MS) continue;
    const part = { words: wordsOf(recording.text ?? ''), samples: trim(samples) };
    const speaker = recording.speaker ?? '';
    speakers.set(speaker, [...(speakers.get(speaker) ?? []), part]);
  }
  for (const [speaker, parts] of speakers) passages.push(...joinPairs({ kind: 'sentences, joined', speaker }, parts, random));
  return passages;
}

function joinPairs(about: { readonly kind: string; readonly speaker: string }, parts: readonly Part[], random: Random): Passage[] {
  if (parts.length < 2) return [];
  const first = shuffle(parts, random);
  return first.map((part, index) =>
    joinParts(about, [part, first[(index + 1) % first.length] ?? part], [random() * LONGEST_GAP_MS], random),
  );
}

/** Whole sentences, with the times that the forced alignment found. */
export async function forcedPassages(): Promise<Passage[]> {
  const words = readForcedWords();
  const passages: Passage[] = [];
  for (const recording of sentenceRecordings()) {
    const known = words.get(recording.audio_filepath);
    if (!known) continue;
    const samples = await readDevSamples(recording);
    passages.push({ kind: 'sentences, forced', speaker: recording.speaker ?? '', samples, words: known });
  }
  return passages;
}

/** By recording. A CTM file: on each line recording, channel, start and duration in seconds, word. */
function readForcedWords(): Map<string, TimedWord[]> {
  const words = new Map<string, TimedWord[]>();
  for (const line of readFileSync(FORCED_WORDS, 'utf8').trim().split('\n')) {
    const [path = '', , start, duration, text = ''] = line.split(' ');
    const startMs = Math.round(Number(start) * 1000);
    words.set(path, [...(words.get(path) ?? []), { text, startMs, endMs: startMs + Math.round(Number(duration) * 1000) }]);
  }
  return words;
}

function sentenceRecordings(): DevRecording[] {
  return readDevRecordings('manifest.jsonl').filter(({ category }) => SENTENCE_CATEGORIES.has(category ?? ''));
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
