import { formatMachine, type Machine } from '../support/results.ts';
import type { KneeFigures, KneeRatio, QpsResult } from './qps-result.ts';
import type { Latency, StepFigures } from './step-figures.ts';
import { LOAD_UNITS, type Mode } from './step-plan.ts';

/** Sampling of event loops by a timer of 10 ms shows at least that much. */
const SAMPLING_NOTE = '10 ms of it are the sampling';

/** A machine that had something else to do carries less. */
export const BUSY_NOTE = 'the machine was busy with something else at the start: these are not the figures of this machine';
const BUSY_LOAD_PER_CORE = 0.25;

/** Whether a machine had something else to do when the run started. */
export function isBusy({ loadAverage, cores }: Machine): boolean {
  return loadAverage > BUSY_LOAD_PER_CORE * cores;
}

/** A step in one line, for who watches. */
export function formatStepLine({
  target,
  mode,
  load,
  clipCount,
  latency,
  achievedPerSecond,
  effortRatios,
  failures,
  generator,
}: StepFigures): string {
  const verdict = failures.length === 0 ? 'carried' : `not carried (${failures.join(', ')})`;
  return (
    `${target}, ${formatLoad(mode, load)}: ${clipCount} clips, ${achievedPerSecond.toFixed(1)} finals/s, ` +
    `p95 ${latency ? latency.p95Ms.toFixed(0) : '-'} ms, ${formatEfforts(effortRatios) ?? 'effort unknown'}, ${verdict}${generator.isBottleneck ? ', the generator was slow itself' : ''}`
  );
}

/** A load with its unit. */
function formatLoad(mode: Mode, load: number): string {
  const unit = LOAD_UNITS[mode];
  return `${load} ${load === 1 ? unit.replace(/^(\w+)s$/, '$1') : unit}`;
}

/** A knee with its unit: a search can also end without a load that was carried, or without one that was not. */
export function formatKnee({ mode, load, failedLoad }: KneeFigures): string {
  if (load !== null) {
    return `${formatLoad(mode, load)}${failedLoad === null ? ' or more' : ''}`;
  }
  return failedLoad === null ? 'not looked for' : `less than ${formatLoad(mode, failedLoad)}`;
}

/** Everything that a run has found, as text. */
export function formatResult(result: QpsResult): string {
  const { machine, data, targets, limits, normaliser, settings } = result;
  const heading = [
    `${formatMachine(machine)}; commit ${result.commit}; seed ${settings['seed']}`,
    ...(isBusy(machine) ? [BUSY_NOTE] : []),
    `data: ${data.name}, ${data.recordings} recordings, ${data.clips} clips, ${data.audioSeconds.toFixed(0)} s of audio in clips`,
    ...targets.map(({ name, setting }) => `${name}: ${setting}`),
    `word errors by ${normaliser}; event-loop delay: ${SAMPLING_NOTE}`,
  ];
  const modes = [...new Set(result.steps.map(({ mode }) => mode))];
  const sections = modes.map((mode) => {
    const { p95Ms, troubleRatio, goodputRatio } = limits[mode];
    const rule = `carried: p95 <= ${p95Ms} ms, refusals and errors <= ${formatPercent(troubleRatio)}, goodput >= ${formatPercent(goodputRatio)}`;
    const steps = result.steps.filter((step) => step.mode === mode).sort((a, b) => a.target.localeCompare(b.target) || a.load - b.load);
    return [
      `\n== ${mode} (${rule})`,
      ...steps.map(formatStep),
      ...targets.map(({ name }) => formatKnees(result.knees.filter((knee) => knee.mode === mode && knee.target === name))),
      ...result.ratios.filter((ratio) => ratio.mode === mode).map(formatRatio),
    ].join('\n');
  });
  return [...heading, ...sections].join('\n');
}

/** p50, p95, p99 and the longest. */
function formatLatency(latency: Latency | null): string {
  return latency === null
    ? 'no finals'
    : `p50 ${latency.p50Ms.toFixed(0)}  p95 ${latency.p95Ms.toFixed(0)}  p99 ${latency.p99Ms.toFixed(0)}  max ${latency.maximumMs.toFixed(0)} ms`;
}

