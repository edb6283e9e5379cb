import { progress } from '../support/command-line.ts';
import { readProcessTree } from '../support/process-cpu.ts';
import { median, sum } from '../support/quantiles.ts';
import { readServerMetrics } from '../support/server-metrics.ts';
import { formatKnee, formatStepLine } from './console-report.ts';
import type { GeneratorProcess } from './generator-process.ts';
import { type Knee, KneeSearch } from './knee.ts';
import type { KneeFigures, KneeRatio } from './qps-result.ts';
import type { QpsSettings } from './settings.ts';
import { type ServerReading, type StepFigures, stepFigures } from './step-figures.ts';
import type { LoadRecording, Mode, StepPlan, TargetName } from './step-plan.ts';
import { MEAN_PAUSE_MS } from './talker-loop.ts';
import type { Target } from './targets.ts';

/** After the first round the knee is about known, and is looked for from there in short strides. */
const LATER_GROWTH_FACTOR = 1.25;
const FIRST_GROWTH_FACTOR = 2;
/** Time between two steps in which nothing is sent. */
const BETWEEN_STEPS_MS = 1_000;

const RANGES: Readonly<Record<Mode, { readonly minimumLoad: number; readonly maximumLoad: number; readonly isWhole: boolean }>> = {
  talkers: { minimumLoad: 1, maximumLoad: 900, isWhole: true },
  open: { minimumLoad: 0.25, maximumLoad: 2_000, isWhole: false },
  closed: { minimumLoad: 1, maximumLoad: 512, isWhole: true },
};

/** What a run needs beside its settings. */
export interface RunParts {
  readonly generator: GeneratorProcess;
  readonly recordings: readonly LoadRecording[];
  readonly texts: readonly (string | undefined)[];
}

/** One server in one mode of one round. */
interface Search {
  readonly target: Target;
  readonly knees: KneeSearch;
  readonly steps: StepFigures[];
}

/** Looks for the knees of all servers in all modes, round after round; servers take turns, step by step. */
export class KneeRun {
  readonly #settings: QpsSettings;
  readonly #parts: RunParts;
  readonly #targets: readonly Target[];
  readonly #steps: StepFigures[] = [];
  readonly #knees: KneeFigures[] = [];
  readonly #startedAtMs = performance.now();

  constructor(settings: QpsSettings, parts: RunParts, targets: readonly Target[]) {
    this.#settings = settings;
    this.#parts = parts;
    this.#targets = targets;
  }

  get steps(): readonly StepFigures[] {
    return this.#steps;
  }

  get knees(): readonly KneeFigures[] {
    return this.#knees;
  }

  /** Measures everything. */
  async run(): Promise<void> {
    for (let round = 1; round <= this.#settings.rounds; round += 1) {
      // Every other round runs backwards, so that no mode is always the one after another.
      for (const mode of round % 2 === 1 ? this.#settings.modes : this.#settings.modes.toReversed()) {
        await this.#search(mode, round);
      }
    }
  }

