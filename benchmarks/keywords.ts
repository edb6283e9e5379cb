/**
 * Claim: a list of keywords raises the recall of the listed words by at least a third of the misses, and hurts nothing else.
 *
 *   npx -y pnpm@10 bench:keywords [--distractors 50,950] [--bonuses 0:0,1:4,1.5:6,2:8] [--graph NAME] [--help]
 *
 * Every sentence is heard without a list and with one that holds its own rare words and as many phrases that nobody says.
 */
import { WHISPER_ENGLISH } from '@outspoken/evaluation';
import { type HeardTrial, hearTrial } from './keywords/hearing.ts';
import { readMaterial } from './keywords/listed-words.ts';
import { formatTrials, holdOut } from './keywords/report.ts';
import { readInteger, readOptions, runBenchmark, UsageError } from './support/command-line.ts';
import { DEV_DATA_FOLDER, hasDevData } from './support/dev-data.ts';
import { DEFAULT_GRAPH, GRAPHS_TEXT, readGraph } from './support/graph-choice.ts';
import { describeMachine, formatMachine, writeResult } from './support/results.ts';

const CATEGORIES = ['libri_other', 'libri_clean', 'ljspeech'];
const HELP = `
How many listed words are heard with a list of keywords and without, and what becomes of the others. Needs ffmpeg, and the development
data in $OUTSPOKEN_DATA (default ../shared/data).

  --distractors A,B  phrases in each list that nobody says (default 50,950)
  --bonuses A:B,…    bonuses to compare, each for a token and at most for a phrase (default 0:0,1:4,1.5:6,2:8)
  --graph NAME       ${GRAPHS_TEXT} (default ${DEFAULT_GRAPH})
  --help             this text
`;

function readBonuses(list: string): { readonly perToken: number; readonly maximum: number }[] {
  return list.split(',').map((pair) => {
    const [perToken = Number.NaN, maximum = Number.NaN] = pair.split(':').map(Number);
    if (!(perToken >= 0 && maximum >= 0)) throw new UsageError(`--bonuses must be pairs such as 1.5:6, got "${pair}"`);
    return { perToken, maximum };
  });
}

async function measure(): Promise<void> {
  const options = readOptions(HELP, {
    distractors: { type: 'string', default: '50,950' },
    bonuses: { type: 'string', default: '0:0,1:4,1.5:6,2:8' },
    graph: { type: 'string', default: DEFAULT_GRAPH },
    help: { type: 'boolean', short: 'h' },
  });
  if (!hasDevData()) throw new UsageError(`no data in ${DEV_DATA_FOLDER}: nothing measured`);
  const counts = options.distractors.split(',').map((count) => readInteger('--distractors', count, 0));
  const bonuses = readBonuses(options.bonuses);
  const graph = await readGraph(options.graph);
  const machine = describeMachine();
  console.log(formatMachine(machine));
  const material = await readMaterial(CATEGORIES);
  const words = material.recordings.reduce((sum, recording) => sum + recording.words.length, 0);
  console.log(`${material.recordings.length} recordings, ${words} listed words, compared by ${WHISPER_ENGLISH.id}, ${graph} graph`);
  const trials: HeardTrial[] = [];
  for (const distractorCount of counts) {
    const plain = await hearTrial({ distractorCount, bonus: undefined }, material, { graph });
    const listed: HeardTrial[] = [];
    for (const bonus of bonuses) listed.push(await hearTrial({ distractorCount, bonus }, material, { graph }));
    console.log(`\n${distractorCount} distractors\n\n${formatTrials([plain, ...listed], plain)}`);
    const heldOut = holdOut(listed);
    if (heldOut) console.log(`\nheld out, the bonus chosen by the other speakers\n\n${formatTrials([heldOut], plain)}`);
    trials.push(plain, ...listed);
  }
  writeResult('keywords', machine, { settings: { graph }, normaliser: WHISPER_ENGLISH.id, trials });
}

await runBenchmark(measure);
