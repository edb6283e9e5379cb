/**
 * Claim: the words of a text are placed where they were spoken, to a few hundredths of a second; how far off is in the table.
 *
 *   npx -y pnpm@10 bench:word-times [--heads LAYER.HEAD,...] [--choose] [--graph NAME] [--help]
 *
 * The same recordings with known word times for each: digits of one speaker one after the other, sentences joined with a pause, and
 * sentences that another recognizer aligned by force. Words that were heard wrong have no time to compare.
 */
import type { GraphParameters, GraphVariant } from '@outspoken/asr';
import { WHISPER_ENGLISH } from '@outspoken/evaluation';
import { readModelManifest } from '@outspoken/models';
import { progress, readOptions, runBenchmark, UsageError } from './support/command-line.ts';
import { DEV_DATA_FOLDER, hasDevData } from './support/dev-data.ts';
import { GRAPHS_TEXT, readGraph } from './support/graph-choice.ts';
import { loadOurs } from './support/our-recognizer.ts';
import { describeMachine, formatMachine, writeResult } from './support/results.ts';
import { formatMarkdownTable } from './support/table.ts';
import { digitPassages, forcedPassages, joinedPassages } from './word-times/material.ts';
import type { Passage } from './word-times/spoken-words.ts';
import { formatErrors, heldOutCosts, type PassageErrors } from './word-times/time-figures.ts';
import { compareTimes } from './word-times/word-errors.ts';

type Heads = NonNullable<GraphParameters['alignmentHeads']>;

const NAME = 'word-times';
/** The one that is exact on every processor. */
const GRAPH = 'unsigned';
/** Of all 48, those that pay most of their attention to the word that is being written. */
const CANDIDATES = ['3.6', '4.3', '3.0', '3.5', '4.6', '4.7', '3.6,4.3'];
/** Longest clip of the model. */
const LONGEST_SAMPLES = 480_000;
/** What a detector would have said of the recordings: somebody speaks. */
const EVIDENCE = { voicedMs: 2_000, peakProbability: 1, meanProbability: 0.97 };
const HELP = `
Compares the times of words, estimated and aligned, with times that are known. Needs ffmpeg, and the development data in $OUTSPOKEN_DATA
(default ../shared/data).

  --heads A,B    heads to align by, as LAYER.HEAD (default those of the manifest)
  --choose       also tries ${CANDIDATES.join(' | ')}, each held-out speaker by the heads that are best for the others
  --graph NAME   ${GRAPHS_TEXT} (default ${GRAPH})
  --help         this text
`;

async function measure(): Promise<void> {
  const options = readOptions(HELP, {
    heads: { type: 'string' },
    choose: { type: 'boolean', default: false },
    graph: { type: 'string', default: GRAPH },
    help: { type: 'boolean', short: 'h' },
  });
  if (!hasDevData()) throw new UsageError(`no data in ${DEV_DATA_FOLDER}: nothing measured`);
  const graph = await readGraph(options.graph);
  if (graph === 'shipped') throw new UsageError('--graph shipped has no times but estimated ones');
  const heads = options.heads === undefined ? (readModelManifest('moonshine-tiny').alignmentHeads ?? []) : readHeads(options.heads);
  const machine = describeMachine();
  console.log(formatMachine(machine));
  const known = [...(await digitPassages()), ...(await joinedPassages()), ...(await forcedPassages())];
  const passages = known.filter(({ samples }) => samples.length <= LONGEST_SAMPLES);
  const ways = {
    estimated: await timesOf(passages, graph, []),
    aligned: await timesOf(passages, graph, heads),
  };
  console.log(`words compared by ${WHISPER_ENGLISH.id}, errors in ms\n\n${formatErrors(ways)}`);
  const choice: Record<string, readonly PassageErrors[]> = {};
  if (options.choose) {
    for (const names of CANDIDATES) choice[names] = await timesOf(passages, graph, readHeads(names));
    const { rows, chosen } = heldOutCosts(choice);
    console.log(
      `\nmean error in ms, at most 200 each, over kinds\n\n${formatMarkdownTable(rows)}\n\nchosen for a held-out speaker: ${chosen}`,
    );
  }
  writeResult(NAME, machine, { settings: { graph, heads }, normaliser: WHISPER_ENGLISH.id, ways, choice });
}

function readHeads(list: string): Heads {
  return list.split(',').map((name) => {
    const [, layer, head] = /^(\d+)\.(\d+)$/.exec(name.trim()) ?? [];
    if (layer === undefined || head === undefined) throw new UsageError(`--heads must be a list of LAYER.HEAD, got "${name}"`);
    return { layer: Number(layer), head: Number(head) };
  });
}

/** The errors of each passage, with the times that these heads give. */
async function timesOf(passages: readonly Passage[], graph: GraphVariant, alignmentHeads: Heads): Promise<PassageErrors[]> {
  progress(`hearing ${passages.length} passages, heads ${alignmentHeads.map(({ layer, head }) => `${layer}.${head}`).join() || 'none'}`);
  await using recognizer = await loadOurs({ graph, threads: 1, alignmentHeads });
  const errors: PassageErrors[] = [];
  for (const { kind, speaker, samples, words } of passages) {
    const [transcript] = await recognizer.transcribe([{ samples, speech: EVIDENCE }]);
    errors.push({ kind, speaker, ...compareTimes(words, transcript?.words ?? []) });
  }
  return errors;
}

await runBenchmark(measure);