/** Counts by code in a row. */
export function formatCounts(counts: Readonly<Record<string, number>>): string {
  return (
    Object.entries(counts)
      .map(([code, count]) => `${code} ${count}`)
      .join(', ') || 'none'
  );
}

/** A ratio as a percentage. */
export function formatPercent(ratio: number): string {
  return `${Number((100 * ratio).toFixed(2))} %`;
}

/** Shares by effort in a row, the dearest first; undefined for a server that does not tell. */
export function formatEfforts(ratios: Readonly<Record<string, number>>): string | undefined {
  const shares = ['best', 'balanced', 'fast'].flatMap((effort) => {
    const ratio = ratios[effort];
    return ratio === undefined ? [] : `${effort} ${(100 * ratio).toFixed(0)} %`;
  });
  return shares.length === 0 ? undefined : `effort ${shares.join(', ')}`;
}

/** The knees of one server in one mode. */
function formatKnees(knees: readonly KneeFigures[]): string {
  const sorted = [...knees].sort((a, b) => (a.load ?? 0) - (b.load ?? 0));
  const middle = sorted[Math.ceil(sorted.length / 2) - 1];
  if (!middle) {
    return '';
  }
  const { target, step } = middle;
  const rounds = knees.map((knee) => knee.load ?? `< ${knee.failedLoad}`).join(', ');
  const at = step
    ? `: ${step.achievedPerSecond.toFixed(1)} clips/s, ${step.audioSecondsPerSecond.toFixed(1)} s of audio per second, ${formatLatency(step.latency)}, ${formatEfforts(step.effortRatios) ?? 'effort unknown'}`
    : '';
  const isBound = knees.some(({ isGeneratorBound }) => isGeneratorBound);
  return `KNEE of ${target}: ${formatKnee(middle)} (rounds ${rounds})${at}${isBound ? '; THE GENERATOR WAS SLOW ITSELF, the knee may be higher' : ''}`;
}

function formatRatio({ what, median, minimum, maximum }: KneeRatio): string {
  return `outspoken / sherpa-onnx at their knees, ${what}: ${median.toFixed(2)} (rounds ${minimum.toFixed(2)}-${maximum.toFixed(2)})`;
}

function formatStep(step: StepFigures): string {
  const { target, mode, load, round, failures, latency, refusals, serverRefusals, errors, generator } = step;
  const server = step.processes.map(({ role, cpuCores, memoryMiB }) => `${role} ${cpuCores.toFixed(2)} cores ${memoryMiB.toFixed(0)} MiB`);
  return `
${target}, ${formatLoad(mode, load)}, round ${round}: ${failures.length === 0 ? 'carried' : `NOT carried (${failures.join(', ')})`}
  offered ${step.offeredPerSecond.toFixed(2)}/s, finals ${step.achievedPerSecond.toFixed(2)}/s, ${step.audioSecondsPerSecond.toFixed(1)} s of audio per second, ${step.clipCount} clips in ${step.windowSeconds.toFixed(0)} s
  end of speech -> final: ${formatLatency(latency)}${step.clipCount < 100 ? ' (fewer than 100 clips: p99 is the longest)' : ''}
  goodput ${formatPercent(step.goodputRatio)}, refused or failed ${formatPercent(step.troubleRatio)}, refusals ${formatCounts(refusals)}${serverRefusals ? ` (by reason, counted by the server in the window: ${formatCounts(serverRefusals)})` : ''}, retries ${step.retryCount}, errors ${formatCounts(errors)}
  word error rate ${step.wordErrorRatio === null ? 'not measured' : `${formatPercent(step.wordErrorRatio)} of ${step.referenceWords} words`}; ${formatEfforts(step.effortRatios) ?? 'effort unknown'}
  event-loop delay p99 of the server ${step.serverLoopDelayP99Ms === null ? 'unknown' : `${step.serverLoopDelayP99Ms.toFixed(1)} ms`}; processes: ${server.join(', ') || 'not measured'}
  generator ${generator.cpuCores.toFixed(2)} cores ${generator.memoryMiB.toFixed(0)} MiB, event-loop delay p99 ${generator.loopDelayP99Ms.toFixed(1)} ms, sends late p99 ${generator.sendLatenessP99Ms.toFixed(1)} ms${generator.isBottleneck ? ': IT WAS SLOW ITSELF' : ''}`;
}
