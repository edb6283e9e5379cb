/**
 * Claim: the weights `forcedStart*` of the manifest tell what somebody said from what the model writes of noise once it may not end at once.
 *
 *   npx -y pnpm@10 bench:forced-start [--graph auto|signed|unsigned|shipped] [--from RESULT] [--details] [--help]
 *
 * Every clip that the detector cuts out of short utterances and noise is decoded with a start that may not end. The texts that would have
 * ended at once are labelled by what was said, and a logistic regression is fitted to them, judged by cross-validation.
 */
import { WHISPER_ENGLISH } from '@outspoken/evaluation';
import { type Candidate, type Collection, collectCandidates } from './forced-start/candidate.ts';
import { TEXT_FEATURES } from './forced-start/features.ts';
import { beliefIn, compareFeatureSets, fitProduct, keptBy, THRESHOLDS } from './forced-start/fit.ts';
import { formatCounts, formatKept, formatWeights, WEIGHT_NAMES } from './forced-start/report.ts';
import { readOptions, runBenchmark, UsageError } from './support/command-line.ts';
import { requireNoisyDevData } from './support/dev-data.ts';
import { GRAPHS_TEXT, readGraph } from './support/graph-choice.ts';
import type { LogisticModel } from './support/logistic-regression.ts';
import { readManifestWeights } from './support/manifest-weights.ts';
import { describeMachine, formatMachine, readResult, writeResult } from './support/results.ts';

const NAME = 'forced-start';
/** The one that is exact on every processor. */
const GRAPH = 'unsigned';
/** From here on the product believes a text. */
const BELIEVED_PROBABILITY = 0.5;
const HELP = `
Fits the weights by which a text is believed that the model would have ended at once, and compares them with those of the manifest.
Needs ffmpeg, and the development data with its noise in $OUTSPOKEN_DATA (default ../shared/data).

  --graph NAME   ${GRAPHS_TEXT} (default ${GRAPH})
  --from RESULT  fit the texts of an earlier result again instead of decoding
  --details      show right texts that the fitted weights leave out, and texts of noise that they keep
  --help         this text
`;

async function measure(): Promise<void> {
  const options = readOptions(HELP, {
    graph: { type: 'string', default: GRAPH },
    from: { type: 'string' },
    details: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  });
  const graph = await readGraph(options.graph);
  const earlier = options.from === undefined ? undefined : readCollection(options.from);
  if (!earlier) requireNoisyDevData();
  const machine = describeMachine();
  console.log(formatMachine(machine));
  const collection = earlier ?? (await collectCandidates(graph));
  const { counts, candidates } = collection;
  console.log(`words compared by ${WHISPER_ENGLISH.id}\n\n${formatCounts(counts, candidates)}`);
  const featureSets = compareFeatureSets(candidates);
  console.log(`\nheld out: by speaker and by kind of noise\n${formatKept(featureSets, candidates)}`);
  const fitted = fitProduct(candidates);
  const models = {
    fitted,
    'product detector': fitProduct(candidates.filter(({ detector }) => detector === 'product')),
    'text alone': fitProduct(candidates, TEXT_FEATURES),
    manifest: readManifestWeights(WEIGHT_NAMES),
  };
  console.log(`\n${formatWeights(models)}`);
  const seen = Object.entries(models).map(([name, model]) => keptBy(name, model, candidates));
  console.log(`\non all of these texts, which the fits have seen\n${formatKept(seen, candidates)}`);
  if (options.details) showMisjudged(candidates, fitted);
  if (!earlier) {
    writeResult(NAME, machine, {
      settings: { graph },
      normaliser: WHISPER_ENGLISH.id,
      thresholds: THRESHOLDS,
      featureSets,
      seen,
      models,
      ...collection,
    });
  }
}

function readCollection(path: string): Collection {
  const { counts, candidates } = readResult<Collection>(NAME, path);
  if (!counts || !candidates) throw new UsageError(`${path} holds no texts: measure again`);
  return { counts, candidates };
}

function showMisjudged(candidates: readonly Candidate[], model: LogisticModel): void {
  console.log('\nprobability, label, kind, text');
  const judged = candidates.map((candidate) => ({ candidate, probability: beliefIn(candidate, model) }));
  for (const { candidate, probability } of judged.sort((a, b) => a.probability - b.probability)) {
    const isBelieved = probability >= BELIEVED_PROBABILITY;
    if (isBelieved ? candidate.label === 'noise' : candidate.label === 'right') {
      console.log(`${probability.toFixed(2)}  ${candidate.label}  ${candidate.kind}  ${candidate.text}`);
    }
  }
}

await runBenchmark(measure);
