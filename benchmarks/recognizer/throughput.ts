import { progress } from '../support/command-line.ts';
import type { SystemName } from '../support/recognizer-protocol.ts';
import { formatSpread, type Spread, spreadOf } from '../support/spread.ts';
import { StartedGroup } from '../support/started-group.ts';
import { formatTable } from '../support/table.ts';
import { Fleet, type FleetFigures, type FleetSettings, formatFleet } from './fleet.ts';

/** The whole machine at work for one system. */
export interface ThroughputFigures {
  readonly system: SystemName;
  readonly settings: FleetSettings;
  readonly audioSecondsPerSecond: Spread;
  /** What ours got done over what this one got done in the same round; absent for our own row. */
  readonly oursTimesThis?: Spread;
  readonly rounds: readonly FleetFigures[];
}

/**
 * Saturates the machine with one system after the other, round after round; another one begins each time.
 *
 * @param fleets - The first is ours.
 */
export async function measureThroughput(
  fleets: readonly FleetSettings[],
  clips: readonly Float32Array[],
  options: { readonly rounds: number; readonly durationMs: number },
): Promise<ThroughputFigures[]> {
  await using group = await StartedGroup.start(fleets.map((settings) => () => Fleet.start(settings, clips)));
  const running = group.members;
  const done = running.map((): FleetFigures[] => []);
  for (let round = 0; round < options.rounds; round += 1) {
    progress(`whole machine: round ${round + 1} of ${options.rounds}`);
    for (const turn of running.keys()) {
      const index = (turn + round) % running.length;
      const figures = await running[index]?.saturate(options.durationMs);
      if (figures) done[index]?.push(figures);
    }
  }
  const ours = done[0] ?? [];
  return fleets.map((settings, index) => {
    const rounds = done[index] ?? [];
    const speeds = rounds.map(({ audioSecondsPerSecond }) => audioSecondsPerSecond);
    const ratios = speeds.map((speed, round) => (ours[round]?.audioSecondsPerSecond ?? Number.NaN) / speed);
    return {
      system: settings.system,
      settings,
      audioSecondsPerSecond: spreadOf(speeds),
      ...(index > 0 && { oursTimesThis: spreadOf(ratios) }),
      rounds,
    };
  });
}

/** The table of {@link measureThroughput}. */
export function formatThroughput(figures: readonly ThroughputFigures[]): string {
  const rows = figures.map(({ system, settings, audioSecondsPerSecond, oursTimesThis, rounds }) => [
    system,
    formatFleet(settings),
    formatSpread(audioSecondsPerSecond, 1),
    spreadOf(rounds.map(({ clipsPerSecond }) => clipsPerSecond)).median.toFixed(1),
    spreadOf(rounds.map(({ busyCores }) => busyCores)).median.toFixed(2),
    (Math.max(...rounds.map(({ memoryBytesPerProcess }) => memoryBytesPerProcess)) / 1e6).toFixed(0),
    oursTimesThis ? formatSpread(oursTimesThis) : '-',
  ]);
  return formatTable([['whole machine', 'setting', 'audio s/s', 'clips/s', 'busy cores', 'MB a process', 'ours / this'], ...rows]);
}
