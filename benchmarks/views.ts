/**
 * Claim: of the ways to hear a clip a little differently speeds help most, chosen by what all views together find right.
 *
 *   npx -y pnpm@10 bench:views [--graph auto|signed|unsigned|float] [--from RESULT] [--clips N] [--help]
 *
 * The sentences of the development data, cut as on the edge, are heard in every view; every view reads the texts of all others. Then each
 * rule and set of views is scored, and the sets are chosen again for each speaker by the errors of all others.
 */
import { readFileSync } from 'node:fs';
import { countWordErrors, type ErrorCounts, editCount, errorRatio, sumErrors, WHISPER_ENGLISH } from '@outspoken/evaluation';
import { readInteger, readOptions, runBenchmark, UsageError } from './support/command-line.ts';
import { DEV_DATA_FOLDER, hasDevData } from './support/dev-data.ts';
import { DEFAULT_GRAPH, GRAPHS_TEXT, readGraph } from './support/graph-choice.ts';
import { describeMachine, formatMachine, writeResult } from './support/results.ts';
import { formatMarkdownTable } from './support/table.ts';
import { inRounds, RULES, type Rule, textsOf, weigh } from './views/rules.ts';
import { VIEW_SOUNDS } from './views/view-sounds.ts';
import { type ViewedClip, type ViewedRecording, viewRecordings } from './views/viewed-clip.ts';

const HELP = `
What other views of a clip, and the rules that choose among their texts, take off the words that go wrong.
Needs ffmpeg, and the development data in $OUTSPOKEN_DATA (default ../shared/data).

  --graph NAME   ${GRAPHS_TEXT} (default ${DEFAULT_GRAPH}); shipped graphs read no texts
  --from RESULT  score what an earlier result heard instead of hearing it again
  --clips N      only the first N recordings
  --help         this text
`;
const SETS: readonly (readonly string[])[] = [
  ['plain'],
  ['plain', 'x0.94'],
  ['plain', '10 ms later'],
  ['plain', 'x0.94', 'x1.06'],
  ['plain', 'x0.89', 'x1.11'],
  ['plain', 'x0.94', '10 ms later'],
  ['plain', 'x0.94', '5.5 kHz'],
  ['plain', 'x0.94', 'x1.06', '10 ms later'],
  ['plain', 'x0.94', 'x1.06', '5.5 kHz'],
  ['plain', 'x0.94', 'x1.06', '-3 dBFS'],
  ['plain', 'x0.94', 'x1.06', '100 ms more'],
  ['plain', 'x0.94', 'x1.06', 'x0.89', 'x1.11'],
  VIEW_SOUNDS.map(({ name }) => name),
];
/** As in `views.ts` and `view-choice.ts` of the recognizer. */
const SPEEDS = [
  ['plain', 'x0.94', 'x1.06'],
  ['x0.89', 'x1.11'],
] as const;
const CERTAINTIES = [0.8, 0.9, 0.99];
const DOUBTS = [-0.2, -0.15, -0.12, -0.1, -0.05];
/** More combinations than this are not tried for one recording. */
const MAXIMUM_COMBINATIONS = 20_000;

const placesOf = (names: readonly string[]): number[] => names.map((name) => VIEW_SOUNDS.findIndex((sound) => sound.name === name));
const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;

/** Errors of one text for each clip of a recording. */
function errorsOf(recording: ViewedRecording, rule: Rule): ErrorCounts {
  const text = recording.clips.map((clip) => clip.texts[rule(clip)] ?? '').join(' ');
  return countWordErrors(recording.said, text, WHISPER_ENGLISH);
}

const score = (recordings: readonly ViewedRecording[], rule: Rule): ErrorCounts =>
  sumErrors(recordings.map((each) => errorsOf(each, rule)));

/** What choosing right every time would leave. */
function fewestErrors(recordings: readonly ViewedRecording[], views: readonly number[]): number {
  return recordings.reduce((sum, { said, clips }) => {
    let texts = [''];
    for (const clip of clips) {
      texts = texts
        .flatMap((before) => textsOf(clip, views).map((text) => `${before} ${clip.texts[text] ?? ''}`))
        .slice(0, MAXIMUM_COMBINATIONS);
    }
    return sum + Math.min(...texts.map((text) => editCount(countWordErrors(said, text, WHISPER_ENGLISH))));
  }, 0);
}

function reportViews(recordings: readonly ViewedRecording[]): void {
  const rows = VIEW_SOUNDS.map(({ name }, view) => {
    const errors = score(recordings, ({ textOfView }) => textOfView[view] ?? 0);
    return [name, String(editCount(errors)), percent(errorRatio(errors))];
  });
  console.log(`\n${formatMarkdownTable([['one view', 'errors', 'WER'], ...rows])}`);
}

function reportSets(recordings: readonly ViewedRecording[]): void {
  const rules = Object.entries(RULES);
  const rows = SETS.map((names) => {
    const views = placesOf(names);
    const cells = rules.map(([, ruleOf]) => {
      const errors = score(recordings, ruleOf(views));
      return `${editCount(errors)} (${percent(errorRatio(errors))})`;
    });
    const label = names.length === VIEW_SOUNDS.length ? 'all of them' : names.join(', ');
    return [label, String(names.length), ...cells, String(fewestErrors(recordings, views))];
  });
  console.log(`\n${formatMarkdownTable([['views', 'encoded', ...rules.map(([name]) => name), 'best choice'], ...rows])}`);
}

