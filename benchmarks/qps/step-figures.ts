import { countWordErrors, type ErrorCounts, errorRatio, sumErrors, WHISPER_ENGLISH } from '@outspoken/evaluation';
import type { ProcessUsage } from '../support/process-cpu.ts';
import { quantile, sum } from '../support/quantiles.ts';
import { counterGrowth } from '../support/server-metrics.ts';
import type { ClipRow, Mode, StepObservation, StepPlan, TargetName } from './step-plan.ts';

/** Above it the generator itself may have been what was slow, in milliseconds: of its event loop (less 10 ms of sampling), of its sends. */
const GENERATOR_DELAY_LIMIT_MS = 50;
/** A process with one thread for its events cannot use more than one core; from here on it waits for itself. */
const GENERATOR_CPU_LIMIT_CORES = 0.9;
const LOOP_SAMPLING_MS = 10;

/** What counts as carried. */
export interface Limits {
  readonly p95Ms: number;
  /** Clips that were refused at least once, rejected or never answered, of all. */
  readonly troubleRatio: number;
  /** Clips answered no later than `p95Ms` after the window, of those that were due in it. */
  readonly goodputRatio: number;
}

/** What was read of a server at one end of the window. */
export interface ServerReading {
  readonly processes: readonly ProcessUsage[];
  readonly metrics: ReadonlyMap<string, number> | undefined;
}

/** One process while the window was measured. */
interface ProcessFigures {
  readonly role: string;
  /** Processor seconds per second. */
  readonly cpuCores: number;
  readonly memoryMiB: number;
}

/** Latency in milliseconds: from the moment at which the end of a clip was due until its final was there. */
export interface Latency {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maximumMs: number;
}

/** Why a load was not carried. */
type Failure = 'p95' | 'refusals and errors' | 'goodput' | 'no clips';

/** All figures of one step. A figure that could not be taken is null, as JSON has it. */
export interface StepFigures {
  readonly target: TargetName;
  readonly mode: Mode;
  readonly round: number;
  readonly load: number;
  readonly windowSeconds: number;
  /** Clips that were due in the window; the latency is theirs. */
  readonly clipCount: number;
  readonly failures: readonly Failure[];
  readonly offeredPerSecond: number;
  /** Finals in the window, and the audio that they are of. */
  readonly achievedPerSecond: number;
  readonly audioSecondsPerSecond: number;
  /** Null when no clip came back. */
  readonly latency: Latency | null;
  readonly goodputRatio: number;
  readonly troubleRatio: number;
  readonly retryCount: number;
  /** What clients were told instead of a final, by code, over the whole step; and by reason what the server counted. */
  readonly refusals: Readonly<Record<string, number>>;
  readonly serverRefusals: Readonly<Record<string, number>> | null;
  /** Clips that ended without a final, by code, and troubles of connections. */
  readonly errors: Readonly<Record<string, number>>;
  readonly wordErrorRatio: number | null;
  readonly referenceWords: number;
  /** Part of the clips with a final that got each effort; empty for a server that does not say so. */
  readonly effortRatios: Readonly<Record<string, number>>;
  /** Of the process that holds the sockets. */
  readonly serverLoopDelayP99Ms: number | null;
  readonly processes: readonly ProcessFigures[];
  readonly generator: {
    readonly cpuCores: number;
    readonly memoryMiB: number;
    readonly loopDelayP99Ms: number;
    readonly sendLatenessP99Ms: number;
    /** The generator may have been slower than the server. */
    readonly isBottleneck: boolean;
  };
}

/** What figures are made of. */
export interface StepInput {
  readonly plan: StepPlan;
  readonly round: number;
  readonly limits: Limits;
  readonly observation: StepObservation;
  readonly before: ServerReading;
  readonly after: ServerReading;
  /** What is said in each recording. */
  readonly texts: readonly (string | undefined)[];
  /** How many clips each recording has. */
  readonly clipCounts: readonly number[];
}

