/**
 * Claim: our recognizer comes close to what this machine can do at all with the multiply-accumulates and bytes that the model needs.
 *
 *   npx -y pnpm@10 bench:stages [--graph auto|signed|unsigned|shipped] [--batch 4] [--help]
 *
 * Where the time goes, by type of operator, and how much of the roofline is reached: the roofline is measured in the same run with
 * graphs of one operator on the same runtime. One process, one thread.
 */
import type { Recognizer } from '@outspoken/asr';
import { loadModelFiles } from '@outspoken/models';
import { addWork, countStates, decoderWork, encoderWork, type ModelSizes, readModelSizes, type Work } from './stages/model-work.ts';
import { type OperatorProfile, readOperatorProfile } from './stages/operator-profile.ts';
import { floorMs, measureRoofline, type Roofline } from './stages/roofline.ts';
import { type GraphName, WatchedRuntime } from './stages/watched-runtime.ts';
import { progress, readInteger, readOptions, runBenchmark, UsageError } from './support/command-line.ts';
import { DEFAULT_GRAPH, GRAPHS_TEXT, readGraph } from './support/graph-choice.ts';
import { clipsOf, judgeRecordings } from './support/judged-speech.ts';
import { loadOurs, readBatch } from './support/our-recognizer.ts';
import { median, sum } from './support/quantiles.ts';
import { loadRecordings } from './support/recordings.ts';
import { describeMachine, formatMachine, writeResult } from './support/results.ts';
import { formatTable } from './support/table.ts';

const HELP = `
Where the time of our recognizer goes, and how much of what this machine can do at best it reaches.

  --graph NAME      ${GRAPHS_TEXT} (default ${DEFAULT_GRAPH})
  --batch N         clips of one call, 1-4 (default 1)
  --clips N         only the first N clips; the profile of the runtime holds about 30 of the shipped graphs (default 8)
  --rounds N        times that the clips are heard without the profile (default 5)
  --folder FOLDER   recordings to cut clips from instead of the project's fixtures
  --operators N     types of operators to show for each graph (default 12)
`;
/** Estimated before the engine was built, on a server core with AMX: floors of encoder and decoder for a clip of 6 s, in batches of 4. */
const ESTIMATED_TIMES_REAL_TIME = 260;

/** Clips that are heard in one call. */
type Batch = readonly Float32Array[];

interface StageTimes {
  readonly encoderMs: number;
  readonly decoderMs: number;
  /** Outside of the two graphs: our own code. */
  readonly restMs: number;
}

async function measure(): Promise<void> {
  const options = readOptions(HELP, {
    graph: { type: 'string', default: DEFAULT_GRAPH },
    batch: { type: 'string', default: '1' },
    clips: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '5' },
    folder: { type: 'string' },
    operators: { type: 'string', default: '12' },
  });
  const graph = await readGraph(options.graph);
  const batch = readBatch(options.batch);
  const rounds = readInteger('--rounds', options.rounds, 1);
  const shownOperators = readInteger('--operators', options.operators, 1);
  const clipLimit = readInteger('--clips', options.clips, 1);
  const machine = describeMachine();
  progress('cutting clips');
  const clips = (await judgeRecordings(loadRecordings(options.folder))).flatMap(clipsOf).slice(0, clipLimit);
  if (clips.length === 0) throw new UsageError('no speech was found in the recordings');
  const batches = groupByLength(clips, batch);
  const audioMs = sum(clips.map(({ length }) => length)) / 16;
  console.log(
    `${formatMachine(machine)}\n${clips.length} clips, ${(audioMs / 1000).toFixed(1)} s of speech, our graph: ${graph}, batches of ${batch}`,
  );

  const sizes = readModelSizes((await loadModelFiles('moonshine-tiny')).files);
  const states = Math.round(median(clips.map(({ length }) => countStates(sizes, length))));
  progress('measuring what the machine can do');
  const before = await measureRoofline(sizes.decoderWeights, { rows: states, inner: sizes.width });
  const { times, steps } = await timeStages(graph, batches, rounds);
  progress('measuring it again');
  const roofline = better(before, await measureRoofline(sizes.decoderWeights, { rows: states, inner: sizes.width }));
  progress('profiling');
  const profiles = await profileStages(graph, batches);

  const work = workOf(sizes, batches, steps);
  reportOperators('encoder', profiles.encoder, clips.length, 'clip', shownOperators);
  reportOperators('decoder', profiles.decoder, profiles.decoder.mostRuns, 'step', shownOperators);
  console.log(
    `the profile slows the runtime itself: the encoder took ${(profiles.encoder.totalMs / times.encoderMs).toFixed(2)} times as long ` +
      `as without it, the decoder ${(profiles.decoder.totalMs / times.decoderMs).toFixed(2)} times`,
  );
  reportWork(work, clips.length, sum(steps.flat()));
  reportRoofline(roofline);
  const floors = { encoderMs: floorMs(work.encoder, roofline), decoderMs: floorMs(work.decoder, roofline) };
  reportShares(times, floors, clips.length, audioMs);
  writeResult('stages', machine, {
    graph,
    batch,
    rounds,
    clips: clips.length,
    audioMs,
    sizes,
    steps,
    times,
    work,
    roofline,
    floors,
    profiles,
  });
}

