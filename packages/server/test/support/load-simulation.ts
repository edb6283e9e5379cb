import { Scheduler, type SchedulerLimits } from '../../src/scheduling/scheduler.ts';
import { SimulatedDispatcher } from './simulated-dispatcher.ts';
import { VirtualTime } from './virtual-time.ts';

const SAMPLES_PER_MS = 16;

/** What is simulated. */
export interface LoadOptions {
  readonly seed: number;
  /** Offered work over what the slots can do one clip at a time. */
  readonly load: number;
  /** Part of the clips that each tenant sends. */
  readonly shares: Readonly<Record<string, number>>;
  readonly slots: number;
  readonly durationMs: number;
  readonly meanCostMs: number;
  /** How far lengths are spread: standard deviation of their logarithm. */
  readonly lengthSpread: number;
  /** The same of the cost of clips of one length. */
  readonly costSpread: number;
  readonly deadlineMs: number;
  readonly limits?: Partial<SchedulerLimits>;
  readonly batchRatios?: readonly number[];
  /** Looks again at every clip, `best` at this multiple of its cost, if the scheduler does. */
  readonly secondLook?: { readonly costRatio: number; readonly usefulMs: number; readonly stopMs: number };
}

/** What became of the clips of one tenant, or of all. */
export interface Served {
  offered: number;
  refused: number;
  late: number;
  /** Time from submission to the transcript of those that were in time, in milliseconds. */
  readonly latenciesMs: number[];
}

// A clip of 3 s costs 100 ms: Moonshine Tiny on one core.
const COST_RATIO = 1 / 30;

/**
 * Clips at random moments, of random length and cost, over the real scheduler in virtual time, until the last one has its answer.
 * Nobody who was refused comes back.
 */
export async function simulateLoad(options: LoadOptions) {
  const { seed, load, shares, slots, durationMs, meanCostMs, lengthSpread, costSpread, deadlineMs, limits, batchRatios, secondLook } =
    options;
  const random = randomOf(seed);
  const time = new VirtualTime();
  const costs = new WeakMap<Float32Array, number>();
  const dispatcher = new SimulatedDispatcher({
    time,
    slots,
    costMs: ({ samples, effort }) => (costs.get(samples) ?? 0) * (effort === 'best' ? (secondLook?.costRatio ?? 1) : 1),
    ...(secondLook === undefined ? {} : { stopMs: secondLook.stopMs }),
    ...(batchRatios === undefined ? {} : { batchRatios }),
  });
  const schedule = time.schedule.bind(time);
  const effort = secondLook === undefined ? 'fast' : 'auto';
  const scheduler = new Scheduler({ dispatcher, now: () => time.nowMs, schedule, effort, ...limits });
  let secondLooks = 0;
  const lookAgain = (key: string, samples: Float32Array): void => {
    if (secondLook === undefined) return;
    const { usefulMs } = secondLook;
    const job = scheduler.refine({ key, samples, meanLogProbability: -0.2, usefulMs });
    job?.promise.then(
      () => {
        secondLooks += 1;
      },
      () => undefined,
    );
    schedule(usefulMs, () => job?.cancel());
  };
  const served = new Map<string, Served>();
  const of = (tenant: string): Served => {
    const known = served.get(tenant) ?? { offered: 0, refused: 0, late: 0, latenciesMs: [] };
    served.set(tenant, known);
    return known;
  };
  const offer = (tenant: string, number: number): void => {
    const record = of(tenant);
    record.offered += 1;
    const audioMs = Math.max(300, Math.min(30_000, (meanCostMs / COST_RATIO) * logNormal(random, lengthSpread)));
    const samples = new Float32Array(Math.round(audioMs * SAMPLES_PER_MS));
    costs.set(samples, audioMs * COST_RATIO * logNormal(random, costSpread));
    if (!scheduler.admit(audioMs, 'final', tenant).admitted) {
      record.refused += 1;
      return;
    }
    const submittedAtMs = time.nowMs;
    const { promise } = scheduler.submit({ lane: 'final', key: `${tenant}/${number}`, tenant, samples, deadlineMs });
    promise.then(
      () => {
        record.latenciesMs.push(time.nowMs - submittedAtMs);
        lookAgain(`${tenant}/${number}`, samples);
      },
      () => {
        record.late += 1;
      },
    );
  };
  const everyMs = meanCostMs / (load * slots);
  let number = 0;
  const arrive = (): void => {
    number += 1;
    offer(pick(shares, random()), number);
    const gapMs = -Math.log(1 - random()) * everyMs;
    if (time.nowMs + gapMs < durationMs) time.schedule(gapMs, arrive);
  };
  arrive();
  await time.run();
  return { served, dispatcher, scheduler, secondLooks, goodputRatio: dispatcher.usefulMs / (slots * time.nowMs) };
}

/** A value below which this part of the list lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
}

function pick(shares: Readonly<Record<string, number>>, value: number): string {
  let left = value;
  for (const [tenant, share] of Object.entries(shares)) {
    left -= share;
    if (left < 0) return tenant;
  }
  return Object.keys(shares)[0] ?? '';
}

/** Log-normal with mean 1. */
function logNormal(random: () => number, sigma: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.exp(sigma * normal - (sigma * sigma) / 2);
}

/** Mulberry32: the same numbers for the same seed on every machine. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
  };
}
