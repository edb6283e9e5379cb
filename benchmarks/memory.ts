/**
 * Claim: the memory of a worker does not grow, however many clips of whatever length it has heard.
 *
 *   npx -y pnpm@10 bench:memory [--clips 2000] [--graph auto|signed|unsigned|shipped] [--batch 4] [--help]
 *
 * One recognizer in one process hears clips of 1 to 15 seconds cut at random from the recordings; its resident memory is read as it goes.
 */
import { readInteger, readOptions, runBenchmark, UsageError } from './support/command-line.ts';
import { ForkedRecognizer } from './support/forked-recognizer.ts';
import { DEFAULT_GRAPH, GRAPHS_TEXT, readGraph } from './support/graph-choice.ts';
import { readBatch } from './support/our-recognizer.ts';
import { median, sum } from './support/quantiles.ts';
import { loadRecordings } from './support/recordings.ts';
import { describeMachine, formatMachine, writeResult } from './support/results.ts';
import { createRandom, type Random } from './support/seeded-random.ts';

const HELP = `
Resident memory of one process of our recognizer while it hears many clips of mixed lengths.

  --clips N         clips to hear (default 2000)
  --graph NAME      ${GRAPHS_TEXT} (default ${DEFAULT_GRAPH})
  --batch N         clips of one call, 1-4 (default 1)
  --folder FOLDER   recordings to cut clips from instead of the project's fixtures
  --seed N          start of the random lengths (default 1)
`;
const SAMPLE_RATE_HZ = 16_000;
const SHORTEST_SECONDS = 1;
const LONGEST_SECONDS = 15;
/** At least 8, so that a quarter of them has a middle. */
const READINGS = 20;

interface Reading {
  readonly clips: number;
  readonly memoryBytes: number;
}

/** A window of 1 to 15 seconds; windows run over the ends of recordings, as if they had been spoken in one go. */
function cutWindow(speech: Float32Array, random: Random): Float32Array {
  const length = Math.floor(SAMPLE_RATE_HZ * (SHORTEST_SECONDS + (LONGEST_SECONDS - SHORTEST_SECONDS) * random()));
  const start = Math.floor(random() * (speech.length - length));
  return speech.slice(start, start + length);
}

function joinSpeech(folder: string | undefined): Float32Array {
  const parts = loadRecordings(folder).map(({ samples }) => samples);
  const speech = new Float32Array(sum(parts.map(({ length }) => length)));
  let start = 0;
  for (const part of parts) {
    speech.set(part, start);
    start += part.length;
  }
  if (speech.length < LONGEST_SECONDS * SAMPLE_RATE_HZ) throw new UsageError('the recordings must be longer than 15 s in all');
  return speech;
}

/** The first readings are those of buffers that still find their size. */
function report(readings: readonly Reading[]): void {
  const quarter = Math.floor(readings.length / 4);
  const middleMb = (from: number): number => median(readings.slice(from, from + quarter).map(({ memoryBytes }) => memoryBytes)) / 1e6;
  const [early, late] = [middleMb(quarter), middleMb(readings.length - quarter)];
  const growth = (100 * (late - early)) / early;
  console.log(
    `median of the second quarter ${early.toFixed(0)} MB, of the last ${late.toFixed(0)} MB: ${growth >= 0 ? '+' : ''}${growth.toFixed(1)} %`,
  );
}

async function measure(): Promise<void> {
  const options = readOptions(HELP, {
    clips: { type: 'string', default: '2000' },
    graph: { type: 'string', default: DEFAULT_GRAPH },
    batch: { type: 'string', default: '1' },
    folder: { type: 'string' },
    seed: { type: 'string', default: '1' },
  });
  const clipCount = readInteger('--clips', options.clips, READINGS);
  const batch = readBatch(options.batch);
  const graph = await readGraph(options.graph);
  const random = createRandom(readInteger('--seed', options.seed, 0));
  const machine = describeMachine();
  console.log(
    `${formatMachine(machine)}\n${clipCount} clips of ${SHORTEST_SECONDS}-${LONGEST_SECONDS} s, our graph: ${graph}, batches of ${batch}`,
  );
  const speech = joinSpeech(options.folder);
  await using recognizer = await ForkedRecognizer.start({ system: 'outspoken', threads: 1, graph });
  const readings: Reading[] = [];
  let heard = 0;
  while (heard < clipCount) {
    const clips = Array.from({ length: Math.min(batch, clipCount - heard) }, () => cutWindow(speech, random));
    const { memoryBytes } = await recognizer.ask({ type: 'transcribe', clips });
    heard += clips.length;
    if (heard >= ((readings.length + 1) * clipCount) / READINGS) {
      readings.push({ clips: heard, memoryBytes });
      console.log(`${String(heard).padStart(6)} clips  ${(memoryBytes / 1e6).toFixed(0).padStart(5)} MB`);
    }
  }
  report(readings);
  writeResult('memory', machine, { clips: clipCount, graph, batch, seed: options.seed, readings });
}

await runBenchmark(measure);
