/**
 * Claim: where nobody speaks to the device no text is written, and no right short word is lost for it.
 *
 *   npx -y pnpm@10 bench:invented-words [--graph auto|signed|unsigned|shipped] [--from RESULT] [--details] [--help]
 *
 * Speech in many forms, people who speak at once or backwards, music, machines, noise and silence are cut by the detector and decoded, without
 * the guard `unlikely_text`. A logistic regression over the texts that began by themselves is judged by cross-validation, and what the
 * weights of the manifest do is counted by kind.
 */
import { WHISPER_ENGLISH } from '@outspoken/evaluation';
import { compareFeatureSets, fitProduct, lossesOf, THRESHOLDS } from './invented-words/fit.ts';
import { type HeardText, hearTexts } from './invented-words/heard-text.ts';
import { formatInvented, formatLosses, formatLost, formatWeights, isKept, WEIGHT_NAMES } from './invented-words/report.ts';
import { readOptions, runBenchmark, UsageError } from './support/command-line.ts';
import { requireNoisyDevData } from './support/dev-data.ts';
import { GRAPHS_TEXT, readGraph } from './support/graph-choice.ts';
import type { LogisticModel } from './support/logistic-regression.ts';
import { readManifestWeights } from './support/manifest-weights.ts';
import { describeMachine, formatMachine, readResult, writeResult } from './support/results.ts';

const NAME = 'invented-words';
/** The one that is exact on every processor. */
const GRAPH = 'unsigned';
/** Weights by which every text is believed. */
const BELIEVE_EVERYTHING = Object.fromEntries(WEIGHT_NAMES.map((name, index) => [name, index === 0 ? 1000 : 0]));
const HELP = `
Counts texts where nobody speaks to the device, and right ones that are lost, before and after the guard unlikely_text, and fits its weights.
Needs ffmpeg, and the development data with its noise in $OUTSPOKEN_DATA (default ../shared/data).

  --graph NAME   ${GRAPHS_TEXT} (default ${GRAPH})
  --from RESULT  judge the texts of an earlier result again instead of decoding
  --details      show right texts that are left out, and invented ones that stay
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
  const earlier = options.from === undefined ? undefined : readTexts(options.from);
  if (!earlier) requireNoisyDevData();
  const machine = describeMachine();
  console.log(formatMachine(machine));
  const texts = earlier ?? (await hearTexts(graph, BELIEVE_EVERYTHING));
  const product = readManifestWeights(WEIGHT_NAMES);
  const featureSets = compareFeatureSets(texts);
  console.log(
    `words compared by ${WHISPER_ENGLISH.id}\n\nnobody speaks to the device: clips with a text\n${formatInvented(texts, product)}`,
  );
  console.log(`\nspeech\n${formatLost(texts, product)}`);
  console.log(`\nheld out: by speaker and by kind of noise\n${formatLosses(featureSets, texts)}`);
  const models = { fitted: fitProduct(texts), manifest: product };
  console.log(`\n${formatWeights(models)}`);
  const seen = Object.entries(models).map(([name, model]) => lossesOf(name, model, texts));
  console.log(`\non all of these texts, which the fit has seen\n${formatLosses(seen, texts)}`);
  if (options.details) showMisjudged(texts, product);
  if (!earlier) {
    writeResult(NAME, machine, {
      settings: { graph },
      normaliser: WHISPER_ENGLISH.id,
      thresholds: THRESHOLDS,
      featureSets,
      seen,
      models,
      texts,
    });
  }
}

function readTexts(path: string): readonly HeardText[] {
  const { texts } = readResult<{ readonly texts: readonly HeardText[] }>(NAME, path);
  if (!texts) throw new UsageError(`${path} holds no texts: measure again`);
  return texts;
}

function showMisjudged(texts: readonly HeardText[], model: LogisticModel): void {
  console.log('\nlabel, kind, way, text');
  for (const text of texts.filter(({ text: words }) => words !== '')) {
    if (isKept(text, model) ? text.label === 'invented' : text.label === 'right') {
      console.log(`${text.label}  ${text.kind}  ${text.way}  ${text.text}`);
    }
  }
}

await runBenchmark(measure);
