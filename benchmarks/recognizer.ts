/**
 * Claim: with the same weights, on the same clips, our recognizer is several times as fast as every peer at its best setting.
 *
 *   npx -y pnpm@10 bench:recognizer [--accuracy] [--graph auto|signed|unsigned|shipped] [--help]
 *
 * The peers: the plain loop around the published files, sherpa-onnx-node, and transformers.js. The clips are those that our speech
 * detector cuts out of the recordings. Systems take turns, clip by clip or second by second, so that all see the same machine.
 */
import { availableParallelism } from 'node:os';
import { formatAccuracy, type JudgedClip, type Listener, measureAccuracy } from './recognizer/accuracy.ts';
import { formatFleet } from './recognizer/fleet.ts';
import { formatLatency, type LatencyFigures, measureLatency } from './recognizer/latency.ts';
import { type TriedSettings, trySettings } from './recognizer/setting-trials.ts';
import { formatThroughput, measureThroughput } from './recognizer/throughput.ts';
import { progress, readInteger, readOptions, runBenchmark, UsageError } from './support/command-line.ts';
import { hasDevData, readDevRecordings, readDevSamples } from './support/dev-data.ts';
import { ForkedRecognizer } from './support/forked-recognizer.ts';
import { DEFAULT_GRAPH, GRAPHS_TEXT, readGraph } from './support/graph-choice.ts';
import { clipsOf, judgeRecordings } from './support/judged-speech.ts';
import { readBatch } from './support/our-recognizer.ts';
import { sum } from './support/quantiles.ts';
import { PEER_NAMES, type RecognizerSettings, type SystemName } from './support/recognizer-protocol.ts';
import { loadRecordings } from './support/recordings.ts';
import { describeMachine, formatMachine, writeResult } from './support/results.ts';

const HELP = `
Speed and memory of our recognizer and of its peers (${PEER_NAMES.join(', ')}): same weights, same clips.
First one process with one thread, clip by clip; then the whole machine, each system at the best setting that trials find here.

  --rounds N        times that all hear every clip, and times that all have the whole machine (default 5)
  --clips N         only the first N clips (default all)
  --folder FOLDER   recordings to cut clips from instead of the project's fixtures
  --graph NAME      graphs of our own recognizer: ${GRAPHS_TEXT} (default ${DEFAULT_GRAPH})
  --batch N         clips of one call of our own recognizer on the whole machine, 1-4 (default: the best of 1, 2 and 4, or what the recognizer takes)
  --seconds N       how long a system has the whole machine in a round (default 4)
  --peers A,B       only these peers
  --only PART       latency or throughput
  --accuracy        instead of speed: words that differ from an fp32 run of the same weights, alone and in the batches that it takes, and
                    word error rates on the sentences of the development data where that is there
  --details         show the texts that differ
`;
const SENTENCE_SLICES = new Set(['libri_other', 'libri_clean', 'ljspeech']);
const BATCHES = [1, 2, 4];
const PARTS = ['latency', 'throughput'];

type Settings = Awaited<ReturnType<typeof readSettings>>;

async function readSettings() {
  const options = readOptions(HELP, {
    rounds: { type: 'string', default: '5' },
    clips: { type: 'string' },
    folder: { type: 'string' },
    graph: { type: 'string', default: DEFAULT_GRAPH },
    batch: { type: 'string' },
    seconds: { type: 'string', default: '4' },
    peers: { type: 'string', default: PEER_NAMES.join(',') },
    only: { type: 'string' },
    accuracy: { type: 'boolean', default: false },
    details: { type: 'boolean', default: false },
  });
  const { only, accuracy, details, folder } = options;
  if (only !== undefined && !PARTS.includes(only)) throw new UsageError(`--only must be ${PARTS.join(' or ')}, got "${only}"`);
  const batch = options.batch === undefined ? undefined : readBatch(options.batch);
  const systems: SystemName[] = ['outspoken', ...readPeers(options.peers)];
  const graph = await readGraph(options.graph);
  return {
    rounds: readInteger('--rounds', options.rounds, 1),
    clipLimit: options.clips === undefined ? undefined : readInteger('--clips', options.clips, 1),
    seconds: readInteger('--seconds', options.seconds, 1),
    systems: systems.map((system): RecognizerSettings => ({ system, threads: 1, graph })),
    ...{ only, accuracy, details, folder, batch, graph },
  };
}

function readPeers(list: string) {
  return list.split(',').map((word) => {
    const peer = PEER_NAMES.find((name) => name === word.trim());
    if (!peer) throw new UsageError(`--peers must be a list of ${PEER_NAMES.join(', ')}, got "${word}"`);
    return peer;
  });
}

async function measure(): Promise<void> {
  const settings = await readSettings();
  const machine = describeMachine();
  console.log(formatMachine(machine));
  const result = settings.accuracy ? await measureWords(settings) : await measureSpeed(settings);
  writeResult(settings.accuracy ? 'recognizer-accuracy' : 'recognizer', machine, { settings, ...result });
}

