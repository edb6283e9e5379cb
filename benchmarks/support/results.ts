import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { progress, UsageError } from './command-line.ts';

const FOLDER = fileURLToPath(new URL('../results', import.meta.url));

/** What the figures were measured on. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly platform: string;
  readonly node: string;
  /** Load of the last minute: above a quarter of the cores at the start, the figures are those of a busy machine. */
  readonly loadAverage: number;
}

/** Describes this machine as it is now. */
export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${platform()} ${process.arch}`,
    node: process.version,
    loadAverage: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}

/** The machine in one line. */
export function formatMachine(machine: Machine): string {
  const { processor, cores, memoryGiB, node, loadAverage } = machine;
  return `${processor}, ${cores} cores, ${memoryGiB} GiB, ${machine.platform}, Node ${node}, load ${loadAverage} at the start`;
}

/**
 * Writes `results/NAME-TIME.json`.
 *
 * @returns The path of the file.
 */
export function writeResult(name: string, machine: Machine, result: Readonly<Record<string, unknown>>): string {
  const finishedAt = new Date().toISOString();
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `${name}-${finishedAt.replaceAll(':', '-')}.json`);
  writeFileSync(path, `${JSON.stringify({ name, finishedAt, machine, ...result }, null, 2)}\n`);
  progress(`written: ${path}`);
  return path;
}

/**
 * What {@link writeResult} wrote for this benchmark.
 *
 * @param Result - What the benchmark writes; any part of it may be missing in the result of an older version.
 * @throws UsageError when the file cannot be read, or is none of this benchmark.
 */
export function readResult<Result extends object>(name: string, path: string): Partial<Result> {
  let result: (Partial<Result> & { readonly name?: unknown }) | null;
  try {
    result = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new UsageError(`${path} cannot be read as JSON`, { cause });
  }
  if (result?.name !== name) throw new UsageError(`${path} is not a result of bench:${name}`);
  return result;
}
