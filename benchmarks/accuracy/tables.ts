import type { PairedDifference } from '@outspoken/evaluation';
import { PEER_NAMES } from '../support/recognizer-protocol.ts';
import { formatMarkdownTable } from '../support/table.ts';
import type { Heard } from './hearing.ts';
import { EFFORT_OF, type ListenerName, OUR_NAMES, WAYS, type Way, waysOf } from './listener.ts';
import type { Item } from './material.ts';
import { differenceOf, type Figure, figureOf, isReached, ROWS, type Row } from './row.ts';

/** All that was heard, and how to read it. */
export interface Hearing {
  readonly items: readonly Item[];
  readonly heard: readonly Heard[];
  readonly names: readonly ListenerName[];
  readonly shiftCount: number;
}

const TITLES: Readonly<Record<ListenerName, string>> = {
  outspoken: 'outspoken',
  balanced: 'outspoken, balanced',
  best: 'outspoken, best',
  server: 'outspoken, by its server',
  'plain-loop': "plain loop, as moonshine-js's",
  'sherpa-onnx': 'sherpa-onnx',
  'transformers.js': 'transformers.js',
};
/** Of the cut, in the sentences. */
const CUT_GOAL_POINTS = 0.3;

/** The rows of which there is something to hear. */
export function rowsOf({ items }: Hearing): Row[] {
  return ROWS.filter((row) => items.some(row.holds));
}

/** What a system heard in one way. */
export function heardBy({ heard }: Hearing, name: ListenerName, way: Way): Heard[] {
  return heard.filter((one) => one.listener === name && one.way === way);
}

/** A figure for each row and system. */
export function formatFigures(hearing: Hearing, way: Way): string {
  const names = hearing.names.filter((name) => waysOf(name).includes(way));
  const ours = OUR_NAMES.filter((name) => names.includes(name));
  const hasGoals = way === 'cuts' && ours.length > 0;
  const rows = rowsOf(hearing).filter((row) => way === 'cuts' || !row.isOnlyCut);
  const heads = ['row', 'of', 'speakers', ...(hasGoals ? ['goal', 'reached'] : []), ...names.map((name) => TITLES[name])];
  const cells = rows.map((row) => {
    const figures = names.map((name) => figureOf(row, heardBy(hearing, name, way), hearing.shiftCount));
    const total = Math.max(...figures.map((figure) => figure?.total ?? 0));
    const reached = ours.filter((name) => {
      const figure = figures[names.indexOf(name)];
      return figure !== undefined && isReached(row, figure);
    });
    const goal = row.goal === undefined ? ['', ''] : [goalText(row), reached.map((name) => EFFORT_OF[name]).join(', ') || 'no'];
    return [
      row.name,
      `${Math.round(total)} ${row.unit}`,
      speakersText(hearing.items.filter(row.holds)),
      ...(hasGoals ? goal : []),
      ...figures.map((figure) => figureText(row, figure)),
    ];
  });
  return formatMarkdownTable([heads, ...cells]);
}

/** For each system: our cuts less whole files. */
export function formatCutCosts(hearing: Hearing): string {
  const names = hearing.names.filter((name) => waysOf(name).length > 1);
  const cells = comparedRows(hearing).map((row) => [
    row.name,
    ...names.map((name) => differenceText(row, differenceOf(row, heardBy(hearing, name, 'whole'), heardBy(hearing, name, 'cuts')))),
  ]);
  return formatMarkdownTable([['our cuts less whole files, points', ...names.map((name) => TITLES[name])], ...cells]);
}

/** For each other system: it less ours on the very same samples; undefined when there is nothing to compare. */
export function formatEngineGains(hearing: Hearing): string | undefined {
  const peers = PEER_NAMES.filter((name) => hearing.names.includes(name));
  if (peers.length === 0 || !hearing.names.includes('outspoken')) return undefined;
  const columns = WAYS.flatMap((way) => peers.map((name) => ({ way, name })));
  const cells = comparedRows(hearing).map((row) => [
    row.name,
    ...columns.map(({ way, name }) =>
      differenceText(row, differenceOf(row, heardBy(hearing, 'outspoken', way), heardBy(hearing, name, way))),
    ),
  ]);
  const heads = columns.map(({ way, name }) => `${name}, ${way === 'cuts' ? 'our cuts' : 'whole files'}`);
  return formatMarkdownTable([['peer less outspoken, points', ...heads], ...cells]);
}

/** How far the cut of our own recognizer is from hand-cut sentences; undefined where they were not heard. */
export function formatCutGoal(hearing: Hearing): string | undefined {
  const row = rowsOf(hearing).find(({ group }) => group === 'sentences');
  const cost = row && differenceOf(row, heardBy(hearing, 'outspoken', 'whole'), heardBy(hearing, 'outspoken', 'cuts'));
  if (!cost) return undefined;
  const isKept = 100 * cost.difference <= CUT_GOAL_POINTS;
  return `our own cuts against hand cuts, sentences: ${differenceText(row, cost)} points, goal at most +${CUT_GOAL_POINTS}: ${isKept ? 'reached' : 'missed'}`;
}

function comparedRows(hearing: Hearing): Row[] {
  return rowsOf(hearing).filter(({ isOnlyCut, group }) => !isOnlyCut && group !== 'noise');
}

function speakersText(items: readonly Item[]): string {
  const speakers = new Set(items.map(({ speaker }) => speaker));
  if (speakers.has(undefined)) return 'not known';
  if (items[0]?.group !== 'noise') return String(speakers.size);
  return speakers.size === 1 ? '1 recording' : `${speakers.size} recordings`;
}

function goalText({ shows, goal = Number.NaN }: Row): string {
  const percent = Number((100 * goal).toFixed(1));
  return shows === 'count' ? `≤ ${goal}` : shows === 'right' ? `≥ ${percent} %` : `≤ ${percent} %`;
}

function figureText({ shows }: Row, figure: Figure | undefined): string {
  if (!figure) return '-';
  const { errors, total, ratio, interval, heardCount, refusedCount } = figure;
  const refused = refusedCount === 0 ? '' : `, without ${round(refusedCount)} of ${round(heardCount + refusedCount)}, too long`;
  if (shows === 'count') return `${round(errors)} of ${round(total)}${refused}`;
  const turn = (value: number): number => 100 * (shows === 'right' ? 1 - value : value);
  const ends = interval ? [turn(interval.low), turn(interval.high)].sort((first, second) => first - second) : [];
  const [low, high] = ends.map((end) => end.toFixed(1));
  return `${turn(ratio).toFixed(2)} %${interval ? ` (${low} to ${high})` : ''}${refused}`;
}

/** In points of what the row shows. */
function differenceText({ shows }: Row, paired: PairedDifference | undefined): string {
  if (!paired) return '-';
  const turn = (value: number): number => (shows === 'right' ? -100 : 100) * value;
  const sign = (value: number, digits: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;
  const { difference, interval } = paired;
  const ends = interval ? [turn(interval.low), turn(interval.high)].sort((first, second) => first - second) : [];
  const [low, high] = ends.map((end) => sign(end, 1));
  return `${sign(turn(difference), 2)}${interval ? ` (${low} to ${high})` : ''}`;
}

/** A mean of counts: whole where it is. */
function round(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}
