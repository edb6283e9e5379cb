/** A rule of the list: what is found, and what it becomes. */
type Rule = readonly [pattern: RegExp, replacement: string];

// Where a word begins and ends; \b would see no letter in "é".
const START = '(?<![\\p{L}\\p{N}_])';
const END = '(?![\\p{L}\\p{N}_])';

/** Whole words that stand for others. */
const WORDS: Readonly<Record<string, string>> = {
  "won't": 'will not',
  "can't": 'can not',
  "let's": 'let us',
  "ain't": 'aint',
  "y'all": 'you all',
  wanna: 'want to',
  gotta: 'got to',
  gonna: 'going to',
  "i'ma": 'i am going to',
  imma: 'i am going to',
  woulda: 'would have',
  coulda: 'could have',
  shoulda: 'should have',
  "ma'am": 'madam',
};

/** Titles, which take a space after them: "Mr.Park" is two words. */
const TITLES: Readonly<Record<string, string>> = {
  mr: 'mister',
  mrs: 'missus',
  st: 'saint',
  dr: 'doctor',
  prof: 'professor',
  capt: 'captain',
  gov: 'governor',
  ald: 'alderman',
  gen: 'general',
  sen: 'senator',
  rep: 'representative',
  pres: 'president',
  rev: 'reverend',
  hon: 'honorable',
  asst: 'assistant',
  assoc: 'associate',
  lt: 'lieutenant',
  col: 'colonel',
  jr: 'junior',
  sr: 'senior',
  esq: 'esquire',
};

/** What hangs on the end of another word, in the order in which it is tried: "'d been" before "'d". */
const ENDINGS: Readonly<Record<string, string>> = {
  "'d been": 'had been',
  "'s been": 'has been',
  "'d gone": 'had gone',
  "'s gone": 'has gone',
  "'d done": 'had done',
  "'s got": 'has got',
  "n't": 'not',
  "'re": 'are',
  "'s": 'is',
  "'d": 'would',
  "'ll": 'will',
  "'t": 'not',
  "'ve": 'have',
  "'m": 'am',
};

const RULES: readonly Rule[] = [
  ...Object.entries(WORDS).map(([short, long]): Rule => [new RegExp(`${START}${short}${END}`, 'gu'), long]),
  ...Object.entries(TITLES).map(([short, long]): Rule => [new RegExp(`${START}${short}${END}`, 'gu'), `${long} `]),
  ...Object.entries(ENDINGS).map(([short, long]): Rule => [new RegExp(`${short}${END}`, 'gu'), ` ${long}`]),
];

const FILLERS = new RegExp(`${START}(?:hmm|mm|mhm|mmm|uh|um)${END}`, 'gu');

/** Drops what people say while they think: "um", "uh", "hmm". The text is in lower case. */
export function dropFillers(text: string): string {
  return text.replaceAll(FILLERS, '');
}

/** Writes contractions and titles out: "isn't" is "is not", "Mr" is "mister". The text is in lower case. */
export function expandContractions(text: string): string {
  return RULES.reduce((expanded, [pattern, replacement]) => expanded.replaceAll(pattern, replacement), text);
}
