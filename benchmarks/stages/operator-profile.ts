import { sum } from '../support/quantiles.ts';

/** Operators that run graphs inside themselves: their own time is what is left without those. */
const CONTROL_FLOW = new Set(['If', 'Loop', 'Scan']);
/** The runtime stops to write events at a million (`kMaxEvents` in its profiler). */
const MAXIMUM_EVENTS = 1_000_000;

/** The part of an event of the runtime's profile that is read here; times in microseconds. */
interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly args?: { readonly op_name?: string };
}

/** Time in one type of operator. */
interface OperatorTime {
  readonly operator: string;
  readonly calls: number;
  readonly ms: number;
}

/** Where the time in the runs of a graph went. */
export interface OperatorProfile {
  /** The most expensive first. */
  readonly operators: readonly OperatorTime[];
  /** Time in runs outside of all operators. */
  readonly outsideMs: number;
  readonly totalMs: number;
  /** How often the node that ran most often ran: the steps of a decoder. */
  readonly mostRuns: number;
}

/** Adds up a profile of the runtime by type of operator. */
export function readOperatorProfile(text: string): OperatorProfile {
  const events = JSON.parse(text) as readonly ProfileEvent[];
  if (events.length >= MAXIMUM_EVENTS) throw new RangeError('the profile is cut off, take fewer clips');
  const totals = new Map<string, { calls: number; us: number }>();
  const runs = new Map<string, number>();
  let topLevelUs = 0;
  const open: { readonly endUs: number; readonly total: { us: number } }[] = [];
  const nodes = events.filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'));
  for (const { name, ts, dur, args } of nodes.sort((a, b) => a.ts - b.ts || b.dur - a.dur)) {
    const operator = args?.op_name ?? 'unknown';
    const total = totals.get(operator) ?? { calls: 0, us: 0 };
    totals.set(operator, total);
    total.calls += 1;
    total.us += dur;
    runs.set(name, (runs.get(name) ?? 0) + 1);
    while ((open.at(-1)?.endUs ?? Number.POSITIVE_INFINITY) <= ts) open.pop();
    const parent = open.at(-1);
    if (parent) parent.total.us -= dur;
    else topLevelUs += dur;
    if (CONTROL_FLOW.has(operator)) open.push({ endUs: ts + dur, total });
  }
  const totalUs = sum(events.filter(({ cat, name }) => cat === 'Session' && name === 'model_run').map(({ dur }) => dur));
  const operators = [...totals].map(([operator, { calls, us }]) => ({ operator, calls, ms: us / 1000 }));
  return {
    operators: operators.sort((a, b) => b.ms - a.ms),
    outsideMs: (totalUs - topLevelUs) / 1000,
    totalMs: totalUs / 1000,
    mostRuns: Math.max(0, ...runs.values()),
  };
}
