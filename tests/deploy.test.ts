import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  ALERT_RULES,
  type AlertRule,
  DASHBOARD,
  DEPLOY,
  dashboardQueries,
  RECORDING_RULES,
  RULE_FILES,
  RUNBOOKS,
  ruleGroups,
  runbookQueries,
  strangersIn,
} from './support/deployment.ts';
import { IMAGE_ENVIRONMENT } from './support/dockerfile.ts';
import { findOrInstallPrometheus } from './support/prometheus.ts';
import { selectorsIn } from './support/promql.ts';

const RULE_TESTS = join(DEPLOY, 'prometheus/tests');
const run = promisify(execFile);

interface RuleTest {
  readonly name: string;
  readonly input_series: readonly { readonly series: string }[];
  readonly alert_rule_test: readonly {
    readonly alertname: string;
    readonly exp_alerts: readonly { readonly exp_labels: Readonly<Record<string, string>> }[];
  }[];
}

interface RuleTestFile {
  readonly group_eval_order: readonly string[];
  readonly tests: readonly RuleTest[];
}

const RULE_TEST_FILES = readdirSync(RULE_TESTS).map((name) => parse(readFileSync(join(RULE_TESTS, name), 'utf8')) as RuleTestFile);

/** Runs promtool and returns what it says against its input. */
async function promtool(...commandArguments: string[]): Promise<string> {
  const { promtool: program } = findOrInstallPrometheus();
  return run(program, commandArguments, { cwd: RULE_TESTS }).then(
    () => '',
    (error: { stdout?: string; stderr?: string }) => `${error.stdout}${error.stderr}`,
  );
}

describe('Prometheus', () => {
  test('takes the configuration and its rules', async () => {
    expect(await promtool('check', 'config', join(DEPLOY, 'prometheus/prometheus.yml'))).toBe('');
    expect(await promtool('check', 'rules', ...RULE_FILES)).toBe('');
  });

  test('alerts when it should and is silent when it should be', async () => {
    expect(await promtool('test', 'rules', ...readdirSync(RULE_TESTS))).toBe('');
  });

  test('rules are tested in the order in which they build on each other', () => {
    const order = RULE_FILES.flatMap(ruleGroups).map(({ name }) => name);
    expect(RULE_TEST_FILES.map((file) => file.group_eval_order)).toEqual(RULE_TEST_FILES.map(() => order));
  });

  test('recorded series are named level:metric:operation, and every one is read by something', () => {
    const readers = [...ALERT_RULES, ...RECORDING_RULES, ...dashboardQueries({}), ...runbookQueries()].map(({ expr }) => expr).join('\n');
    for (const { record } of RECORDING_RULES) {
      expect(record).toMatch(/^(instance|job)(_[a-z]+)*:outspoken_[a-z0-9_]+:[a-z0-9_]+$/);
    }
    expect(RECORDING_RULES.filter(({ record }) => record.startsWith('job:') && !readers.includes(record))).toEqual([]);
  });
});

/** The metrics that an alert looks at in the end, recorded ones taken apart. */
function rawMetricsOf(expression: string): string[] {
  return selectorsIn(expression).flatMap(({ name }) => {
    const recorded = RECORDING_RULES.find(({ record }) => record === name);
    return recorded === undefined ? [name] : rawMetricsOf(recorded.expr);
  });
}

function hasLabelsOf(rule: AlertRule, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(rule.labels).every(([label, value]) => labels[label] === value);
}

