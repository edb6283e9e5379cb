import { loadModelFiles } from '@outspoken/models';
import { type DevRecording, readDevRecordings } from '../support/dev-data.ts';
import { createRandom, shuffle } from '../support/seeded-random.ts';

/** Shorter words are seldom names or terms. */
const MINIMUM_CHARACTERS = 5;
const SEED = 7;

/** A recording with the words of it that somebody would list. */
export interface ListedRecording {
  readonly recording: DevRecording & { readonly text: string };
  /** In small letters, each once. */
  readonly words: readonly string[];
}

/** The recordings of some categories, and phrases that somebody might list who expects other things. */
export interface Material {
  readonly recordings: readonly ListedRecording[];
  /** In a random order that is always the same. */
  readonly distractors: readonly string[];
}

/**
 * Reads what is heard. Rare words are those for which the vocabulary of the model has no piece of their own, small or with a capital:
 * names and terms, 1 in 8 words of the sentences. Distractors are the rare words of all texts, and names of places and languages.
 */
export async function readMaterial(categories: readonly string[]): Promise<Material> {
  const pieces = await readPieces();
  const isRare = (word: string): boolean =>
    word.length >= MINIMUM_CHARACTERS && !pieces.has(`▁${word}`) && !pieces.has(`▁${word.slice(0, 1).toUpperCase()}${word.slice(1)}`);
  const rareIn = (text: string): string[] => [
    ...new Set(
      text
        .toLowerCase()
        .match(/[a-z']+/g)
        ?.filter(isRare) ?? [],
    ),
  ];
  const said = readDevRecordings('manifest.jsonl').flatMap((recording) => {
    const { text } = recording;
    return text === null ? [] : [{ recording: { ...recording, text }, words: rareIn(text) }];
  });
  return {
    recordings: said.filter(({ recording }) => categories.includes(recording.category ?? '')),
    distractors: shuffle([...new Set([...said.flatMap(({ words }) => words), ...namesOfTheWorld()])], createRandom(SEED)),
  };
}

/** The list for one recording: its own words, and as many others. */
export function listFor({ words }: ListedRecording, distractors: readonly string[], count: number): string[] {
  const own = new Set(words);
  return [...words, ...distractors.filter((phrase) => !own.has(phrase.toLowerCase())).slice(0, count)];
}

async function readPieces(): Promise<ReadonlySet<string>> {
  const { files } = await loadModelFiles('moonshine-tiny');
  return new Set(new TextDecoder().decode(files.vocabulary).split('\n'));
}

/** What the runtime knows the names of: countries, languages and the cities of time zones. */
function namesOfTheWorld(): string[] {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const codes = letters.flatMap((first) => letters.map((second) => `${first}${second}`));
  const regions = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
  const languages = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });
  const named = codes.flatMap((code) => [regions.of(code), languages.of(code.toLowerCase())]);
  const cities = Intl.supportedValuesOf('timeZone').map((zone) => zone.split('/').at(-1)?.replaceAll('_', ' '));
  return [...named, ...cities].filter((name) => name !== undefined);
}
