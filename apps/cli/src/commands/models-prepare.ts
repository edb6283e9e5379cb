import type { Settings } from '@outspoken/server-app';
import { EXIT_CODE } from '../exit-code.ts';
import { formatTable } from '../output/table.ts';
import { type Surroundings, write } from '../terminal.ts';

/** Options of `outspoken models prepare`. */
export interface ModelsPrepareOptions {
  readonly json?: boolean;
}

/** Builds the fast graphs of a model, so that the first start need not, and shows how each kind does on this processor. */
export async function prepareModels(
  model: Settings['model'],
  { json }: ModelsPrepareOptions,
  { stdout, stderr }: Pick<Surroundings, 'stdout' | 'stderr'>,
): Promise<number> {
  // With it comes the runtime, which no other command needs in this process.
  const { describeRecognizerEvent, prepareModel } = await import('@outspoken/server-app/prepare');
  const lines: string[] = [];
  const reports = await prepareModel(model, (event) => {
    const line = describeRecognizerEvent(model, event);
    if (line !== undefined) lines.push(`${line}\n`);
  });
  await write(stderr, lines.join(''));
  const rows = reports.map(({ graph, problem, timesRealTime, isChosen }) => [
    graph,
    problem ?? 'right',
    timesRealTime === undefined ? '' : `${timesRealTime.toFixed(0)} times real time`,
    isChosen ? 'chosen' : '',
  ]);
  await write(
    stdout,
    json ? `${JSON.stringify({ model, graphs: reports }, null, 2)}\n` : formatTable(['graphs', 'check', 'speed of one process', ''], rows),
  );
  return EXIT_CODE.ok;
}
