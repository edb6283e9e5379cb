import { EFFORTS, type Effort, type GraphVariant, type Recognizer, type Token, type Transcript } from '@outspoken/asr';
import { judgeWords, WHISPER_ENGLISH } from '@outspoken/evaluation';
import { loadModelFiles } from '@outspoken/models';
import { loadSileroVad, SpeechDetector } from '@outspoken/vad';
import * as runtime from 'onnxruntime-node';
import { progress } from '../support/command-line.ts';
import { cutClips } from '../support/dev-data.ts';
import { loadOurs } from '../support/our-recognizer.ts';
import { type Form, listTrials, readNoises, readTrial, type Trial } from './trial.ts';

/** A word as it was heard, and whether it was said. */
export interface HeardWord {
  readonly effort: Effort;
  readonly category: string;
  readonly speaker: string;
  readonly form: Form;
  readonly isRight: boolean;
  /** Of the tokens of the word, punctuation left out, as the model gave them. */
  readonly tokenProbabilities: readonly number[];
}

const HAS_LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
const PROGRESS_INTERVAL_MS = 10_000;
const PROBABILITY_DIGITS = 6;

/** Cuts and recognizes every trial with every effort, and judges the words; several recordings at a time, since nothing is timed. */
export async function hearWords(options: {
  readonly graph: GraphVariant;
  readonly lanes: number;
  readonly limit?: number;
}): Promise<HeardWord[]> {
  const noises = await readNoises();
  const waiting = [...listTrials(options.limit).entries()];
  const total = waiting.length;
  const words: HeardWord[][] = [];
  let doneCount = 0;
  let toldAtMs = performance.now();
  const work = async (): Promise<void> => {
    await using model = await loadSileroVad(runtime, (await loadModelFiles('silero-vad-v6')).files.model);
    await using recognizer = await loadOurs({ graph: options.graph, threads: 1 });
    const detector = new SpeechDetector({ model });
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [place, listed] = next;
      const heard: HeardWord[] = [];
      for (const trial of await readTrial(listed, noises, place)) heard.push(...(await hearTrial(trial, detector, recognizer)));
      words[place] = heard;
      doneCount += 1;
      if (performance.now() - toldAtMs > PROGRESS_INTERVAL_MS) {
        toldAtMs = performance.now();
        progress(`${doneCount} of ${total} recordings`);
      }
    }
  };
  await Promise.all(Array.from({ length: options.lanes }, work));
  return words.flat();
}

async function hearTrial(trial: Trial, detector: SpeechDetector, recognizer: Recognizer): Promise<HeardWord[]> {
  const clips = (await cutClips(detector, trial.samples)).filter(({ samples }) => samples.length >= recognizer.model.minimumSamples);
  const words: HeardWord[] = [];
  for (const effort of EFFORTS) {
    const transcripts = await recognizer.transcribe(clips.map(({ samples, speech }) => ({ samples, speech, effort })));
    words.push(...judgeTranscripts(transcripts, trial).map((word) => ({ ...word, effort })));
  }
  return words;
}

/** The words of the clips of one recording; those that the normaliser leaves out say nothing. */
export function judgeTranscripts(transcripts: readonly Transcript[], trial: Omit<Trial, 'samples'>): Omit<HeardWord, 'effort'>[] {
  const groups = transcripts.flatMap(({ tokens }) => groupTokens(tokens));
  const texts = groups.map(textOf);
  const rights = judgeWords(trial.text, texts, WHISPER_ENGLISH);
  const { category, speaker, form } = trial;
  return groups.flatMap((group, index) => {
    const isRight = rights[index];
    if (isRight === undefined) return [];
    const spoken = group.filter(({ text }) => HAS_LETTER_OR_DIGIT.test(text));
    const tokenProbabilities = (spoken.length > 0 ? spoken : group).map(({ probability }) =>
      Number(probability.toPrecision(PROBABILITY_DIGITS)),
    );
    return [{ category, speaker, form, isRight, tokenProbabilities }];
  });
}

/** Tokens of a word, as the recognizer joins them. */
function groupTokens(tokens: readonly Token[]): Token[][] {
  const groups: Token[][] = [];
  for (const token of tokens) {
    const current = groups.at(-1);
    if (!current || /^\s/u.test(token.text)) groups.push([token]);
    else current.push(token);
  }
  return groups.filter((group) => textOf(group) !== '');
}

function textOf(tokens: readonly Token[]): string {
  return tokens
    .map(({ text }) => text)
    .join('')
    .trim();
}