async function measureSpeed(settings: Settings): Promise<Record<string, unknown>> {
  const { rounds, seconds, systems, only, details, graph } = settings;
  const clips = await cutClips(settings);
  const audioSeconds = sum(clips.map((samples) => samples.length)) / 16_000;
  console.log(`${clips.length} clips, ${audioSeconds.toFixed(0)} s of speech, ${rounds} rounds, our graph: ${graph}`);
  console.log('figures: median (10th to 90th percentile)');
  let latency: LatencyFigures[] | undefined;
  if (only !== 'throughput') {
    latency = await measureLatency(systems, clips, rounds);
    console.log(`\n${formatLatency(latency)}`);
    if (details) showDifferingTexts(latency);
  }
  if (only === 'latency') return { latency };
  const tried: TriedSettings[] = [];
  for (const system of systems) {
    const batches = system.system === 'outspoken' ? await batchesOf(system, settings.batch) : [1];
    tried.push(await trySettings(system, { cores: availableParallelism(), batches, clips, durationMs: 500 * seconds }));
  }
  const best = tried.map((system) => system.best);
  for (const fleet of best) progress(`best setting of ${fleet.system}: ${formatFleet(fleet)}`);
  const throughput = await measureThroughput(best, clips, { rounds, durationMs: 1_000 * seconds });
  console.log(`\n${formatThroughput(throughput)}`);
  return { latency, trials: tried.map(({ trials }) => trials), throughput };
}

async function cutClips({ folder, clipLimit }: Settings): Promise<Float32Array[]> {
  progress('cutting clips');
  const clips = (await judgeRecordings(loadRecordings(folder))).flatMap(clipsOf).slice(0, clipLimit);
  if (clips.length === 0) throw new UsageError('no speech was found in the recordings');
  return clips;
}

/** Sizes of batches to try: what was asked for, or all that the graphs can do. */
async function batchesOf(system: RecognizerSettings, asked: number | undefined): Promise<number[]> {
  if (asked !== undefined) return [asked];
  await using process = await ForkedRecognizer.start(system);
  const { maximumBatch } = process;
  return BATCHES.filter((batch) => batch <= maximumBatch);
}

function showDifferingTexts(latency: readonly LatencyFigures[]): void {
  for (const [clip, { text }] of (latency[0]?.runs ?? []).entries()) {
    if (latency.every(({ runs }) => runs[clip]?.text === text)) continue;
    console.log(`\n${latency.map(({ system, runs }) => `  ${system.padEnd(16)} ${runs[clip]?.text}`).join('\n')}`);
  }
}

async function measureWords(settings: Settings): Promise<Record<string, unknown>> {
  const { systems, graph, details } = settings;
  const clips = await readJudgedClips(settings);
  console.log(`${clips.length} clips, our graph: ${graph}`);
  const [ours] = systems;
  if (!ours) throw new RangeError('our own recognizer is always one of the systems');
  const listeners: Listener[] = [
    { name: 'floats, the reference', settings: { ...ours, graph: 'float' }, batch: 1 },
    { name: 'outspoken, alone', settings: ours, batch: 1 },
    ...(await batchesOf(ours, undefined))
      .filter((batch) => batch > 1)
      .map((batch) => ({ name: `outspoken, batches of ${batch}`, settings: ours, batch })),
    ...systems.filter(({ system }) => system !== 'outspoken').map((system) => ({ name: system.system, settings: system, batch: 1 })),
  ];
  const accuracy = await measureAccuracy(listeners, clips);
  console.log(`\n${formatAccuracy(accuracy, clips)}`);
  if (details) {
    for (const clip of clips.keys()) {
      if (new Set(accuracy.map(({ texts }) => texts[clip])).size === 1) continue;
      console.log(`\n${accuracy.map(({ name, texts }) => `  ${name.padEnd(26)} ${texts[clip]}`).join('\n')}`);
    }
  }
  return { accuracy };
}

/** Whole sentences with their texts where the development data is there, otherwise clips of the recordings, without. */
async function readJudgedClips(settings: Settings): Promise<JudgedClip[]> {
  if (settings.folder !== undefined || !hasDevData()) {
    return (await cutClips(settings)).map((samples) => ({ samples, slice: 'fixtures', text: undefined }));
  }
  progress('reading the development data');
  const recordings = readDevRecordings('manifest.jsonl').filter(({ category = '' }) => SENTENCE_SLICES.has(category));
  const clips: JudgedClip[] = [];
  for (const recording of recordings.slice(0, settings.clipLimit)) {
    const samples = await readDevSamples(recording);
    clips.push({ samples, slice: recording.category ?? '', text: recording.text ?? undefined });
  }
  return clips;
}

await runBenchmark(measure);
