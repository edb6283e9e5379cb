/**
 * Each series of a server's `/metrics` by its name with labels; undefined when the server shows none.
 *
 * Reading also starts the next interval of the event-loop delay figures.
 */
export async function readServerMetrics(serverUrl: string): Promise<ReadonlyMap<string, number> | undefined> {
  const response = await fetch(new URL('metrics', serverUrl));
  if (!response.ok) {
    return undefined;
  }
  const rows = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(rows.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}

/** How much each series of a counter grew, by its value of one label; those that did not grow are left out. */
export function counterGrowth(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  counter: string,
  label: string,
): Record<string, number> {
  const growth: Record<string, number> = {};
  for (const [series, value] of after) {
    const name = series.startsWith(`${counter}{`) ? new RegExp(`[{,]${label}="([^"]*)"`).exec(series)?.[1] : undefined;
    const difference = value - (before.get(series) ?? 0);
    if (name !== undefined && difference > 0) {
      growth[name] = (growth[name] ?? 0) + difference;
    }
  }
  return growth;
}