/** Turns what was seen in a step into its figures. */
export function stepFigures(input: StepInput): StepFigures {
  const { plan, round, limits, observation, before, after } = input;
  const { rows, generator } = observation;
  // The window as it was planned, so that every server is asked for the same clips; what was read of processes took its own time.
  const windowStartMs = plan.warmUpMs;
  const windowEndMs = plan.warmUpMs + plan.windowMs;
  const windowSeconds = plan.windowMs / 1000;
  const readSeconds = observation.readMs / 1000;
  const due = rows.filter(({ intendedMs }) => intendedMs >= windowStartMs && intendedMs < windowEndMs);
  const answered = rows.filter(
    ({ outcome, answeredMs = 0 }) => outcome === 'final' && answeredMs >= windowStartMs && answeredMs < windowEndMs,
  );
  const latency = latencyOf(due);
  const inTime = due.filter(({ outcome, answeredMs = 0 }) => outcome === 'final' && answeredMs <= windowEndMs + limits.p95Ms);
  const goodputRatio = inTime.length / due.length;
  const troubleRatio = due.filter(({ outcome, refusalCount }) => outcome !== 'final' || refusalCount > 0).length / due.length;
  const errors = sumErrors(wordErrorsOf(input));
  const latenessMs = quantile(
    due.map(({ sentMs, intendedMs }) => sentMs - intendedMs),
    0.99,
  );
  const loopDelay = after.metrics?.get('nodejs_eventloop_lag_p99_seconds');
  return {
    target: plan.target.name,
    mode: plan.mode,
    round,
    load: plan.load,
    windowSeconds,
    clipCount: due.length,
    failures: failuresOf(latency, goodputRatio, troubleRatio, limits),
    offeredPerSecond: due.length / windowSeconds,
    achievedPerSecond: answered.length / windowSeconds,
    audioSecondsPerSecond: sum(answered.map(({ audioMs }) => audioMs)) / 1000 / windowSeconds,
    latency: latency ?? null,
    goodputRatio: due.length === 0 ? 0 : goodputRatio,
    troubleRatio: due.length === 0 ? 0 : troubleRatio,
    retryCount: sum(rows.map(({ refusalCount }) => refusalCount)),
    refusals: observation.refusals,
    serverRefusals:
      before.metrics && after.metrics ? counterGrowth(before.metrics, after.metrics, 'outspoken_rejected_total', 'reason') : null,
    errors: errorsOf(observation),
    wordErrorRatio: errors.referenceCount === 0 ? null : errorRatio(errors),
    referenceWords: errors.referenceCount,
    effortRatios: effortRatiosOf(due),
    serverLoopDelayP99Ms: loopDelay === undefined ? null : loopDelay * 1000,
    processes: processFigures(before.processes, after.processes, readSeconds),
    generator: {
      cpuCores: generator.cpuSeconds / readSeconds,
      memoryMiB: generator.memoryBytes / 2 ** 20,
      loopDelayP99Ms: generator.loopDelayP99Ms,
      sendLatenessP99Ms: due.length === 0 ? 0 : latenessMs,
      isBottleneck:
        generator.loopDelayP99Ms - LOOP_SAMPLING_MS > GENERATOR_DELAY_LIMIT_MS ||
        latenessMs > GENERATOR_DELAY_LIMIT_MS ||
        generator.cpuSeconds / readSeconds > GENERATOR_CPU_LIMIT_CORES,
    },
  };
}

function effortRatiosOf(due: readonly ClipRow[]): Record<string, number> {
  const efforts = due.flatMap(({ effort }) => effort ?? []);
  return Object.fromEntries(
    [...new Set(efforts)].sort().map((effort) => [effort, efforts.filter((other) => other === effort).length / efforts.length]),
  );
}

function latencyOf(due: readonly ClipRow[]): Latency | undefined {
  // A part of speech that was cut at the longest clip is no end of speech; its trouble counts nevertheless.
  const finals = due.filter(({ outcome, isEndOfSpeech }) => outcome === 'final' && isEndOfSpeech);
  const values = finals.map(({ answeredMs = Number.NaN, intendedMs }) => answeredMs - intendedMs);
  return values.length === 0
    ? undefined
    : { p50Ms: quantile(values, 0.5), p95Ms: quantile(values, 0.95), p99Ms: quantile(values, 0.99), maximumMs: Math.max(...values) };
}

function failuresOf(latency: Latency | undefined, goodputRatio: number, troubleRatio: number, limits: Limits): Failure[] {
  if (Number.isNaN(goodputRatio)) {
    return ['no clips'];
  }
  const failures: readonly [Failure, boolean][] = [
    ['p95', latency !== undefined && latency.p95Ms > limits.p95Ms],
    ['refusals and errors', troubleRatio > limits.troubleRatio],
    ['goodput', goodputRatio < limits.goodputRatio],
  ];
  return failures.filter(([, isOver]) => isOver).map(([failure]) => failure);
}

/** Errors of each saying of which every clip came back. */
function wordErrorsOf({ observation, texts, clipCounts }: StepInput): ErrorCounts[] {
  const sayings = new Map<number, ClipRow[]>();
  for (const row of observation.rows.filter(({ outcome }) => outcome === 'final')) {
    sayings.set(row.utterance, [...(sayings.get(row.utterance) ?? []), row]);
  }
  return [...sayings.values()].flatMap((rows) => {
    const recording = rows[0]?.recording ?? 0;
    const text = texts[recording];
    if (text === undefined || rows.length !== clipCounts[recording]) {
      return [];
    }
    const heard = rows.sort((a, b) => a.part - b.part).map((row) => row.text);
    return [countWordErrors(text, heard.join(' '), WHISPER_ENGLISH)];
  });
}

function errorsOf({ rows, troubles }: StepObservation): Record<string, number> {
  const errors: Record<string, number> = { ...troubles };
  for (const { outcome, code } of rows.filter((row) => row.outcome !== 'final')) {
    const name = code ?? outcome;
    errors[name] = (errors[name] ?? 0) + 1;
  }
  return errors;
}

/** Figures of the processes that lived through the window, each with its role. */
function processFigures(before: readonly ProcessUsage[], after: readonly ProcessUsage[], readSeconds: number): ProcessFigures[] {
  const counts = new Map<string, number>();
  return after.flatMap(({ pid, command, cpuSeconds, memoryBytes }) => {
    const earlier = before.find((usage) => usage.pid === pid);
    const role = roleOf(command);
    if (role === undefined || earlier === undefined) {
      return [];
    }
    const number = (counts.get(role) ?? 0) + 1;
    counts.set(role, number);
    return [{ role: `${role} ${number}`, cpuCores: (cpuSeconds - earlier.cpuSeconds) / readSeconds, memoryMiB: memoryBytes / 2 ** 20 }];
  });
}

/** What a process does, by its title or its script; undefined for the compiler that runs sources, which a built server has not. */
function roleOf(command: string): string | undefined {
  if (command.includes('peer-server')) {
    return 'peer';
  }
  const program = command.split(' ')[0]?.split('/').at(-1) ?? '';
  if (program === 'outspoken') {
    return 'sockets';
  }
  return program === 'esbuild' ? undefined : program.replace(/^outspoken-/, '');
}
