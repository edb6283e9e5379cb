import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { METRICS } from '@outspoken/monitoring';
import { parse } from 'yaml';
import { processMetrics } from './metrics-doc.ts';
import { selectorsIn } from './promql.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
/** The folder that this file is about. */
export const DEPLOY = join(ROOT, 'deploy');
/** The folder with a page for each alert. */
export const RUNBOOKS = join(ROOT, 'docs/runbooks');
/** The rule files, as absolute paths. */
export const RULE_FILES = ['recording.yml', 'alerts.yml'].map((name) => join(DEPLOY, 'prometheus/rules', name));

/** A rule that is recorded under a new name. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

/** A rule that warns. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** One query of the dashboard. */
export interface PanelQuery {
  readonly panel: string;
  readonly expr: string;
}

/** The part of a Grafana panel that is looked at. */
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: readonly { readonly expr: string; readonly refId: string; readonly datasource: { readonly uid: string } }[];
}

/** The part of a Grafana dashboard that is looked at. */
export interface Dashboard {
  readonly title: string;
  readonly uid?: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string; readonly definition?: string }[] };
}

/** The group names of a rule file, in order. */
export function ruleGroups(path: string): { readonly name: string; readonly rules: readonly (RecordingRule | AlertRule)[] }[] {
  return (parse(readFileSync(path, 'utf8')) as { groups: { name: string; rules: (RecordingRule | AlertRule)[] }[] }).groups;
}

const RULES = RULE_FILES.flatMap(ruleGroups).flatMap(({ rules }) => rules);
/** Every recording rule. */
export const RECORDING_RULES = RULES.filter((rule): rule is RecordingRule => 'record' in rule);
/** Every alert rule. */
export const ALERT_RULES = RULES.filter((rule): rule is AlertRule => 'alert' in rule);
/** The dashboard. */
export const DASHBOARD = JSON.parse(readFileSync(join(DEPLOY, 'grafana/dashboards/outspoken.json'), 'utf8')) as Dashboard;

/** Every query of the dashboard, with its variables as Grafana would fill them in. */
export function dashboardQueries(variables: Readonly<Record<string, string>>): PanelQuery[] {
  return DASHBOARD.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ panel: title, expr: expr.replaceAll(/\$(\w+)/g, (whole, name: string) => variables[name] ?? whole) })),
  );
}

/** Every query that a runbook tells its reader to run. */
export function runbookQueries(): PanelQuery[] {
  return readdirSync(RUNBOOKS).flatMap((name) => {
    const page = readFileSync(join(RUNBOOKS, name), 'utf8');
    return [...page.matchAll(/^```promql\n([\s\S]*?)^```$/gm)].map(([, expr = '']) => ({ panel: name, expr: expr.trim() }));
  });
}

// What Prometheus itself says about a target and about its own health.
const WATCHER_METRICS = [
  'up',
  'scrape_duration_seconds',
  'scrape_samples_scraped',
  'prometheus_rule_evaluation_failures_total',
  'prometheus_config_last_reload_successful',
];
const TARGET_LABELS = ['job', 'instance'];

/** The name of the catalogue's metric that a scraped name belongs to. */
function definitionOf(name: string) {
  return Object.values(METRICS).find(
    (definition) =>
      definition.name === name || (definition.type === 'histogram' && name.replace(/_(bucket|sum|count)$/, '') === definition.name),
  );
}

/** What an expression says that no server will ever expose: metrics, labels, label values and bucket bounds. */
export async function strangersIn(expression: string): Promise<string[]> {
  const others = (await processMetrics()).flatMap(({ name, type }) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  );
  const known = new Set([...WATCHER_METRICS, ...others, ...RECORDING_RULES.map(({ record }) => record)]);
  return selectorsIn(expression).flatMap(({ name, matchers }) => {
    const definition = definitionOf(name);
    if (definition === undefined) {
      return known.has(name) ? [] : [name];
    }
    const labels: Readonly<Record<string, readonly string[] | 'configured'>> = definition.labels;
    const bounds = 'buckets' in definition && name.endsWith('_bucket') ? [...definition.buckets.map(String), '+Inf'] : undefined;
    return matchers.flatMap(({ label, values }) => {
      const allowed = label === 'le' ? bounds : TARGET_LABELS.includes(label) ? 'configured' : labels[label];
      return allowed === 'configured'
        ? []
        : values.filter((value) => !allowed?.includes(value)).map((value) => `${name}{${label}="${value}"}`);
    });
  });
}
