import type { GraphVariant } from '@outspoken/asr';
import { readWav } from '@outspoken/audio';
import { loadModelReference } from '@outspoken/models';
import * as runtime from 'onnxruntime-node';
import { graphsToTry, loadRecognizer, type RecognizerEvent, type RecognizerSettings, type ServedGraph } from './load-recognizer.ts';
import type { Settings } from './settings.ts';

export { describeRecognizerEvent, type RecognizerEvent } from './load-recognizer.ts';

/** How one kind of graphs does on this processor. */
export interface GraphReport {
  readonly graph: ServedGraph;
  /** What is wrong with it; absent when it is right. */
  readonly problem?: string;
  /** Seconds of speech recognized in a second by one process; absent when it is wrong. */
  readonly timesRealTime?: number;
  /** Whether the workers of a server take it by themselves. */
  readonly isChosen: boolean;
}

// The best of some runs: the first ones warm up, and a busy machine only ever adds.
const RUNS = 5;

/**
 * Builds and keeps the fast graphs of a model, checks all kinds on this processor and measures them on a short clip.
 *
 * @throws `ModelError` when a model file is missing or not the one that is pinned.
 */
export async function prepareModel(model: Settings['model'], onEvent: (event: RecognizerEvent) => void = () => {}): Promise<GraphReport[]> {
  const clip = (await loadModelReference('moonshine-tiny'))?.clip ?? new Uint8Array();
  const samples = readWav(clip).channels[0] ?? new Float32Array();
  const reports: GraphReport[] = [];
  for (const graph of graphsToTry('auto')) {
    const report = await tryGraph(model, graph, samples, onEvent);
    reports.push({ ...report, isChosen: report.problem === undefined && reports.every(({ isChosen }) => !isChosen) });
  }
  return reports;
}

/** Which graphs a worker takes on this processor. */
export interface GraphChoice {
  readonly graph: GraphVariant;
  /** Faster ones that it does not take, and why. */
  readonly refused: readonly { readonly graph: GraphVariant; readonly reason: string }[];
}

/**
 * Loads a recognizer as a worker does, and says with which graphs; nothing is measured.
 *
 * @throws `ModelError` when a model file is missing or not the one that is pinned, `RecognizerError` when no graphs can be loaded.
 */
export async function chooseGraph(
  settings: RecognizerSettings,
  onEvent: (event: RecognizerEvent) => void = () => {},
  engine: typeof runtime = runtime,
): Promise<GraphChoice> {
  const refused: { graph: GraphVariant; reason: string }[] = [];
  await using recognizer = await loadRecognizer(engine, settings, (event) => {
    if (event.type === 'rejected') refused.push({ graph: event.graph, reason: event.message });
    onEvent(event);
  });
  return { graph: recognizer.model.graph, refused };
}

async function tryGraph(
  model: Settings['model'],
  graph: ServedGraph,
  samples: Float32Array,
  onEvent: (event: RecognizerEvent) => void,
): Promise<Omit<GraphReport, 'isChosen'>> {
  let problem: string | undefined;
  const recognizer = await loadRecognizer(runtime, { model, graph, threadsPerWorker: 1 }, (event) => {
    if (event.type === 'rejected') problem = event.message;
    onEvent(event);
  });
  await using _ = recognizer;
  if (problem !== undefined) return { graph, problem };
  let bestMs = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run += 1) {
    const startedAtMs = performance.now();
    await recognizer.transcribe([{ samples }]);
    bestMs = Math.min(bestMs, performance.now() - startedAtMs);
  }
  return { graph, timesRealTime: samples.length / recognizer.model.sampleRateHz / (bestMs / 1000) };
}
