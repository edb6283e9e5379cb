/**
 * Claim: a word of confidence 0.8 is right eight times in ten, for speakers that nobody has heard before.
 *
 *   npx -y pnpm@10 bench:confidence [--graph NAME] [--clips N] [--lanes N] [--from RESULT] [--write] [--help]
 *
 * The recordings of the development data are cut by the detector of the product and recognized with each effort, as they are and in a
 * changed form: quiet, or with noise under them. What the model says of a word is fitted to whether it was said (isotonic), judged by
 * leaving out one speaker at a time.
 */
import { availableParallelism } from 'node:os';
import { EFFORTS } from '@outspoken/asr';
import { WHISPER_ENGLISH } from '@outspoken/evaluation';
import { fitKnots } from './confidence/fit.ts';
import { type HeardWord, hearWords } from './confidence/hearing.ts';
import { writeKnots } from './confidence/manifest-knots.ts';
import { judgeEffort, reportEffort } from './confidence/report.ts';
import { readInteger, readOptions, runBenchmark, UsageError } from './support/command-line.ts';
import { DEV_DATA_FOLDER, hasDevData } from './support/dev-data.ts';
import { DEFAULT_GRAPH, GRAPHS_TEXT, readGraph } from './support/graph-choice.ts';
import { describeMachine, formatMachine, readResult, writeResult } from './support/results.ts';

const NAME = 'confidence';
const HELP = `
How often words of some confidence are right, before and after calibration, and the knots of the calibration for the manifest.
Needs ffmpeg, and the development data with its noise in $OUTSPOKEN_DATA (default ../shared/data).

  --graph NAME   ${GRAPHS_TEXT} (default ${DEFAULT_GRAPH})
  --clips N      only the first N recordings of each kind
  --lanes N      recordings heard side by side (default: one for each core)
  --from RESULT  fit the words of an earlier result again instead of recognizing
  --write        put the knots into models/manifest.json
  --help         this text
`;

async function measure(): Promise<void> {
  const options = readOptions(HELP, {
    graph: { type: 'string', default: DEFAULT_GRAPH },
    clips: { type: 'string' },
    lanes: { type: 'string', default: String(availableParallelism()) },
    from: { type: 'string' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  });
  const limit = options.clips === undefined ? {} : { limit: readInteger('--clips', options.clips, 1) };
  const lanes = readInteger('--lanes', options.lanes, 1);
  const earlier = options.from === undefined ? undefined : readEarlier(options.from);
  const machine = describeMachine();
  const { graph, words } = earlier ?? (await hear(options.graph, { lanes, ...limit }));
  if (!earlier) writeResult(NAME, machine, { normaliser: WHISPER_ENGLISH.id, graph, ...limit, words });
  console.log(formatMachine(machine));
  console.log(`words compared by ${WHISPER_ENGLISH.id}; graphs: ${graph}\n`);
  for (const effort of EFFORTS) console.log(`${reportEffort(judgeEffort(words, effort))}\n`);
  const knots = Object.fromEntries(EFFORTS.map((effort) => [effort, fitKnots(words, effort)]));
  console.log(`knots of the manifest\n${JSON.stringify(knots)}`);
  if (options.write) writeKnots(knots);
}

async function hear(
  graphName: string,
  options: { readonly lanes: number; readonly limit?: number },
): Promise<{ readonly graph: string; readonly words: readonly HeardWord[] }> {
  if (!hasDevData()) throw new UsageError(`no data in ${DEV_DATA_FOLDER}: nothing measured`);
  const graph = await readGraph(graphName);
  return { graph, words: await hearWords({ graph, ...options }) };
}

function readEarlier(path: string): { readonly graph: string; readonly words: readonly HeardWord[] } {
  const { graph, words } = readResult<{ readonly graph: string; readonly words: readonly HeardWord[] }>(NAME, path);
  if (graph === undefined || !words) throw new UsageError(`${path} holds no words: measure again`);
  return { graph, words };
}

await runBenchmark(measure);
