import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findOrInstallSystemPart, type SystemPart } from './system-part.ts';

const HINT = 'install Prometheus 2, or set OUTSPOKEN_PROMETHEUS and OUTSPOKEN_PROMTOOL to its two programs';

const PROMETHEUS: SystemPart = {
  name: 'prometheus',
  variable: 'OUTSPOKEN_PROMETHEUS',
  commands: ['prometheus'],
  paths: ['/opt/homebrew/bin/prometheus', '/usr/local/bin/prometheus'],
  aptPackage: 'prometheus',
  hint: HINT,
};

const PROMTOOL: SystemPart = {
  name: 'promtool',
  variable: 'OUTSPOKEN_PROMTOOL',
  commands: ['promtool'],
  paths: ['/opt/homebrew/bin/promtool', '/usr/local/bin/promtool'],
  aptPackage: 'prometheus',
  hint: HINT,
};

/** The two programs of Prometheus. */
export interface PrometheusPrograms {
  /** The server. */
  readonly prometheus: string;
  /** What checks configurations and rules. */
  readonly promtool: string;
}

/** The Prometheus of this machine, installed first where there is none. */
export function findOrInstallPrometheus(): PrometheusPrograms {
  return { prometheus: findOrInstallSystemPart(PROMETHEUS), promtool: findOrInstallSystemPart(PROMTOOL) };
}

/** One series of an instant query. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A rule as Prometheus reports it. */
export interface RuleState {
  readonly name: string;
  readonly query: string;
  readonly health: string;
  readonly lastError?: string;
  /** Of an alert: `inactive`, `pending` or `firing`. */
  readonly state?: string;
}

type InstantData =
  | { readonly resultType: 'scalar'; readonly result: readonly [number, string] }
  | { readonly resultType: 'vector'; readonly result: readonly { metric: Record<string, string>; value: readonly [number, string] }[] };

/** A real Prometheus in a process of its own, with a folder of its own that goes with it. */
export class PrometheusProcess implements AsyncDisposable {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, folder: string, url: string) {
    this.#child = child;
    this.#folder = folder;
    this.url = url;
  }

  /** Starts it on a free port, and resolves when it listens. It scrapes a target every second, and itself, and evaluates the rules as often. */
  static async start({ target, ruleFiles }: { target: string; ruleFiles: readonly string[] }): Promise<PrometheusProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'outspoken-prometheus-'));
    const itself = join(folder, 'itself.json');
    const configuration = {
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: ruleFiles,
      scrape_configs: [
        { job_name: 'outspoken', static_configs: [{ targets: [target] }] },
        { job_name: 'prometheus', file_sd_configs: [{ files: [itself] }] },
      ],
    };
    // YAML takes JSON as it is.
    writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(configuration));
    const child = spawn(
      findOrInstallPrometheus().prometheus,
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        '--web.listen-address=127.0.0.1:0',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const log: string[] = [];
    const port = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stderr }).on('line', (line) => {
        log.push(line);
        const listening = /msg="Listening on" address=\S+:(\d+)/.exec(line)?.[1];
        if (listening) {
          resolve(listening);
        }
      });
      child.once('exit', (code) => {
        rmSync(folder, { recursive: true, force: true });
        reject(new Error(`prometheus ended with code ${code}:\n${log.join('\n')}`));
      });
    });
    // It finds this file as soon as it is there.
    writeFileSync(itself, JSON.stringify([{ targets: [`127.0.0.1:${port}`] }]));
    return new PrometheusProcess(child, folder, `http://127.0.0.1:${port}`);
  }

  /** The series that an expression gives now. @throws Error with Prometheus' words when it is none. */
  async query(expression: string): Promise<Sample[]> {
    const data = await this.#get<InstantData>('query', { query: expression });
    return data.resultType === 'scalar'
      ? [{ metric: {}, value: Number(data.result[1]) }]
      : data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  /** The values of a label among the series that a selector finds. */
  labelValues(label: string, selector: string): Promise<string[]> {
    return this.#get<string[]>(`label/${label}/values`, { 'match[]': selector });
  }

  /** Every rule, with what became of its last evaluation. */
  async rules(): Promise<RuleState[]> {
    const { groups } = await this.#get<{ groups: readonly { rules: readonly RuleState[] }[] }>('rules', {});
    return groups.flatMap(({ rules }) => rules);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGTERM');
      await once(this.#child, 'exit');
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #get<T>(path: string, parameters: Readonly<Record<string, string>>): Promise<T> {
    const response = await fetch(`${this.url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const answer = (await response.json()) as { status: string; error?: string; data: T };
    if (answer.status !== 'success') {
      throw new Error(`${JSON.stringify(parameters)}: ${answer.error}`);
    }
    return answer.data;
  }
}
