import { constants } from 'node:fs';
import { access, lstat, mkdir, open, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CliError, codeOf } from '../cli-error.ts';
import type { Input } from '../input/input.ts';
import type { TemporaryFiles } from '../temporary-files.ts';
import { FORMATS, type Format, render } from './format.ts';
import type { Output } from './stream-output.ts';
import type { Result } from './transcript-document.ts';

/** What to do with a result that is there from an earlier run: refuse to begin, replace it, or leave its recording out. */
export type ExistingPolicy = 'refuse' | 'replace' | 'skip';

/** Options of {@link planFolder}. */
export interface FolderOptions {
  /** Folder of the results; absolute. */
  readonly folder: string;
  readonly format: Format;
  readonly existing: ExistingPolicy;
  readonly platform?: NodeJS.Platform;
}

/** Which file each recording will be written to. */
export interface FolderPlan {
  readonly targets: ReadonlyMap<Input, string>;
  /** Recordings whose result is there and stays. */
  readonly skipped: readonly Input[];
}

/**
 * Decides where every result goes, before any work: finds two recordings that would be written to one file, and results that are
 * there already.
 *
 * @throws {@link CliError} `usage` with the names, or `output_failed` when the folder cannot be written.
 */
export async function planFolder(inputs: readonly Input[], options: FolderOptions): Promise<FolderPlan> {
  const { folder, format, existing } = options;
  const isCaseBlind = ['win32', 'darwin'].includes(options.platform ?? process.platform);
  const identityOf = (path: string): string => (isCaseBlind ? path.toLowerCase() : path);
  const targets = new Map<Input, string>();
  const owners = new Map<string, Input>();
  for (const input of inputs) {
    const path = join(folder, `${input.stem}.${FORMATS[format].extension}`);
    const owner = owners.get(identityOf(path));
    if (owner) {
      throw new CliError('usage', `${owner.name} and ${input.name} would both be written to ${path}, transcribe them into two folders`);
    }
    const source = inputs.find((other) => other.path !== undefined && identityOf(other.path) === identityOf(path));
    if (source) {
      throw new CliError('usage', `the result of ${input.name} would overwrite the recording ${source.name}, choose another --out`);
    }
    owners.set(identityOf(path), input);
    targets.set(input, path);
  }
  await prepareFolder(folder);
  const present = await Promise.all(inputs.map((input) => isPresent(targets.get(input) ?? '')));
  const old = inputs.filter((_, index) => present[index]);
  if (existing === 'refuse' && old[0]) {
    const rest = old.length === 1 ? 'is' : `and ${old.length - 1} more are`;
    throw new CliError('usage', `${targets.get(old[0])} ${rest} there already, add --force to replace or --skip-existing to keep`);
  }
  return { targets, skipped: existing === 'skip' ? old : [] };
}

async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (cause) {
    throw new CliError('output_failed', `cannot write to ${folder} (${codeOf(cause)}), choose another --out`, { cause });
  }
}

async function isPresent(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** Results as files. Each is written under another name first, so that nobody ever finds half of one. */
export class FolderOutput implements Output {
  readonly #format: Format;
  readonly #plan: FolderPlan;
  readonly #temporaryFiles: TemporaryFiles;

  constructor(options: { readonly format: Format; readonly plan: FolderPlan; readonly temporaryFiles: TemporaryFiles }) {
    this.#format = options.format;
    this.#plan = options.plan;
    this.#temporaryFiles = options.temporaryFiles;
  }

  async put(input: Input, result: Result | undefined): Promise<void> {
    const path = this.#plan.targets.get(input);
    if (result === undefined || path === undefined) {
      return;
    }
    const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
    try {
      await mkdir(dirname(path), { recursive: true });
      this.#temporaryFiles.add(temporary);
      await using handle = await open(temporary, 'w');
      await handle.writeFile(render(this.#format, input.name, result));
      await handle.sync();
      await rename(temporary, path);
      this.#temporaryFiles.forget(temporary);
    } catch (cause) {
      await this.#temporaryFiles.remove(temporary);
      throw new CliError('output_failed', `cannot write ${path} (${codeOf(cause)}), make room or choose another --out`, { cause });
    }
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }
}