describe.each(ALERT_RULES)('the alert $alert ($labels.severity, $labels.long)', (rule) => {
  const cases = RULE_TEST_FILES.flatMap(({ tests }) => tests).flatMap((ruleTest) =>
    ruleTest.alert_rule_test
      .filter(({ alertname }) => alertname === rule.alert)
      .map(({ exp_alerts }) => ({ ruleTest, isFiring: exp_alerts.some(({ exp_labels }) => hasLabelsOf(rule, exp_labels)) })),
  );

  test('has a case in which it fires and one in which it does not', () => {
    expect(cases.map(({ isFiring }) => isFiring)).toEqual(expect.arrayContaining([true, false]));
  });

  test('is silent in spite of the series that it looks at, not for want of them', () => {
    const metrics = rawMetricsOf(rule.expr);
    for (const { ruleTest } of cases) {
      const given = ruleTest.input_series.map(({ series }) => series.split('{')[0]);
      expect(
        given.filter((name) => metrics.includes(name ?? '')),
        ruleTest.name,
      ).not.toEqual([]);
    }
  });

  test('says how bad it is, with its value, and where its page is', () => {
    expect(rule.labels['severity']).toMatch(/^(page|ticket)$/);
    expect(rule.annotations['summary']).toMatch(/\w/);
    expect(rule.annotations['description']).toContain('{{ $value');
    expect(rule.annotations['runbook_url']).toBe(`docs/runbooks/${rule.alert}.md`);
  });

  test('has a page that says what it means, how to look, what to do, and when not to', () => {
    const page = readFileSync(join(RUNBOOKS, `${rule.alert}.md`), 'utf8');
    expect(page.match(/^#+ .*$/gm)).toEqual([
      `# ${rule.alert}`,
      '## What it means',
      '## How to look',
      '## What to do',
      '## When it is a false alarm',
    ]);
    expect(page).toContain('```promql\n');
  });
});

test('every page belongs to an alert', () => {
  const alerts = new Set(ALERT_RULES.map(({ alert }) => `${alert}.md`));
  expect(readdirSync(RUNBOOKS).filter((name) => !alerts.has(name))).toEqual([]);
});

test('every relative link of the pages leads somewhere', () => {
  const pages = [join(DEPLOY, 'README.md'), ...readdirSync(RUNBOOKS).map((name) => join(RUNBOOKS, name))];
  const links = pages.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map(([, link = '']) => ({ page, link })),
  );
  expect(links.filter(({ page, link }) => !/^[a-z]+:/.test(link) && !existsSync(join(dirname(page), link)))).toEqual([]);
});

test('rules, dashboard and pages name no metric, label, value or bucket that a server does not have', async () => {
  const queries = [...ALERT_RULES, ...RECORDING_RULES, ...dashboardQueries({ job: 'a', instance: 'b' }), ...runbookQueries()];
  expect(queries.length).toBeGreaterThan(100);
  expect((await Promise.all(queries.map(({ expr }) => strangersIn(expr)))).flat()).toEqual([]);
});

test('the check for strangers finds them', async () => {
  const wrong =
    'outspoken_nonsense + outspoken_files_total{outcome="odd"} + outspoken_final_latency_seconds_bucket{le="0.4", colour="red"}';
  expect(await strangersIn(wrong)).toEqual([
    'outspoken_nonsense',
    'outspoken_files_total{outcome="odd"}',
    'outspoken_final_latency_seconds_bucket{le="0.4"}',
    'outspoken_final_latency_seconds_bucket{colour="red"}',
  ]);
});

describe('the dashboard', () => {
  const UNITS = ['reqps', 'ops', 's', 'percentunit', 'bytes', 'Bps', 'short', 'none'];
  const panels = DASHBOARD.panels.filter(({ type }) => type !== 'row');

  test('has a row for each question', () => {
    const rows = DASHBOARD.panels.filter(({ type }) => type === 'row').map(({ title }) => title);
    expect(rows).toEqual(['At a glance', 'Traffic', 'Latency by stage', 'Saturation', 'Recognition', 'Files', 'Edge saving', 'Process']);
  });

  test('explains each panel and gives it a unit', () => {
    expect(panels.filter(({ description }) => !description)).toEqual([]);
    expect(panels.filter(({ fieldConfig }) => !UNITS.includes(fieldConfig?.defaults.unit ?? ''))).toEqual([]);
  });

  test('can be imported anywhere: no id of a dashboard or data source of ours', () => {
    expect(DASHBOARD.uid).toBeUndefined();
    const sources = panels.flatMap(({ datasource, targets = [] }) => [datasource?.uid, ...targets.map((target) => target.datasource.uid)]);
    expect(sources.filter((uid) => !/^\$\{datasource\}$/.test(uid ?? ''))).toEqual([]);
    expect(DASHBOARD.templating.list.map(({ name }) => name)).toEqual(['datasource', 'job', 'instance']);
  });

  test('lays no panel over another and gives each its own number', () => {
    expect(new Set(DASHBOARD.panels.map(({ id }) => id)).size).toBe(DASHBOARD.panels.length);
    const cells = DASHBOARD.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...DASHBOARD.panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24);
  });
});