function groupByLength(clips: readonly Float32Array[], batch: number): Batch[] {
  const sorted = clips.toSorted((a, b) => a.length - b.length);
  return Array.from({ length: Math.ceil(sorted.length / batch) }, (_, index) => sorted.slice(index * batch, (index + 1) * batch));
}

async function timeStages(
  graph: Parameters<typeof loadOurs>[0]['graph'],
  batches: readonly Batch[],
  rounds: number,
): Promise<{ times: StageTimes; steps: number[][] }> {
  using runtime = new WatchedRuntime({ profiles: false });
  await using recognizer = await loadOurs({ graph, threads: 1, runtime });
  const steps = await hear(recognizer, batches);
  const perRound: StageTimes[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    progress(`round ${round} of ${rounds}`);
    runtime.runMs.encoder = 0;
    runtime.runMs.decoder = 0;
    const startedAtMs = performance.now();
    await hear(recognizer, batches);
    const wallMs = performance.now() - startedAtMs;
    const { encoder: encoderMs, decoder: decoderMs } = runtime.runMs;
    perRound.push({ encoderMs, decoderMs, restMs: wallMs - encoderMs - decoderMs });
  }
  const middle = (figure: keyof StageTimes): number => median(perRound.map((times) => times[figure]));
  return { times: { encoderMs: middle('encoderMs'), decoderMs: middle('decoderMs'), restMs: middle('restMs') }, steps };
}

/** Hears all clips. @returns The steps of each: its tokens and the one that ends them. */
async function hear(recognizer: Recognizer, batches: readonly Batch[]): Promise<number[][]> {
  const steps: number[][] = [];
  for (const batch of batches) {
    const transcripts = await recognizer.transcribe(batch.map((samples) => ({ samples })));
    steps.push(transcripts.map(({ tokens }) => tokens.length + 1));
  }
  return steps;
}

async function profileStages(
  graph: Parameters<typeof loadOurs>[0]['graph'],
  batches: readonly Batch[],
): Promise<Record<GraphName, OperatorProfile>> {
  using runtime = new WatchedRuntime({ profiles: true });
  await using recognizer = await loadOurs({ graph, threads: 1, runtime });
  await hear(recognizer, batches);
  const { encoder, decoder } = runtime.endProfiles();
  return { encoder: readOperatorProfile(encoder), decoder: readOperatorProfile(decoder) };
}

function workOf(sizes: ModelSizes, batches: readonly Batch[], steps: readonly (readonly number[])[]): Record<GraphName, Work> {
  const decoding = batches.map((batch, index) =>
    decoderWork(
      sizes,
      batch.map(({ length }, row) => ({ sampleCount: length, steps: steps[index]?.[row] ?? 1 })),
    ),
  );
  return { encoder: addWork(batches.flat().map(({ length }) => encoderWork(sizes, length))), decoder: addWork(decoding) };
}

