import type { EditOperation } from '../errors/alignment.ts';
import type { Interval } from '../summary/bootstrap.ts';
import type { SliceSummary, Summary } from '../summary/slices.ts';
import { type EvaluationReport, worstClips } from './evaluation-report.ts';

/** Heads of the table of slices, in every form of the report. */
export const SLICE_HEADS = ['slice', 'clips', 'speakers', 'empty', 'words', 'S', 'D', 'I', 'WER', '95 % interval', 'CER'] as const;

/** The cells of one row of the table of slices. */
export function sliceCells({ name, words, ...summary }: SliceSummary): string[] {
  const counts = [summary.clipCount, summary.speakerCount, summary.emptyCount, words.referenceCount];
  return [
    name,
    ...[...counts, words.substitutions, words.deletions, words.insertions].map(String),
    percentText(summary.wordErrorRatio),
    intervalText(summary.wordErrorInterval),
    percentText(summary.characterErrorRatio),
  ];
}

/** The rows of the table of slices, with all clips in the last one. */
export function sliceRows({ slices, total }: Pick<EvaluationReport, 'slices' | 'total'>): SliceSummary[] {
  return [...slices, named('all', total)];
}

/** `8.67 %`; a dash where there is no ratio. */
export function percentText(ratio: number | null): string {
  return ratio === null ? '-' : `${(100 * ratio).toFixed(2)} %`;
}

/** What a report says about its circumstances, as names and values. */
export function circumstances(report: EvaluationReport): (readonly [name: string, value: string])[] {
  const { system, normaliser, bootstrap, plannedCount, clips, failures } = report;
  const roads = { cut: 'cut as on the edge', whole: 'each file in one piece', server: 'by a server' } as const;
  return [
    ['manifest', report.manifest],
    ['clips heard', `${clips.length} of ${plannedCount}${report.isStopped ? ', the run was stopped' : ''}`],
    ...(failures.length === 0 ? [] : [['not heard', String(failures.length)] as const]),
    ['model', system.model ?? 'not known'],
    ['graph', system.graph ?? 'not known'],
    ['road', roads[system.road]],
    ['clip policy', system.clipPolicyId ?? (system.road === 'whole' ? 'none' : 'not known')],
    ['normaliser', `${normaliser.id}: ${normaliser.description}`],
    ['intervals', `${100 * bootstrap.confidence} %, ${bootstrap.resamples} draws of speakers, seed ${bootstrap.seed}`],
    ['date', report.createdAt],
    ['commit', report.commit ?? 'not known'],
  ];
}

/**
 * The report for a terminal, without colours.
 *
 * @param worstCount - Clips whose words are shown.
 */
export function formatReportText(report: EvaluationReport, worstCount: number): string {
  const { unlabelled, failures } = report;
  const sections = [
    formatTable([[report.sliceField ?? 'slice', ...SLICE_HEADS.slice(1)], ...sliceRows(report).map(sliceCells)]),
    ...(unlabelled.clipCount === 0
      ? []
      : [`${unlabelled.clipCount} clips without a text, ${unlabelled.emptyCount} of them heard as nothing`]),
    ...worstSection(report, worstCount),
    ...(failures.length === 0 ? [] : [['not heard:', ...failures.map(({ audioPath, reason }) => `  ${audioPath}: ${reason}`)].join('\n')]),
    circumstances(report)
      .map(([name, value]) => `${name.padEnd(12)} ${value}`)
      .join('\n'),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** One line of words: `turn [the>a] light on [+now]`, `[-stop]`. */
function alignedText(operations: readonly EditOperation[]): string {
  return operations.map(wordText).join(' ');
}

function worstSection(report: EvaluationReport, worstCount: number): string[] {
  const worst = worstClips(report, worstCount);
  if (worst.length === 0) return [];
  const lines = worst.map(({ clip, operations }) => `  ${clip.audioPath}\n    ${alignedText(operations)}`);
  return [['most errors ([said>heard], [-not heard], [+not said]):', ...lines].join('\n')];
}

function wordText(operation: EditOperation): string {
  switch (operation.type) {
    case 'equal':
      return operation.reference;
    case 'substitution':
      return `[${operation.reference}>${operation.hypothesis}]`;
    case 'deletion':
      return `[-${operation.reference}]`;
    case 'insertion':
      return `[+${operation.hypothesis}]`;
    default:
      return operation satisfies never;
  }
}

function intervalText(interval: Interval | null): string {
  return interval === null ? '-' : `${(100 * interval.low).toFixed(2)} to ${(100 * interval.high).toFixed(2)}`;
}

function named(name: string, summary: Summary): SliceSummary {
  return { name, ...summary };
}

/** Columns as wide as their widest cell, the first to the left and the others to the right. */
function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '))
    .join('\n');
}