interface Service {
  readonly image: string;
  readonly ports: readonly string[];
  readonly volumes?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: object;
  readonly mem_limit: string;
  readonly read_only?: boolean;
  readonly cap_drop: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const COMPOSE = parse(readFileSync(join(DEPLOY, 'compose.yaml'), 'utf8')) as {
  services: Record<'server' | 'prometheus' | 'grafana', Service>;
  volumes: Record<string, unknown>;
};
describe('docker compose', () => {
  const services = Object.entries(COMPOSE.services);

  test('starts nothing whose version may change under it', () => {
    for (const [name, { image }] of services) expect(image, name).toMatch(/:v?\d+\.\d+\.\d+$/);
  });

  test('lets only this machine in, limits memory, and takes away what is not needed', () => {
    for (const [name, { ports, mem_limit, cap_drop }] of services) {
      expect(
        ports.every((port) => port.startsWith('127.0.0.1:')),
        name,
      ).toBe(true);
      expect(mem_limit, name).toMatch(/^\d+[gm]$/);
      expect(cap_drop, name).toEqual(['ALL']);
    }
    expect(COMPOSE.services.server.read_only).toBe(true);
    expect(COMPOSE.services.grafana.environment?.['GF_AUTH_ANONYMOUS_ORG_ROLE']).toBe('Viewer');
  });

  test('mounts what is there, read-only, or a volume that it declares', () => {
    const mounts = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')));
    expect(mounts.length).toBeGreaterThan(4);
    for (const [source = '', , mode] of mounts) {
      const isThere = source.startsWith('./') ? existsSync(join(DEPLOY, source)) && mode === 'ro' : source in COMPOSE.volumes;
      expect(isThere, source).toBe(true);
    }
  });

  test('waits for what it needs, and watches that each is well', () => {
    expect(COMPOSE.services.grafana.depends_on?.['prometheus']?.condition).toBe('service_healthy');
    expect(COMPOSE.services.prometheus.depends_on?.['server']?.condition).toBe('service_started');
    expect(COMPOSE.services.server.healthcheck).toBeDefined();
    expect(COMPOSE.services.prometheus.healthcheck).toBeDefined();
  });

  test('keeps uploads within the room that they have', () => {
    const { tmpfs = [], environment } = COMPOSE.services.server;
    const spool = tmpfs.find((mount) => mount.startsWith(`${IMAGE_ENVIRONMENT['OUTSPOKEN_SPOOL_FOLDER']}:`));
    const gibibytes = Number(/size=(\d+)g/.exec(spool ?? '')?.[1]);
    expect(Number(environment?.['OUTSPOKEN_MAXIMUM_SPOOL_BYTES'])).toBeLessThan(gibibytes * 2 ** 30);
  });

  test('scrapes the server under the name and port that it has here', () => {
    const { scrape_configs } = parse(readFileSync(join(DEPLOY, 'prometheus/prometheus.yml'), 'utf8'));
    expect(scrape_configs[0].static_configs[0].targets).toEqual([`server:${IMAGE_ENVIRONMENT['OUTSPOKEN_PORT']}`]);
  });

  test('shows Grafana the data source and the dashboards where it mounts them', () => {
    const read = (path: string) => parse(readFileSync(join(DEPLOY, 'grafana/provisioning', path), 'utf8'));
    expect(read('datasources/prometheus.yml').datasources[0].url).toBe('http://prometheus:9090');
    const [, folder] = COMPOSE.services.grafana.volumes!.find((volume) => volume.startsWith('./grafana/dashboards:'))!.split(':');
    expect(read('dashboards/outspoken.yml').providers[0].options.path).toBe(folder);
  });
});