/** The cost is in encodings of a second of audio: most of the time of a clip. */
function reportRounds(recordings: readonly ViewedRecording[]): void {
  const clips = recordings.flatMap((recording) => recording.clips);
  const total = clips.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const row = (name: string, rounds: readonly (readonly number[])[], isSure: (clip: ViewedClip, views: readonly number[]) => boolean) => {
    const { rule, viewsOf } = inRounds(rounds, isSure);
    const errors = score(recordings, rule);
    const encoded = clips.reduce((sum, clip) => sum + clip.durationMs * viewsOf(clip).length, 0) / total;
    return [name, encoded.toFixed(2), String(editCount(errors)), percent(errorRatio(errors))];
  };
  const [three, two] = [placesOf(SPEEDS[0]), placesOf(SPEEDS[1])];
  const [plain = 0, ...others] = three;
  const rows = [
    ...DOUBTS.map((doubt) =>
      row(
        `1, +2 where the mean log-probability is below ${doubt}`,
        [[plain], others],
        (clip) => (clip.meanLogProbabilities[plain] ?? 0) >= doubt,
      ),
    ),
    row('3, +2 where they differ', [three, two], (clip, views) => textsOf(clip, views).length === 1),
    ...CERTAINTIES.map((certainty) =>
      row(
        `3, +2 where they differ and no text has a probability of ${certainty}`,
        [three, two],
        (clip, views) => weigh(clip, views).certainty >= certainty,
      ),
    ),
  ];
  console.log(`\n${formatMarkdownTable([['in rounds, least risk', 'encoded', 'errors', 'WER'], ...rows])}`);
}

/** Chooses the set for each speaker by the errors of the others, among those of at most as many views. */
function reportHeldOut(recordings: readonly ViewedRecording[], maximumViews: number): void {
  const sets = SETS.filter((names) => names.length <= maximumViews).map((names) => ({
    names,
    rule: RULES['least risk']?.(placesOf(names)),
  }));
  const speakers = [...new Set(recordings.map(({ speaker }) => speaker))];
  const scored = sets.flatMap(({ names, rule }) => (rule ? [{ names, errors: recordings.map((each) => errorsOf(each, rule)) }] : []));
  const chosen = new Map<string, number>();
  const heldOut = speakers.map((speaker) => {
    const errorsWhere = (errors: readonly ErrorCounts[], isOwn: boolean): ErrorCounts =>
      sumErrors(errors.filter((_, index) => (recordings[index]?.speaker === speaker) === isOwn));
    const best = scored.reduce((a, b) => (editCount(errorsWhere(b.errors, false)) < editCount(errorsWhere(a.errors, false)) ? b : a));
    const label = best.names.join(', ');
    chosen.set(label, (chosen.get(label) ?? 0) + 1);
    return errorsWhere(best.errors, true);
  });
  const errors = sumErrors(heldOut);
  const choices = [...chosen].map(([label, count]) => `${label} (${count} of ${speakers.length})`).join('; ');
  console.log(
    `\nleave one speaker out, at most ${maximumViews} views: ${editCount(errors)} errors, ${percent(errorRatio(errors))}; chosen: ${choices}`,
  );
}

async function measure(): Promise<void> {
  const options = readOptions(HELP, {
    graph: { type: 'string', default: DEFAULT_GRAPH },
    from: { type: 'string' },
    clips: { type: 'string', default: '100000' },
    help: { type: 'boolean', short: 'h' },
  });
  const count = readInteger('--clips', options.clips, 1);
  if (options.from === undefined && !hasDevData()) throw new UsageError(`no development data in ${DEV_DATA_FOLDER}; set OUTSPOKEN_DATA`);
  const machine = describeMachine();
  console.log(formatMachine(machine));
  const { graph, recordings } = options.from === undefined ? await hear(options.graph, count) : readEarlier(options.from);
  if (options.from === undefined) writeResult('views', machine, { graph, recordings });
  console.log(`${recordings.length} sentences, graph ${graph}, words compared by ${WHISPER_ENGLISH.id}`);
  reportViews(recordings);
  reportSets(recordings);
  reportRounds(recordings);
  for (const maximumViews of [2, 3, 5]) reportHeldOut(recordings, maximumViews);
}

async function hear(setting: string, count: number) {
  const graph = await readGraph(setting);
  return { graph: graph as string, recordings: await viewRecordings(graph, count) };
}

function readEarlier(path: string): { readonly graph: string; readonly recordings: readonly ViewedRecording[] } {
  try {
    const result = JSON.parse(readFileSync(path, 'utf8')) as { readonly graph: string; readonly recordings: readonly ViewedRecording[] };
    if (!Array.isArray(result.recordings)) throw new TypeError('it has no recordings');
    return result;
  } catch (cause) {
    throw new UsageError(`--from ${path}: not a result of this benchmark`, { cause });
  }
}

await runBenchmark(measure);