/** The higher of two measurements: a roofline is what the machine can do when nothing disturbs it. */
function better(a: Roofline, b: Roofline): Roofline {
  const higher = (figure: 'int8MacsPerSecond' | 'fp32MacsPerSecond' | 'bytesPerSecond'): number => Math.max(a[figure], b[figure]);
  return {
    int8MacsPerSecond: higher('int8MacsPerSecond'),
    fp32MacsPerSecond: higher('fp32MacsPerSecond'),
    bytesPerSecond: higher('bytesPerSecond'),
    probes: Object.fromEntries(Object.entries(a.probes).map(([name, value]) => [name, Math.max(value, b.probes[name] ?? 0)])),
  };
}

function reportOperators(graph: GraphName, profile: OperatorProfile, units: number, unit: string, shown: number): void {
  const rows = profile.operators.map(({ operator, calls, ms }) => ({ operator, calls, ms }));
  const rest = rows.slice(shown);
  const row = (name: string, calls: number | undefined, ms: number): string[] => {
    const share = `${((100 * ms) / profile.totalMs).toFixed(1)} %`;
    return [name, calls === undefined ? '-' : (calls / units).toFixed(1), (ms / units).toFixed(3), share];
  };
  const table = [
    [`${graph}, profiled`, `calls a ${unit}`, `ms a ${unit}`, 'share'],
    ...rows.slice(0, shown).map(({ operator, calls, ms }) => row(operator, calls, ms)),
    ...(rest.length > 0 ? [row(`${rest.length} others`, sum(rest.map(({ calls }) => calls)), sum(rest.map(({ ms }) => ms)))] : []),
    row('outside of operators', undefined, profile.outsideMs),
    row('all', sum(rows.map(({ calls }) => calls)), profile.totalMs),
  ];
  console.log(`\n${formatTable(table)}`);
}

function reportWork(work: Readonly<Record<GraphName, Work>>, clips: number, steps: number): void {
  const rows = (['encoder', 'decoder'] as const).map((graph) => {
    const { int8Macs, int16Macs, fp32Macs, bytes } = work[graph];
    return [graph, ...[int8Macs, int16Macs, fp32Macs, bytes].map((amount) => (amount / clips / 1e6).toFixed(1))];
  });
  const heads = ['needed for a clip, in millions', 'int8 MAC', 'int16 x int8 MAC', 'fp32 MAC', 'bytes'];
  console.log(`\n${formatTable([heads, ...rows])}\n${(steps / clips).toFixed(1)} steps a clip`);
}

function reportRoofline(roofline: Roofline): void {
  const rows = Object.entries(roofline.probes).map(([name, amount]) => [name, (amount / 1e9).toFixed(1)]);
  console.log(`\n${formatTable([['one core of this machine, best run', '10^9 MAC/s or B/s'], ...rows])}`);
}

function reportShares(
  times: StageTimes,
  floors: { readonly encoderMs: number; readonly decoderMs: number },
  clips: number,
  audioMs: number,
): void {
  const { encoderMs, decoderMs, restMs } = times;
  const allMs = encoderMs + decoderMs + restMs;
  const floorAllMs = floors.encoderMs + floors.decoderMs;
  const row = (name: string, ms: number, least: number): string[] => {
    return [name, (ms / clips).toFixed(2), (least / clips).toFixed(2), `${((100 * least) / ms).toFixed(0)} %`];
  };
  const table = [
    ['without the profile', 'ms a clip', 'roofline', 'reached'],
    row('encoder', encoderMs, floors.encoderMs),
    row('decoder', decoderMs, floors.decoderMs),
    row('JavaScript', restMs, 0),
    row('all', allMs, floorAllMs),
  ];
  console.log(`\n${formatTable(table)}`);
  console.log(
    `${(audioMs / allMs).toFixed(0)} x real time of at most ${(audioMs / floorAllMs).toFixed(0)} x on this core; ` +
      `the estimate before the engine was built was about ${ESTIMATED_TIMES_REAL_TIME} x on a core with AMX`,
  );
}

await runBenchmark(measure);
