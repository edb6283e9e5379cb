import { createMetrics, METRICS, type MetricDefinition } from '@outspoken/monitoring';

/** A metric as a scrape describes it. */
export interface ExposedMetric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function labelsOf({ labels }: MetricDefinition): string {
  const rows = Object.entries(labels).map(([label, values]) =>
    values === 'configured' ? `\`${label}\`` : `\`${label}\`: ${values.map((value) => `\`${value}\``).join(' ')}`,
  );
  return rows.length === 0 ? '–' : rows.join('; ');
}

function rowOf(definition: MetricDefinition): string {
  const { name, type, unit, help, buckets } = definition;
  const meaning = buckets === undefined ? help : `${help} Buckets up to ${buckets.join(', ')}.`;
  return `| \`${name}\` | ${type} | ${unit} | ${labelsOf(definition)} | ${cell(meaning)} |`;
}

/** The figures of the process itself that a server exposes besides the catalogue. */
export async function processMetrics(): Promise<ExposedMetric[]> {
  const exposition = await createMetrics().exposition();
  return [...exposition.matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\S+)$/gm)]
    .map(([, name = '', help = '', type = '']) => ({ name, help, type }))
    .filter(({ name }) => !name.startsWith('outspoken_'));
}

/** The whole of `docs/metrics.md`. */
export async function metricsDocument(): Promise<string> {
  const ours = Object.values(METRICS).map(rowOf);
  const others = (await processMetrics()).map(({ name, type, help }) => `| \`${name}\` | ${type} | ${cell(help)} |`);
  return `# Metrics

What \`/metrics\` exposes. Written from the catalogue in [packages/monitoring](../packages/monitoring/README.md) by
\`UPDATE_DOCS=1 npx vitest run --project integration tests/metrics-doc.test.ts\`; a test fails when it is stale.
Rules, alerts and the dashboard that read it: [deploy](../deploy/README.md).

A label without values is chosen by the deployment; no label is ever chosen by a client, and none holds an id, a text or an address.
Every series with fixed labels is there at 0 from the first scrape. A histogram \`X\` is scraped as \`X_bucket\` (with the label \`le\`), \`X_sum\`
and \`X_count\`.

## The server's own

| name | type | unit | labels | meaning |
|---|---|---|---|---|
${ours.join('\n')}

## The process

Of the process that holds the sockets; workers and file readers are processes of their own. Some exist on Linux only.

| name | type | meaning |
|---|---|---|
${others.join('\n')}
`;
}
