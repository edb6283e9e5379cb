/**
 * Claim: our text from the published weights is better than that of anybody else who runs them; the table says where, and where not yet.
 *
 *   npx -y pnpm@10 bench:accuracy [--only ROWS] [--systems SYSTEMS] [--shifts 0,10,20] [--clips N] [--graph NAME] [--help]
 *
 * All hear the very same samples, whole files and the clips that our detector cuts, so that what the engine does and what the cut does
 * can be told apart. Needs ffmpeg on the path, and the data in $OUTSPOKEN_DATA (default ../shared/data); without it, it says so and ends.
 */
import { availableParallelism } from 'node:os';
import { clipPolicyId, DEFAULT_CLIP_POLICY } from '@outspoken/audio';
import { DEFAULT_BOOTSTRAP_OPTIONS, WHISPER_ENGLISH } from '@outspoken/evaluation';
import { calibrate, formatCalibration } from './accuracy/calibration.ts';
import { hearAll } from './accuracy/hearing.ts';
import { LISTENER_NAMES, WAYS, waysOf } from './accuracy/listener.ts';
import { GROUPS, readMaterial } from './accuracy/material.ts';
import { figureOf } from './accuracy/row.ts';
import { cutAll } from './accuracy/said.ts';
import { formatCutCosts, formatCutGoal, formatEngineGains, formatFigures, type Hearing, heardBy, rowsOf } from './accuracy/tables.ts';
import { progress, readInteger, readOptions, runBenchmark, UsageError } from './support/command-line.ts';
import { DEV_DATA_FOLDER, hasDevData } from './support/dev-data.ts';
import { DEFAULT_GRAPH, GRAPHS_TEXT, readGraph } from './support/graph-choice.ts';
import { describeMachine, formatMachine, writeResult } from './support/results.ts';

const HELP = `
Words that go wrong, by kind of recording, for our recognizer and its peers: whole files and our own cuts, with 95 % intervals over speakers.

  --only A,B        only these rows: ${GROUPS.join(', ')}
  --systems A,B     only these columns: ${LISTENER_NAMES.join(', ')}
  --shifts A,B      milliseconds dropped from the start of every file; the errors of all are averaged, since where a file begins moves
                    greedy text by about a point (default 0, at most 100 each)
  --clips N         only the first N recordings of each kind
  --graph NAME      graphs of our own recognizer: ${GRAPHS_TEXT} (default ${DEFAULT_GRAPH})
`;
/** More would take words away. */
const MAXIMUM_SHIFT_MS = 100;

function readList<const Name extends string>(flag: string, list: string | undefined, names: readonly Name[]): readonly Name[] {
  if (list === undefined) return names;
  const asked = list.split(',').map((word) => {
    const name = names.find((one) => one === word.trim());
    if (name === undefined) throw new UsageError(`${flag} must be a list of ${names.join(', ')}, got "${word}"`);
    return name;
  });
  return names.filter((name) => asked.includes(name));
}

function readShifts(list: string): number[] {
  const shifts = list.split(',').map((word) => readInteger('--shifts', word.trim() || '?', 0));
  const tooLong = shifts.find((shiftMs) => shiftMs > MAXIMUM_SHIFT_MS);
  if (tooLong !== undefined) throw new UsageError(`--shifts must be at most ${MAXIMUM_SHIFT_MS} ms each, got ${tooLong}`);
  return [...new Set(shifts)];
}

