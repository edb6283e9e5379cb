import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const APP = join(dirname(fileURLToPath(import.meta.url)), '../../apps/server');

/** The real server in a process of its own, as `pnpm start` runs it. */
export class ServerProcess {
  readonly url: string;
  readonly startupMs: number;
  readonly #child: ChildProcess;
  readonly #log: string[];

  private constructor(child: ChildProcess, url: string, startupMs: number, log: string[]) {
    this.#child = child;
    this.url = url;
    this.startupMs = startupMs;
    this.#log = log;
  }

  /**
   * Starts the server and resolves when it has printed its address. Unless told otherwise it hears each clip once: the same text at any load,
   * and second looks would take the cores from the browsers that share them.
   */
  static async start(flags: readonly string[] = []): Promise<ServerProcess> {
    const startedAtMs = performance.now();
    const child = spawn(
      process.execPath,
      ['--conditions=@outspoken/source', '--import', 'tsx', 'src/main.ts', ...(flags.includes('--port') ? [] : ['--port', '0']), ...flags],
      { cwd: APP, stdio: ['ignore', 'pipe', 'pipe'], env: { OUTSPOKEN_EFFORT: 'fast', ...process.env } },
    );
    const log: string[] = [];
    child.stderr.setEncoding('utf8').on('data', (text: string) => log.push(text));
    const lines = createInterface({ input: child.stdout });
    const url = await new Promise<string>((resolve, reject) => {
      lines.on('line', (line) => {
        log.push(`${line}\n`);
        const address = /https?:\/\/\S+/.exec(line)?.[0];
        if (address) {
          resolve(address);
        }
      });
      child.once('exit', (code) => reject(new Error(`the server ended with code ${code} before it was ready:\n${log.join('')}`)));
    });
    return new ServerProcess(child, url, performance.now() - startedAtMs, log);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** All that the server has written so far. */
  get log(): string {
    return this.#log.join('');
  }

  /** Resolves when the server has written this, be it before or after the call. */
  async logged(text: string): Promise<void> {
    while (!this.log.includes(text)) {
      if (!this.#child.stderr) throw new Error('the server has no log');
      await once(this.#child.stderr, 'data');
    }
  }

  /** The value of each series in `/metrics`, by its name with labels. */
  async metrics(): Promise<Map<string, number>> {
    const text = await (await fetch(new URL('metrics', this.url))).text();
    const rows = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(rows.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
  }

  /** Sends a signal and resolves with the exit code, or the signal's name when it was killed by one. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
      return this.#child.exitCode ?? this.#child.signalCode ?? 'unknown';
    }
    this.#child.kill(signal);
    const [code, killedBy] = (await once(this.#child, 'exit')) as [number | null, string | null];
    return code ?? killedBy ?? 'unknown';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL');
  }
}
