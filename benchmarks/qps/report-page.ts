import { median, sum } from '../support/quantiles.ts';
import { formatMachine } from '../support/results.ts';
import { BUSY_NOTE, formatCounts, formatEfforts, formatPercent, isBusy } from './console-report.ts';
import { drawPlot, escapeHtml, type Plot, type PlotPoint, type PlotSeries } from './plot.ts';
import type { KneeFigures, QpsResult } from './qps-result.ts';
import { REPORT_STYLE } from './report-style.ts';
import type { StepFigures } from './step-figures.ts';
import { LOAD_UNITS, MODES, type Mode, type TargetName } from './step-plan.ts';

const MODE_TEXTS: Readonly<Record<Mode, string>> = {
  talkers:
    'People who speak in real time, each on a socket of their own. Latency: from the moment at which the end of speech was due to its final.',
  open: 'Whole clips that arrive at random moments (Poisson), whether or not the server keeps up. Latency: from the intended moment, so that whatever waits counts.',
  closed:
    'Sockets that each send the next clip when the last one was answered. The figure to read is the throughput: a slow server is sent less.',
};
const PLAIN_PROTOCOL =
  'a plain WebSocket server: a whole clip in one message when it has ended, its text in another; nothing while somebody speaks, no limits, no retries';
const LATENCIES = { p50Ms: 'p50', p95Ms: 'p95', p99Ms: 'p99' } as const;