  async #search(mode: Mode, round: number): Promise<void> {
    const searches = this.#targets.map((target): Search => ({ target, knees: this.#createSearch(target.address.name, mode), steps: [] }));
    for (let turn = round; searches.some(({ knees }) => knees.next !== undefined); turn += 1) {
      for (const search of turn % 2 === 1 ? searches : searches.toReversed()) {
        await this.#step(search, mode, round, searches);
      }
    }
    for (const { target, knees, steps } of searches) {
      const figures = kneeFigures(target.address.name, mode, round, knees.knee, steps);
      this.#knees.push(figures);
      progress(`knee of ${figures.target}, ${mode}, round ${round}: ${formatKnee(figures)}`);
    }
  }

  async #step({ target, knees, steps }: Search, mode: Mode, round: number, searches: readonly Search[]): Promise<void> {
    const load = knees.next;
    if (load === undefined) {
      return;
    }
    const figures = await measureStep(this.#settings, this.#parts, target, { mode, load, round });
    knees.record(figures.failures.length === 0);
    steps.push(figures);
    this.#steps.push(figures);
    progress(`${formatStepLine(figures)}; about ${this.#minutesLeft(searches, mode, round)} min left`);
  }

  #createSearch(target: TargetName, mode: Mode): KneeSearch {
    const { resolutionRatio, maximumSteps, startLoads } = this.#settings;
    const known = this.#knees.filter((knee) => knee.target === target && knee.mode === mode).at(-1)?.load ?? undefined;
    return new KneeSearch({
      ...RANGES[mode],
      startLoad: known ?? startLoads[mode],
      growthFactor: known === undefined ? FIRST_GROWTH_FACTOR : LATER_GROWTH_FACTOR,
      resolutionRatio,
      maximumSteps,
    });
  }

  /** By the mean time of a step so far, and the steps that the searches to come will probably take. */
  #minutesLeft(searches: readonly Search[], mode: Mode, round: number): number {
    const { modes, rounds, maximumSteps } = this.#settings;
    const order = round % 2 === 1 ? modes : modes.toReversed();
    const modesLeft = order.length - 1 - order.indexOf(mode);
    const firstRoundSteps = Math.min(maximumSteps, 7);
    const laterRoundSteps = Math.min(maximumSteps, 4);
    const stepsLeft =
      sum(searches.map(({ knees }) => knees.expectedSteps)) +
      searches.length * (modesLeft * (round === 1 ? firstRoundSteps : laterRoundSteps) + (rounds - round) * modes.length * laterRoundSteps);
    return Math.ceil(((performance.now() - this.#startedAtMs) / this.#steps.length / 60_000) * stepsLeft);
  }
}

/** Puts one load on one server and takes the figures. */
export async function measureStep(
  settings: QpsSettings,
  { generator, recordings, texts }: RunParts,
  target: Target,
  { mode, load, round }: { readonly mode: Mode; readonly load: number; readonly round: number },
): Promise<StepFigures> {
  const plan: StepPlan = {
    target: target.address,
    mode,
    load,
    // One socket for each process is enough for a server that has no window.
    socketCount: mode !== 'open' ? load : target.address.protocol === 'plain' ? target.address.urls.length : settings.sockets,
    warmUpMs: settings.warmUpMs,
    windowMs: windowMs(settings, recordings, mode, load),
    settleLimitMs: settings.settleLimitMs,
    // The same for every server: each is sent the same clips at the same moments.
    seed: settings.seed * 10_000 + round * 100 + Math.round(load * 4),
  };
  await new Promise((resolve) => setTimeout(resolve, BETWEEN_STEPS_MS));
  let before: Promise<ServerReading> | undefined;
  let after: Promise<ServerReading> | undefined;
  const observation = await generator.run(plan, {
    started: () => {
      before = readServer(target);
    },
    ended: () => {
      after = readServer(target);
    },
  });
  const nothing: ServerReading = { processes: [], metrics: undefined };
  return stepFigures({
    plan,
    round,
    limits: settings.limits[mode],
    observation,
    before: (await before) ?? nothing,
    after: (await after) ?? nothing,
    texts,
    clipCounts: recordings.map(({ clips }) => clips.length),
  });
}

/** How many times as much the first server carries as the second, over the rounds in which both have a knee. */
export function kneeRatios(knees: readonly KneeFigures[]): KneeRatio[] {
  const figures = {
    load: ({ load }: KneeFigures) => load,
    'clips/s': ({ step }: KneeFigures) => step?.achievedPerSecond,
    'audio s/s': ({ step }: KneeFigures) => step?.audioSecondsPerSecond,
  } as const;
  const ours = knees.filter(({ target }) => target === 'outspoken');
  return [...new Set(ours.map(({ mode }) => mode))].flatMap((mode) =>
    (Object.keys(figures) as (keyof typeof figures)[]).flatMap((what) => {
      const ratios = ours
        .filter((knee) => knee.mode === mode)
        .map((knee) => {
          const peer = knees.find((other) => other.target === 'sherpa-onnx' && other.mode === mode && other.round === knee.round);
          return (figures[what](knee) ?? Number.NaN) / ((peer && figures[what](peer)) ?? Number.NaN);
        })
        .filter(Number.isFinite);
      return ratios.length === 0
        ? []
        : [{ mode, what, median: median(ratios), minimum: Math.min(...ratios), maximum: Math.max(...ratios) }];
    }),
  );
}

function kneeFigures(target: TargetName, mode: Mode, round: number, knee: Knee, steps: readonly StepFigures[]): KneeFigures {
  return {
    target,
    mode,
    round,
    load: knee.load ?? null,
    failedLoad: knee.failedLoad ?? null,
    step: steps.find(({ load }) => load === knee.load) ?? null,
    isGeneratorBound: steps.some(({ load, generator }) => load === knee.failedLoad && generator.isBottleneck),
  };
}

/** Long enough for the least number of clips, within limits: how many a closed loop gets through is not known beforehand. */
function windowMs(settings: QpsSettings, recordings: readonly LoadRecording[], mode: Mode, load: number): number {
  const { stepMs, longestStepMs, minimumClips } = settings;
  const cycleMs = sum(recordings.map(({ durationMs }) => durationMs + MEAN_PAUSE_MS)) / sum(recordings.map(({ clips }) => clips.length));
  const clipsPerMs = { talkers: load / cycleMs, open: load / 1000, closed: Number.POSITIVE_INFINITY }[mode];
  return Math.round(Math.min(longestStepMs, Math.max(stepMs, minimumClips / clipsPerMs)));
}

async function readServer({ pids, metricsUrl }: Target): Promise<ServerReading> {
  const processes = pids.flatMap((pid) => readProcessTree(pid) ?? []);
  return { processes, metrics: metricsUrl === undefined ? undefined : await readServerMetrics(metricsUrl).catch(() => undefined) };
}
