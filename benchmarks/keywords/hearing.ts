import { editCount, sumErrors, WHISPER_ENGLISH } from '@outspoken/evaluation';
import { progress } from '../support/command-line.ts';
import { readDevSamples } from '../support/dev-data.ts';
import { loadOurs } from '../support/our-recognizer.ts';
import { countKeywords, type KeywordCounts } from './count.ts';
import { listFor, type Material } from './listed-words.ts';

/** One way of hearing all recordings. */
export interface Trial {
  /** Distractors in each list. */
  readonly distractorCount: number;
  /** What is given: no list, or one with this bonus. */
  readonly bonus: { readonly perToken: number; readonly maximum: number } | undefined;
}

/** What was heard in one recording. */
export interface HeardRecording {
  readonly path: string;
  readonly speaker: string;
  readonly text: string;
  readonly counts: KeywordCounts;
}

/** A trial and what came of it. */
export interface HeardTrial extends Trial {
  readonly heard: readonly HeardRecording[];
  /** Processor time for all recordings, in milliseconds. */
  readonly cpuMs: number;
  /** For the table, where it is more than a list and a bonus. */
  readonly name?: string;
}

/** Hears every recording in one piece, one after the other. */
export async function hearTrial(
  trial: Trial,
  { recordings, distractors }: Material,
  { graph }: { readonly graph: Parameters<typeof loadOurs>[0]['graph'] },
): Promise<HeardTrial> {
  const { bonus, distractorCount } = trial;
  const parameters = bonus && { keywordBonusPerToken: bonus.perToken, keywordBonusMaximum: bonus.maximum };
  await using recognizer = await loadOurs({ graph, threads: 1, ...(parameters && { parameters }) });
  const heard: HeardRecording[] = [];
  let cpuMs = 0;
  for (const listed of recordings) {
    const { recording, words } = listed;
    const list = listFor(listed, distractors, distractorCount);
    const samples = await readDevSamples(recording);
    const before = process.cpuUsage();
    const [transcript] = await recognizer.transcribe([{ samples, ...(bonus && { keywords: list }) }]);
    const { user, system } = process.cpuUsage(before);
    cpuMs += (user + system) / 1000;
    const text = transcript?.text ?? '';
    const counts = countKeywords({ reference: recording.text, words, list }, text, WHISPER_ENGLISH);
    heard.push({ path: recording.audio_filepath, speaker: recording.speaker ?? recording.audio_filepath, text, counts });
  }
  const missed = editCount(sumErrors(heard.map(({ counts }) => counts.listed)));
  const others = editCount(sumErrors(heard.map(({ counts }) => counts.others)));
  const given = bonus ? `${bonus.perToken} a token, at most ${bonus.maximum}` : 'no list';
  progress(`${distractorCount} distractors, ${given}: ${missed} missed, ${others} other errors`);
  return { ...trial, heard, cpuMs };
}
