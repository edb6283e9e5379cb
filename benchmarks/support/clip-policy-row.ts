import { countWordErrors, type ErrorCounts, editCount, errorRatio, sumErrors, WHISPER_ENGLISH } from '@outspoken/evaluation';
import type { CutClip, DevRecording } from './dev-data.ts';

const SAMPLES_PER_MS = 16;
const COLUMNS = [
  'hangover / pre-roll',
  'clips',
  'sent, s',
  'sentences cut apart',
  'sentence errors',
  'sentence WER',
  'digit string WER',
  'empty digit strings',
  'long WER',
  'empty commands',
];

/** Kinds of recordings that are scored apart. */
export type Group = 'sentences' | 'strings' | 'long' | 'commands';

export interface Source {
  readonly recording: DevRecording;
  readonly group: Group;
  readonly samples: Float32Array;
  /** Of speech, for each frame: the same whatever the policy. */
  readonly probabilities: readonly number[];
}

/** A recording as one variant cuts it. */
export interface Cut {
  readonly source: Source;
  readonly clips: readonly CutClip[];
  readonly text: string;
}

export interface Row {
  readonly name: string;
  readonly cuts: readonly Cut[];
  readonly errorsBySpeaker: ReadonlyMap<string, ErrorCounts>;
}

/** Scores what one variant made of all recordings. */
export function createRow(name: string, cuts: readonly Cut[]): Row {
  const errorsBySpeaker = new Map<string, ErrorCounts>();
  for (const cut of cuts.filter(({ source }) => source.group === 'sentences')) {
    const speaker = cut.source.recording.speaker ?? '';
    const known = errorsBySpeaker.get(speaker);
    errorsBySpeaker.set(speaker, sumErrors([errorsOf(cut), ...(known ? [known] : [])]));
  }
  return { name, cuts, errorsBySpeaker };
}

function errorsOf({ source, text }: Cut): ErrorCounts {
  return countWordErrors(source.recording.text ?? '', text, WHISPER_ENGLISH);
}

function formatRatio(errors: ErrorCounts): string {
  return `${(100 * errorRatio(errors)).toFixed(2)} %`;
}

function formatRow({ name, cuts }: Row): string {
  const of = (group: Group) => cuts.filter(({ source }) => source.group === group);
  const errors = (group: Group) => sumErrors(of(group).map(errorsOf));
  const countEmpty = (group: Group) => of(group).filter(({ text }) => text === '').length;
  const clips = cuts.flatMap((cut) => cut.clips);
  const cells = [
    name,
    clips.length,
    seconds(clips.reduce((sum, { samples }) => sum + samples.length, 0)),
    of('sentences').filter((cut) => cut.clips.length > 1).length,
    editCount(errors('sentences')),
    formatRatio(errors('sentences')),
    formatRatio(errors('strings')),
    countEmpty('strings'),
    formatRatio(errors('long')),
    countEmpty('commands'),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** For each speaker: the row with the fewest errors on all the others, and its errors on this one. */
function chooseWithoutEach(rows: readonly Row[]): { chosen: Map<string, number>; heldOut: ErrorCounts } {
  const chosen = new Map<string, number>();
  const heldOut: ErrorCounts[] = [];
  for (const speaker of rows[0]?.errorsBySpeaker.keys() ?? []) {
    const editsElsewhere = (row: Row) => {
      return editCount(sumErrors([...row.errorsBySpeaker].filter(([other]) => other !== speaker).map(([, errors]) => errors)));
    };
    const best = rows.reduce((least, row) => (editsElsewhere(row) < editsElsewhere(least) ? row : least));
    chosen.set(best.name, (chosen.get(best.name) ?? 0) + 1);
    heldOut.push(best.errorsBySpeaker.get(speaker) ?? sumErrors([]));
  }
  return { chosen, heldOut: sumErrors(heldOut) };
}

/** Prints the rows as a Markdown table. */
export function reportRows(rows: readonly Row[]): void {
  console.log(`words counted by ${WHISPER_ENGLISH.id}\n`);
  console.log(`| ${COLUMNS.join(' | ')} |\n|${' --- |'.repeat(COLUMNS.length)}`);
  for (const row of rows) {
    console.log(formatRow(row));
  }
}

/** Prints which row leave-one-speaker-out chooses, and how it does on the speakers left out. */
export function reportChoice(what: string, rows: readonly Row[]): void {
  const { chosen, heldOut } = chooseWithoutEach(rows);
  const names = [...chosen].map(([name, count]) => `${name} (${count} of ${rows[0]?.errorsBySpeaker.size})`).join('; ');
  console.log(`\nleave-one-speaker-out over ${what}: chosen ${names}`);
  console.log(
    `held-out sentence WER ${formatRatio(heldOut)} (${editCount(heldOut)} errors of ${heldOut.referenceCount} words by ${WHISPER_ENGLISH.id})`,
  );
}

/** A length in whole seconds. */
export function seconds(samples: number): string {
  return (samples / (1000 * SAMPLES_PER_MS)).toFixed(0);
}