async function measure(): Promise<void> {
  const options = readOptions(HELP, {
    only: { type: 'string' },
    systems: { type: 'string' },
    shifts: { type: 'string', default: '0' },
    clips: { type: 'string' },
    graph: { type: 'string', default: DEFAULT_GRAPH },
  });
  const groups = readList('--only', options.only, GROUPS);
  const names = readList('--systems', options.systems, LISTENER_NAMES);
  const shiftsMs = readShifts(options.shifts);
  const limit = options.clips === undefined ? Number.POSITIVE_INFINITY : readInteger('--clips', options.clips, 1);
  if (!hasDevData()) {
    console.log(`no data in ${DEV_DATA_FOLDER}: nothing measured`);
    return;
  }
  const machine = describeMachine();
  const graph = await readGraph(options.graph);
  progress('reading the recordings');
  const items = await readMaterial(new Set(groups), limit);
  const said = await cutAll(items, shiftsMs);
  const heard = await hearAll(names, said, { graph, lanes: availableParallelism() });
  const hearing = { items, heard, names, shiftCount: shiftsMs.length };
  const settings = { graph, clipPolicyId: await clipPolicyId(DEFAULT_CLIP_POLICY), shiftsMs, ...(options.clips && { limit }) };
  console.log(formatMachine(machine));
  report(hearing, settings);
  writeResult('accuracy', machine, { normaliser: WHISPER_ENGLISH.id, ...settings, ...plainResult(hearing) });
}

function report(
  hearing: Hearing,
  {
    graph,
    clipPolicyId: policy,
    shiftsMs,
  }: { readonly graph: string; readonly clipPolicyId: string; readonly shiftsMs: readonly number[] },
): void {
  const { confidence, resamples, seed } = DEFAULT_BOOTSTRAP_OPTIONS;
  const shifts =
    shiftsMs.length === 1 && shiftsMs[0] === 0
      ? 'each file from its first sample; where it begins moves greedy text by about a point, see --shifts'
      : `each file from ${shiftsMs.join(', ')} ms on, errors averaged`;
  console.log(`words counted by ${WHISPER_ENGLISH.id}; our graphs: ${graph}; clip policy ${policy}; ${shifts}`);
  console.log(`in parentheses: ${100 * confidence} % interval over speakers, ${resamples} draws, seed ${seed}`);
  console.log(`\nOur own cuts\n\n${formatFigures(hearing, 'cuts')}`);
  if (hearing.names.some((name) => waysOf(name).includes('whole'))) {
    console.log(`\nWhole files\n\n${formatFigures(hearing, 'whole')}`);
    console.log(`\nWhat the cut does\n\n${formatCutCosts(hearing)}`);
  }
  const gains = formatEngineGains(hearing);
  if (gains !== undefined) console.log(`\nWhat the engine does\n\n${gains}`);
  console.log('');
  const cutGoal = formatCutGoal(hearing);
  if (cutGoal !== undefined) console.log(cutGoal);
  for (const way of WAYS) {
    const calibration = calibrate(heardBy(hearing, 'outspoken', way));
    const name = `expected calibration error of our words, sentences, ${way === 'cuts' ? 'our cuts' : 'whole files'}`;
    if (calibration) console.log(`${name}: ${formatCalibration(calibration)}`);
  }
  reportServer(hearing);
}

/** The road over the socket must change no text. */
function reportServer(hearing: Hearing): void {
  const texts = new Map(heardBy(hearing, 'outspoken', 'cuts').map(({ said, text }) => [said, text]));
  const compared = heardBy(hearing, 'server', 'cuts').filter(({ said }) => texts.has(said));
  if (compared.length === 0) return;
  const differing = compared.filter(({ said, text }) => text !== texts.get(said)).length;
  console.log(`texts of the server that are not those of the recognizer on the same cuts: ${differing} of ${compared.length}`);
}

function plainResult(hearing: Hearing): Record<string, unknown> {
  const rows = rowsOf(hearing).map((row) => ({
    name: row.name,
    unit: row.unit,
    goal: row.goal,
    figures: hearing.names.flatMap((listener) =>
      WAYS.flatMap((way) => {
        const figure = figureOf(row, heardBy(hearing, listener, way), hearing.shiftCount);
        return figure ? [{ listener, way, ...figure }] : [];
      }),
    ),
  }));
  const texts = hearing.heard.map(({ listener, way, said, clips, text }) => {
    return { listener, way, id: said.item.id, shiftMs: said.shiftMs, text: clips ? text : null, clips: clips?.length };
  });
  const calibration = Object.fromEntries(WAYS.map((way) => [way, calibrate(heardBy(hearing, 'outspoken', way))]));
  return { rows, calibration, texts };
}

await runBenchmark(measure);
