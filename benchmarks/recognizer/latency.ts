import { progress } from '../support/command-line.ts';
import { ForkedRecognizer } from '../support/forked-recognizer.ts';
import { median, sum } from '../support/quantiles.ts';
import type { RecognizerSettings, SystemName, TimedTexts } from '../support/recognizer-protocol.ts';
import { formatSpread, type Spread, spreadOf } from '../support/spread.ts';
import { StartedGroup } from '../support/started-group.ts';
import { formatTable } from '../support/table.ts';

const WARM_UP_CLIPS = 2;

/** What one system did with one clip, in every round. */
interface ClipRuns {
  readonly audioMs: number;
  readonly text: string;
  readonly wallMs: readonly number[];
  readonly cpuMs: readonly number[];
}

/** One process, one thread, one clip at a time. */
export interface LatencyFigures {
  readonly system: SystemName;
  /** Sum of the audio over the sum of the median times of the clips. */
  readonly timesRealTime: number;
  readonly clipMs: Spread;
  readonly cpuSecondsPerAudioSecond: number;
  /** How many times as long as ours it took for the same clip in the same round; absent for our own row. */
  readonly timesOurs?: Spread;
  readonly timesOurCpu?: Spread;
  readonly sameTextAsOurs: number;
  readonly runs: readonly ClipRuns[];
}

/**
 * Lets all systems hear each clip in turn, one process and one thread each, only one at work; another one begins each time.
 *
 * @param systems - The first is ours.
 */
export async function measureLatency(
  systems: readonly RecognizerSettings[],
  clips: readonly Float32Array[],
  rounds: number,
): Promise<LatencyFigures[]> {
  await using group = await StartedGroup.start(systems.map((settings) => () => ForkedRecognizer.start({ ...settings, threads: 1 })));
  const processes = group.members;
  for (const samples of clips.slice(0, WARM_UP_CLIPS)) {
    for (const process of processes) await process.ask({ type: 'transcribe', clips: [samples] });
  }
  const timed = processes.map(() => clips.map((): TimedTexts[] => []));
  for (let round = 0; round < rounds; round += 1) {
    progress(`one process, one thread: round ${round + 1} of ${rounds}`);
    for (const [index, samples] of clips.entries()) {
      for (const turn of processes.keys()) {
        const system = (turn + round + index) % processes.length;
        const answer = await processes[system]?.ask({ type: 'transcribe', clips: [samples] });
        if (answer) timed[system]?.[index]?.push(answer);
      }
    }
  }
  const runs = timed.map((ofSystem) => ofSystem.map((ofClip, index) => toRuns(ofClip, clips[index]?.length ?? 0)));
  return systems.map(({ system }, index) => figuresOf(system, runs[index] ?? [], index === 0 ? undefined : runs[0], runs[0] ?? []));
}

function toRuns(timed: readonly TimedTexts[], sampleCount: number): ClipRuns {
  const texts = new Set(timed.map(({ texts: [text] }) => text ?? ''));
  if (texts.size > 1) {
    throw new Error('a recognizer gave two texts for one clip: its decoding is not greedy, or its state leaks');
  }
  const [text = ''] = texts;
  return { audioMs: sampleCount / 16, text, wallMs: timed.map(({ wallMs }) => wallMs), cpuMs: timed.map(({ cpuMs }) => cpuMs) };
}

function figuresOf(
  system: SystemName,
  runs: readonly ClipRuns[],
  ours: readonly ClipRuns[] | undefined,
  texts: readonly ClipRuns[],
): LatencyFigures {
  const audioMs = sum(runs.map((run) => run.audioMs));
  return {
    system,
    timesRealTime: audioMs / sum(runs.map(({ wallMs }) => median(wallMs))),
    clipMs: spreadOf(runs.flatMap(({ wallMs }) => wallMs)),
    cpuSecondsPerAudioSecond: sum(runs.map(({ cpuMs }) => median(cpuMs))) / audioMs,
    ...(ours && { timesOurs: ratios(runs, ours, 'wallMs'), timesOurCpu: ratios(runs, ours, 'cpuMs') }),
    sameTextAsOurs: runs.filter(({ text }, index) => text === texts[index]?.text).length,
    runs,
  };
}

/** Clip by clip and round by round: the two runs of a pair saw the same load of the machine. */
function ratios(peer: readonly ClipRuns[], ours: readonly ClipRuns[], figure: 'wallMs' | 'cpuMs'): Spread {
  return spreadOf(peer.flatMap((runs, clip) => runs[figure].map((ms, round) => ms / (ours[clip]?.[figure][round] ?? Number.NaN))));
}

/** The table of {@link measureLatency}. */
export function formatLatency(figures: readonly LatencyFigures[]): string {
  const rows = figures.map((row) => [
    row.system,
    row.timesRealTime.toFixed(1),
    formatSpread(row.clipMs, 0),
    row.cpuSecondsPerAudioSecond.toFixed(4),
    row.timesOurs ? formatSpread(row.timesOurs) : '-',
    row.timesOurCpu ? formatSpread(row.timesOurCpu) : '-',
    `${row.sameTextAsOurs}/${row.runs.length}`,
  ]);
  const heads = ['one process, one thread', 'x real time', 'ms a clip', 'cpu s/audio s', 'time / ours', 'cpu / ours', 'text as ours'];
  return formatTable([heads, ...rows]);
}
