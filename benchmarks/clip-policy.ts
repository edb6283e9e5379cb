/**
 * Claim: of the ways to cut speech that were tried, the default clip policy is one that no other beats on speakers left out.
 *
 *   npx -y pnpm@10 bench:clip-policy [--only PARTS] [--clips N] [--graph NAME] [--help]
 *
 * Prints every table of docs/clip-policy.md. Needs ffmpeg on the path, and the data in $OUTSPOKEN_DATA (default ../shared/data); without
 * the data it says so and ends.
 */
import { clipPolicyId, DEFAULT_CLIP_POLICY } from '@outspoken/audio';
import { WHISPER_ENGLISH } from '@outspoken/evaluation';
import { readMaterial } from './accuracy/material.ts';
import { Bench } from './clip-policy/bench.ts';
import { HANGOVER_PART } from './clip-policy/hangover-part.ts';
import { LENGTH_PART } from './clip-policy/length-part.ts';
import { LOUDNESS_PART } from './clip-policy/loudness-part.ts';
import type { Part } from './clip-policy/part.ts';
import { SPLIT_PART } from './clip-policy/split-part.ts';
import { TAIL_PART } from './clip-policy/tail-part.ts';
import { progress, readInteger, readOptions, runBenchmark, UsageError } from './support/command-line.ts';
import { DEV_DATA_FOLDER, hasDevData } from './support/dev-data.ts';
import { DEFAULT_GRAPH, GRAPHS_TEXT, readGraph } from './support/graph-choice.ts';
import { loadOurs } from './support/our-recognizer.ts';
import { describeMachine, formatMachine } from './support/results.ts';

const PARTS: readonly Part[] = [HANGOVER_PART, TAIL_PART, LOUDNESS_PART, LENGTH_PART, SPLIT_PART];
const HELP = `
Cuts the development data in many ways with the detector of the product and counts the words that go wrong.

  --only A,B    only these tables: ${PARTS.map(({ name }) => name).join(', ')}
  --clips N     only the first N recordings of each kind
  --graph NAME  ${GRAPHS_TEXT} (default ${DEFAULT_GRAPH})
`;

async function measure(): Promise<void> {
  const options = readOptions(HELP, {
    only: { type: 'string' },
    clips: { type: 'string' },
    graph: { type: 'string', default: DEFAULT_GRAPH },
  });
  const parts = readParts(options.only);
  const limit = options.clips === undefined ? Number.POSITIVE_INFINITY : readInteger('--clips', options.clips, 1);
  if (!hasDevData()) {
    console.log(`no data in ${DEV_DATA_FOLDER}: nothing measured`);
    return;
  }
  const graph = await readGraph(options.graph);
  const items = await readMaterial(new Set(parts.flatMap(({ groups }) => groups)), limit);
  await using recognizer = await loadOurs({ graph, threads: 1 });
  const bench = new Bench(recognizer);
  console.log(`${formatMachine(describeMachine())}\n`);
  console.log(`graphs ${graph}, words by ${WHISPER_ENGLISH.id}, present clip policy ${await clipPolicyId(DEFAULT_CLIP_POLICY)}`);
  for (const { name, title, groups, measure: measurePart } of parts) {
    progress(`${name}: ${title}`);
    const text = await measurePart(
      bench,
      items.filter(({ group }) => groups.includes(group)),
    );
    console.log(`\n## ${name}: ${title}\n\n${text}`);
  }
}

function readParts(list: string | undefined): readonly Part[] {
  if (list === undefined) return PARTS;
  const asked = list.split(',').map((word) => {
    const part = PARTS.find(({ name }) => name === word.trim());
    if (!part) throw new UsageError(`--only must be a list of ${PARTS.map(({ name }) => name).join(', ')}, got "${word}"`);
    return part;
  });
  return PARTS.filter((part) => asked.includes(part));
}

await runBenchmark(measure);
