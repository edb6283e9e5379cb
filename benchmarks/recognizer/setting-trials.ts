import { progress } from '../support/command-line.ts';
import { median } from '../support/quantiles.ts';
import type { RecognizerSettings } from '../support/recognizer-protocol.ts';
import { Fleet, type FleetSettings, formatFleet } from './fleet.ts';

const ROUNDS = 3;

/** One way to use the machine and what it got done in each round. */
interface SettingTrial {
  readonly settings: FleetSettings;
  readonly audioSecondsPerSecond: readonly number[];
}

/** What the trials of one system found. */
export interface TriedSettings {
  readonly best: FleetSettings;
  readonly trials: readonly SettingTrial[];
}

/**
 * Looks for the best way of a system to use this machine: a process for each core with one thread, or one process with a thread for
 * each core; and batches, where the system has them. The ways take turns, each time with new processes.
 */
export async function trySettings(
  system: RecognizerSettings,
  options: {
    readonly cores: number;
    readonly batches: readonly number[];
    readonly clips: readonly Float32Array[];
    readonly durationMs: number;
  },
): Promise<TriedSettings> {
  const { cores, batches, clips, durationMs } = options;
  const layouts = cores === 1 ? [[1, 1] as const] : [[cores, 1] as const, [1, cores] as const];
  const ways = layouts.flatMap(([processes, threads]) => batches.map((batch) => ({ ...system, processes, threads, batch })));
  const trials = ways.map((settings) => ({ settings, audioSecondsPerSecond: [] as number[] }));
  for (let round = 1; round <= ROUNDS && trials.length > 1; round += 1) {
    for (const { settings, audioSecondsPerSecond } of trials) {
      await using fleet = await Fleet.start(settings, clips);
      audioSecondsPerSecond.push((await fleet.saturate(durationMs)).audioSecondsPerSecond);
      const done = audioSecondsPerSecond.at(-1)?.toFixed(0);
      progress(`settings of ${system.system}, trial ${round} of ${ROUNDS}: ${formatFleet(settings)}: ${done} x real time`);
    }
  }
  const [best] = trials.toSorted((a, b) => median(b.audioSecondsPerSecond) - median(a.audioSecondsPerSecond));
  if (!best) throw new RangeError('a system needs at least one size of batch to try');
  return { best: best.settings, trials };
}