/** One page with everything in it: it loads nothing, and may be mailed. */
export function renderReport(result: QpsResult): string {
  const modes = MODES.filter((mode) => result.steps.some((step) => step.mode === mode));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Load and latency, ${escapeHtml(result.finishedAt.slice(0, 10))}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<main>
<header>
<h1>Load and latency</h1>
<p>${escapeHtml(formatMachine(result.machine))}</p>
<p>${escapeHtml(`${result.finishedAt}, commit ${result.commit}; data: ${result.data.name}, ${result.data.clips} clips, ${result.data.audioSeconds.toFixed(0)} s`)}</p>
${isBusy(result.machine) ? `<p class="warning">${BUSY_NOTE}</p>` : ''}
</header>
<div class="cards">${modes.map((mode) => renderCard(result, mode)).join('\n')}</div>
${modes.map((mode) => renderMode(result, mode)).join('\n')}
${renderSettings(result)}
</main>
</body>
</html>
`;
}

function renderCard({ knees, ratios, targets }: QpsResult, mode: Mode): string {
  const rows = targets.map(({ name }) => {
    const knee = middleKnee(knees, mode, name);
    const value = knee?.load === null ? `< ${knee.failedLoad}` : `${knee?.failedLoad === null ? '≥ ' : ''}${knee?.load ?? '–'}`;
    const audio = knee?.step ? `${knee.step.audioSecondsPerSecond.toFixed(1)} s of audio per second` : '';
    return `<p class="${name}"><strong>${escapeHtml(value)}</strong> ${LOAD_UNITS[mode]}<br><small>${name}${audio && ', '}${audio}</small></p>`;
  });
  const ratio = ratios.find((candidate) => candidate.mode === mode && candidate.what === (mode === 'closed' ? 'audio s/s' : 'load'));
  const comparison = ratio
    ? `<p class="ratio">${ratio.median.toFixed(2)} times the ${ratio.what === 'load' ? 'load' : 'audio'} (rounds ${ratio.minimum.toFixed(2)} to ${ratio.maximum.toFixed(2)})</p>`
    : '';
  return `<section class="card"><h2>${mode}</h2>${rows.join('')}${comparison}</section>`;
}

function renderMode(result: QpsResult, mode: Mode): string {
  const { p95Ms, troubleRatio, goodputRatio } = result.limits[mode];
  const steps = result.steps.filter((step) => step.mode === mode);
  const isBound = result.knees.some((knee) => knee.mode === mode && knee.isGeneratorBound);
  return `<section>
<h2 id="${mode}">${mode}</h2>
<p>${MODE_TEXTS[mode]}</p>
<p>Carried: p95 at most ${p95Ms} ms, refusals and errors at most ${formatPercent(troubleRatio)}, at least ${formatPercent(goodputRatio)} answered in time. The knee is the highest load that was; hollow points were not.</p>
${isBound ? '<p class="warning">Where the load was no longer carried, the load generator was slow itself: the knee may be higher.</p>' : ''}
<div class="plots">${[latencyPlot(result, mode, steps), throughputPlot(result, mode, steps)].map((plot) => `<figure>${drawPlot(plot)}${renderLegend(plot)}</figure>`).join('')}</div>
${renderTable(mode, steps)}
</section>`;
}

function latencyPlot(result: QpsResult, mode: Mode, steps: readonly StepFigures[]): Plot {
  const { p95Ms } = result.limits[mode];
  return {
    title: 'Latency against load',
    xLabel: LOAD_UNITS[mode],
    yLabel: 'ms',
    series: result.targets.flatMap(({ name }) =>
      (Object.keys(LATENCIES) as (keyof typeof LATENCIES)[]).map((quantile) => ({
        label: `${name} ${LATENCIES[quantile]}`,
        style: `${name} ${LATENCIES[quantile]}`,
        points: pointsOf(steps, name, ({ latency }) => latency?.[quantile]),
      })),
    ),
    levels: [{ value: p95Ms, label: `p95 limit ${p95Ms} ms`, style: 'limit' }],
    loads: kneeMarks(result, mode),
  };
}

function throughputPlot(result: QpsResult, mode: Mode, steps: readonly StepFigures[]): Plot {
  return {
    title: 'Throughput against load',
    xLabel: LOAD_UNITS[mode],
    yLabel: 's of audio per second',
    series: result.targets.map(
      ({ name }): PlotSeries => ({
        label: name,
        style: `${name} p95`,
        points: pointsOf(steps, name, (step) => step.audioSecondsPerSecond),
      }),
    ),
    levels: [],
    loads: kneeMarks(result, mode),
  };
}

function kneeMarks({ knees, targets }: QpsResult, mode: Mode): Plot['loads'] {
  return targets.flatMap(({ name }) => {
    const load = middleKnee(knees, mode, name)?.load;
    return typeof load === 'number' ? [{ value: load, label: `knee ${load}`, style: name }] : [];
  });
}

/** One point for each load: the median of its repeats, carried when at least half of them were. */
function pointsOf(steps: readonly StepFigures[], target: TargetName, figure: (step: StepFigures) => number | undefined): PlotPoint[] {
  const ours = steps.filter((step) => step.target === target && figure(step) !== undefined);
  return [...new Set(ours.map(({ load }) => load))].map((load) => {
    const repeats = ours.filter((step) => step.load === load);
    const carried = repeats.filter(({ failures }) => failures.length === 0);
    return { x: load, y: median(repeats.map((step) => figure(step) ?? Number.NaN)), isCarried: carried.length * 2 >= repeats.length };
  });
}

function renderLegend({ series }: Plot): string {
  return `<figcaption>${series.map(({ label, style }) => `<span class="key"><svg viewBox="0 0 24 8" aria-hidden="true"><g class="series ${style}"><path d="M1 4H23"/></g></svg>${escapeHtml(label)}</span>`).join('')}</figcaption>`;
}

function renderTable(mode: Mode, steps: readonly StepFigures[]): string {
  const heads = [
    [
      'server',
      LOAD_UNITS[mode],
      'round',
      'carried',
      'offered /s',
      'finals /s',
      'audio s/s',
      'clips',
      'p50 ms',
      'p95 ms',
      'p99 ms',
      'max ms',
    ],
    ['goodput', 'refusals', 'retries', 'errors', 'WER', 'effort', 'loop p99 ms', 'server cores', 'server MiB', 'generator'],
  ].flat();
  const rows = [...steps]
    .sort((a, b) => a.target.localeCompare(b.target) || a.load - b.load || a.round - b.round)
    .map((step) => {
      const cells = cellsOf(step).map((cell) => `<td>${escapeHtml(cell)}</td>`);
      return `<tr class="${step.failures.length === 0 ? 'carried' : 'failed'}"><th scope="row" class="${step.target}">${step.target}</th>${cells.join('')}</tr>`;
    });
  return `<details open><summary>All ${steps.length} steps</summary><div class="scroll" tabindex="0" role="region" aria-label="Steps of ${mode}"><table>
<thead><tr>${heads.map((head) => `<th scope="col">${escapeHtml(head)}</th>`).join('')}</tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div></details>`;
}

function cellsOf(step: StepFigures): string[] {
  const { latency, processes, generator } = step;
  const whole = (value: number | null | undefined): string => (typeof value === 'number' ? value.toFixed(0) : '–');
  const memory = processes.map(({ role, memoryMiB }) => `${role} ${memoryMiB.toFixed(0)}`);
  const cores = processes.map(({ role, cpuCores }) => `${role} ${cpuCores.toFixed(2)}`);
  return [
    String(step.load),
    String(step.round),
    step.failures.length === 0 ? 'yes' : `no: ${step.failures.join(', ')}`,
    step.offeredPerSecond.toFixed(2),
    step.achievedPerSecond.toFixed(2),
    step.audioSecondsPerSecond.toFixed(1),
    String(step.clipCount),
    whole(latency?.p50Ms),
    whole(latency?.p95Ms),
    whole(latency?.p99Ms),
    whole(latency?.maximumMs),
    formatPercent(step.goodputRatio),
    formatCounts(step.refusals),
    String(step.retryCount),
    formatCounts(step.errors),
    step.wordErrorRatio === null ? '–' : formatPercent(step.wordErrorRatio),
    formatEfforts(step.effortRatios)?.replace('effort ', '') ?? '–',
    step.serverLoopDelayP99Ms === null ? '–' : step.serverLoopDelayP99Ms.toFixed(1),
    cores.length === 0 ? '–' : `${sum(processes.map(({ cpuCores }) => cpuCores)).toFixed(2)} (${cores.join(', ')})`,
    memory.length === 0 ? '–' : `${whole(sum(processes.map(({ memoryMiB }) => memoryMiB)))} (${memory.join(', ')})`,
    `${generator.cpuCores.toFixed(2)} cores, loop ${whole(generator.loopDelayP99Ms)} ms, late ${whole(generator.sendLatenessP99Ms)} ms${generator.isBottleneck ? ': slow' : ''}`,
  ];
}

function renderSettings({ targets, settings, normaliser, command, machine }: QpsResult): string {
  const rows = [
    ['command', command],
    ...targets.map(({ name, setting }) => [name, setting]),
    ['machine', formatMachine(machine)],
    ...(targets.length > 1 ? [['protocol of sherpa-onnx', PLAIN_PROTOCOL]] : []),
    ['word errors', `${normaliser}; of recordings whose clips all came back within their step`],
    ['event-loop delay', 'of the process that holds the sockets; 10 ms of it are the sampling'],
    ['settings', JSON.stringify(settings)],
  ];
  return `<section><h2>How it was measured</h2><dl>${rows.map(([name = '', value = '']) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl></section>`;
}

function middleKnee(knees: readonly KneeFigures[], mode: Mode, target: TargetName): KneeFigures | undefined {
  const sorted = knees.filter((knee) => knee.mode === mode && knee.target === target).sort((a, b) => (a.load ?? 0) - (b.load ?? 0));
  return sorted[Math.ceil(sorted.length / 2) - 1];
}
