import type { EditOperation } from '../errors/alignment.ts';
import { drawBars } from './bar-picture.ts';
import { escapeHtml } from './escape-html.ts';
import { type AlignedClip, type EvaluationReport, worstClips } from './evaluation-report.ts';
import { circumstances, percentText, SLICE_HEADS, sliceCells, sliceRows } from './report-text.ts';

const STYLE = `
:root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --line: #d0d7de; --paper: #ffffff; --bar: #3b6fb6;
  --sub: #8a5300; --del: #b3261e; --ins: #1a6b3c; --subfill: #fff1d6; --delfill: #fde3e1; --insfill: #dcf3e4 }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9aa7b4; --line: #3a434d; --paper: #14181d; --bar: #6ea0e6;
  --sub: #f0c070; --del: #ff9d94; --ins: #7fdba0; --subfill: #3b2d10; --delfill: #43201d; --insfill: #16351f } }
body { margin: 2rem auto; max-width: 64rem; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--paper) }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2rem }
.wide { overflow-x: auto } table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: .25rem .7rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap }
th:first-child, td:first-child { text-align: left } tbody tr:last-child { font-weight: 600 }
svg { width: 100%; max-width: 44rem } svg text { font: 13px system-ui, sans-serif; fill: var(--text) } .bar { fill: var(--bar) }
.interval { stroke: var(--text); stroke-width: 1.5; fill: none } dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem }
dt, .note { color: var(--soft) } dd { margin: 0; overflow-wrap: anywhere } li { margin: .8rem 0 } code { overflow-wrap: anywhere }
.words { line-height: 2.1 } .edit { padding: .1rem .3rem; border-radius: .3rem; border: 1px solid; text-decoration: none; white-space: nowrap }
.edit b { font-size: .7rem; margin-right: .25rem } .sub { color: var(--sub); background: var(--subfill) }
.del { color: var(--del); background: var(--delfill) } .ins { color: var(--ins); background: var(--insfill) }
`;

/**
 * The report as one HTML page that loads nothing from anywhere: table, bars with intervals, the clips with the most errors.
 *
 * @param worstCount - Clips whose words are shown.
 */
export function formatReportPage(report: EvaluationReport, worstCount: number): string {
  const title = `Word errors of ${report.system.model ?? 'a recognizer'}: ${percentText(report.total.wordErrorRatio)}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<p class="note">Counted by ${escapeHtml(report.normaliser.id)}; figures of another normaliser cannot be compared with these.</p>
${drawBars(sliceRows(report))}
${sliceTable(report)}
${worstList(worstClips(report, worstCount))}
${failureList(report)}
<h2>How it was measured</h2>
<dl>
${circumstances(report)
  .map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`)
  .join('\n')}
</dl>
</body>
</html>
`;
}

function sliceTable(report: EvaluationReport): string {
  const heads = [report.sliceField ?? 'slice', ...SLICE_HEADS.slice(1)].map((head) => `<th scope="col">${escapeHtml(head)}</th>`).join('');
  const rows = sliceRows(report).map(
    (row) =>
      `<tr>${sliceCells(row)
        .map((cell) => `<td>${escapeHtml(cell)}</td>`)
        .join('')}</tr>`,
  );
  const { clipCount, emptyCount } = report.unlabelled;
  const note = clipCount === 0 ? '' : `<p class="note">${clipCount} clips without a text, ${emptyCount} of them heard as nothing.</p>`;
  return `<h2>By ${escapeHtml(report.sliceField ?? 'slice')}</h2>
<div class="wide"><table><thead><tr>${heads}</tr></thead><tbody>
${rows.join('\n')}
</tbody></table></div>
<p class="note">S substitutions, D deletions, I insertions; empty: clips heard as nothing.</p>${note}`;
}

function worstList(worst: readonly AlignedClip[]): string {
  if (worst.length === 0) return '';
  const items = worst.map(({ clip, operations }) => {
    const words = operations.map(wordHtml).join(' ');
    return `<li><code>${escapeHtml(clip.audioPath)}</code><div class="words">${words}</div></li>`;
  });
  return `<h2>Most errors</h2>
<p class="note">${wordHtml({ type: 'substitution', reference: 'said', referenceIndex: 0, hypothesis: 'heard', hypothesisIndex: 0 })}
${wordHtml({ type: 'deletion', reference: 'not heard', referenceIndex: 0 })} ${wordHtml({ type: 'insertion', hypothesis: 'not said', hypothesisIndex: 0 })}</p>
<ol>
${items.join('\n')}
</ol>`;
}

/** Each edit has its letter, so that nothing is told by colour alone. */
function wordHtml(operation: EditOperation): string {
  switch (operation.type) {
    case 'equal':
      return escapeHtml(operation.reference);
    case 'substitution':
      return `<span class="edit sub"><b>S</b>${escapeHtml(operation.reference)} → ${escapeHtml(operation.hypothesis)}</span>`;
    case 'deletion':
      return `<del class="edit del"><b>D</b>${escapeHtml(operation.reference)}</del>`;
    case 'insertion':
      return `<ins class="edit ins"><b>I</b>${escapeHtml(operation.hypothesis)}</ins>`;
    default:
      return operation satisfies never;
  }
}

function failureList({ failures }: EvaluationReport): string {
  if (failures.length === 0) return '';
  const items = failures.map(({ audioPath, reason }) => `<li><code>${escapeHtml(audioPath)}</code>: ${escapeHtml(reason)}</li>`);
  return `<h2>Not heard</h2>\n<ul>\n${items.join('\n')}\n</ul>`;
}
