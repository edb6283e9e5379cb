import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALERT_RULES, DASHBOARD, dashboardQueries, RECORDING_RULES, RULE_FILES, runbookQueries } from './support/deployment.ts';
import { PrometheusProcess } from './support/prometheus.ts';
import { selectorsIn } from './support/promql.ts';
import { ServerProcess } from './support/server-process.ts';
import { Traffic } from './support/traffic.ts';

// From the start of the traffic until everything must have been seen; after it, one look each.
const WARM_UP_MS = 60_000;
const POLL_MS = 250;
// Grafana's: four scrapes at least.
const VARIABLES = { job: 'outspoken', instance: '.*', ['__rate_interval']: '10s' };

let server: ServerProcess;
let prometheus: PrometheusProcess;
let traffic: Traffic;
let warmAtMs: number;

beforeAll(async () => {
  server = await ServerProcess.start(['--log-level', 'warn']);
  prometheus = await PrometheusProcess.start({ target: `127.0.0.1:${server.port}`, ruleFiles: RULE_FILES });
  traffic = Traffic.start(server.url);
  warmAtMs = performance.now() + WARM_UP_MS;
});

afterAll(async () => {
  await traffic?.stop();
  await prometheus?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

/** Asks again until the answer is a figure: the first scrapes and the first clips take their time. */
async function figureOf(expression: string): Promise<string> {
  for (;;) {
    traffic.check();
    const samples = await prometheus.query(expression);
    if (samples.some(({ value }) => Number.isFinite(value))) {
      return 'a figure';
    }
    if (performance.now() > warmAtMs) {
      return samples.length === 0 ? 'nothing' : `only ${samples[0]?.value}`;
    }
    await wait(POLL_MS);
  }
}

describe('on a server under traffic', () => {
  // Not one may be empty: the traffic makes refusals too, and what has not happened, such as a restart, is exposed as 0.
  test.each(dashboardQueries(VARIABLES))('the panel "$panel" draws $expr', async ({ expr }) => {
    expect(await figureOf(expr)).toBe('a figure');
  });

  test.each(RECORDING_RULES)('$record is recorded, and its expression gives a figure', async ({ record, expr }) => {
    expect(await figureOf(expr)).toBe('a figure');
    expect(await figureOf(record)).toBe('a figure');
  });

  test.each(ALERT_RULES)('$alert ($labels.severity) reads series that are there', async ({ expr }) => {
    await prometheus.query(expr);
    for (const { text } of selectorsIn(expr)) {
      expect(await figureOf(text), text).toBe('a figure');
    }
  });

  test.each(runbookQueries())('the page $panel can ask $expr', async ({ expr }) => {
    await prometheus.query(expr);
    for (const { text } of selectorsIn(expr)) {
      expect(await figureOf(text), text).toBe('a figure');
    }
  });

  test('the variables of the dashboard find the server', async () => {
    const variables = DASHBOARD.templating.list.filter(({ type }) => type === 'query');
    expect(variables.map(({ name }) => name)).toEqual(['job', 'instance']);
    for (const { definition = '' } of variables) {
      const [, selector = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(definition) ?? [];
      expect(await prometheus.labelValues(label, selector.replace('$job', 'outspoken'))).toEqual([
        label === 'job' ? 'outspoken' : `127.0.0.1:${server.port}`,
      ]);
    }
  });

  test('every rule is evaluated without an error, and no alert fires', async () => {
    const rules = await prometheus.rules();
    expect(rules).toHaveLength(RECORDING_RULES.length + ALERT_RULES.length);
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
    expect(rules.filter(({ state }) => state === 'firing').map(({ name }) => name)).toEqual([]);
  });
});
