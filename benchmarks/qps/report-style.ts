/** Style sheet of the report page: the colours of the system, one hue for each server, plots that keep their letters readable. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --ink: #1c1b19; --soft: #6b6760; --line: #dcd8d0; --paper: #fbfaf7; --sheet: #fff; --ours: #0b6e5f; --peer: #a8480f; --limit: #8b1e3f; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eceae4; --soft: #a19c92; --line: #3a3833; --paper: #171614; --sheet: #1f1e1b; --ours: #4fc9b2; --peer: #f0945a; --limit: #f08aa6; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 1.25rem 1rem 4rem; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; }
h2 { font-size: 1.2rem; margin: 0 0 .5rem; }
p { margin: 0 0 .5rem; max-width: 46rem; }
header p { color: var(--soft); font-size: .9rem; overflow-wrap: anywhere; }
section { margin-top: 2rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 15rem), 1fr)); gap: 1rem; margin-top: 1rem; }
.card { margin: 0; padding: 1rem; background: var(--sheet); border: 1px solid var(--line); border-radius: .5rem; }
.card h2 { font-size: 1rem; color: var(--soft); }
.card strong { font-size: 1.75rem; line-height: 1.1; }
.card small, .ratio { color: var(--soft); font-size: .85rem; }
.card .outspoken strong { color: var(--ours); }
.card .sherpa-onnx strong { color: var(--peer); }
.warning, header .warning { color: var(--limit); font-weight: 600; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 21rem), 1fr)); gap: 1rem; margin: 1rem 0; }
figure { margin: 0; padding: .5rem; background: var(--sheet); border: 1px solid var(--line); border-radius: .5rem; }
figure > svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--soft); font: 11px system-ui, sans-serif; }
svg .title { fill: var(--ink); font-weight: 600; font-size: 12px; }
.grid { stroke: var(--line); stroke-width: .5; fill: none; }
.axis { stroke: var(--soft); fill: none; }
.series path { fill: none; stroke: var(--hue); stroke-width: 1.25; }
.series circle { stroke: var(--hue); stroke-width: 1.25; fill: var(--hue); }
.series circle.failed { fill: var(--sheet); }
.series.p95 path { stroke-width: 2.5; }
.series.p50 path { stroke-dasharray: 5 3; }
.series.p99 path { stroke-dasharray: 1.5 3; }
.outspoken { --hue: var(--ours); }
.sherpa-onnx { --hue: var(--peer); }
.limit { --hue: var(--limit); }
.mark { stroke: var(--hue); stroke-dasharray: 2 3; fill: none; }
svg .note { fill: var(--hue); paint-order: stroke; stroke: var(--sheet); stroke-width: 3px; }
figcaption { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: .25rem .5rem; font-size: .8rem; color: var(--soft); }
.key svg { width: 1.75rem; height: .6rem; margin-right: .35rem; vertical-align: middle; }
summary { cursor: pointer; font-weight: 600; margin-bottom: .5rem; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; background: var(--sheet); }
table { border-collapse: collapse; font-size: .8rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
th, td { padding: .3rem .6rem; text-align: right; border-bottom: 1px solid var(--line); }
th[scope=row] { text-align: left; color: var(--hue); position: sticky; left: 0; background: var(--sheet); }
tr:last-child > * { border-bottom: 0; }
tr.failed td { color: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; font-size: .85rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .5rem; } }
`;
