import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { type Numerals, type Redaction, textFormat } from '@outspoken/text';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../context.ts';
import { EXIT_CODE } from '../exit-code.ts';
import { failureText } from '../failure-text.ts';
import { findInputs } from '../input/find-inputs.ts';
import type { Input } from '../input/input.ts';
import { spool } from '../input/spool.ts';
import { type ExistingPolicy, FolderOutput, type FolderPlan, planFolder } from '../output/folder-output.ts';
import { FORMATS, type Format } from '../output/format.ts';
import { type Output, StreamOutput } from '../output/stream-output.ts';
import { forEachInParallel } from '../pool.ts';
import { TranscribeProgress } from '../progress/transcribe-progress.ts';
import { tell, write } from '../terminal.ts';
import { openTranscriber } from '../transcriber/open-transcriber.ts';
import type { Transcriber } from '../transcriber/transcriber.ts';

/** Options of `outspoken transcribe`. */
export interface TranscribeOptions {
  readonly format: Format;
  /** Folder for the results, as it was given. */
  readonly out?: string;
  /** Server that does the work; this machine when there is none. */
  readonly server?: URL;
  /** Recordings at once. */
  readonly jobs: number;
  /** Recognition processes of this machine. */
  readonly workers?: number;
  readonly effort?: string;
  /** Words and phrases that are expected: a list with commas, or a file. */
  readonly keywords?: string;
  readonly model?: string;
  readonly numerals?: Numerals;
  readonly maskProfanity?: boolean;
  readonly redact?: readonly Redaction[];
  readonly recursive?: boolean;
  readonly force?: boolean;
  readonly skipExisting?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** What a run needs at every step. */
interface Run {
  readonly context: CommandContext;
  readonly progress: TranscribeProgress;
  readonly output: Output;
  readonly transcriber: Transcriber;
  readonly signal: AbortSignal;
}

/**
 * Transcribes recordings.
 *
 * @returns The exit code; a recording that failed does not stop the others.
 * @throws {@link CliError} when nothing can be done at all.
 */
export async function transcribe(names: readonly string[], options: TranscribeOptions, context: CommandContext): Promise<number> {
  const exitCode = await context.runInterruptibly((signal) => run(names, options, context, signal));
  if (exitCode === undefined) {
    await tell(context.stderr, 'outspoken: stopped, results that were complete are kept\n');
    return EXIT_CODE.interrupted;
  }
  return exitCode;
}

async function run(names: readonly string[], options: TranscribeOptions, context: CommandContext, signal: AbortSignal): Promise<number> {
  const inputs = await findInputs(names, { folder: context.folder, isRecursive: options.recursive === true });
  const isSeveral = inputs.found.length + inputs.failures.length > 1;
  checkOptions(options, isSeveral);
  const plan = await planOutput(inputs.found, options, context);
  const todo = inputs.found.filter((input) => !plan?.skipped.includes(input));
  using progress = new TranscribeProgress({
    stream: context.stderr,
    isQuiet: options.quiet === true,
    sizes: todo.map(({ sizeBytes }) => sizeBytes),
  });
  for (const { name } of plan?.skipped ?? []) {
    progress.note(`${name}: its result is there already`);
  }
  for (const { name, error } of inputs.failures) {
    progress.fail(undefined, name, failureText(error));
  }
  const output = createOutput(plan, todo, isSeveral, options, context, progress);
  const failedCount = todo.length === 0 ? 0 : await work(todo, { context, progress, output, signal }, options);
  await output.finish();
  return failedCount + inputs.failures.length > 0 ? EXIT_CODE.failed : EXIT_CODE.ok;
}

function checkOptions({ format, out, force, skipExisting }: TranscribeOptions, isSeveral: boolean): void {
  if (out === undefined && isSeveral && !FORMATS[format].isJoinable) {
    throw new CliError('usage', `${format} of several recordings cannot share one output, add --out FOLDER`);
  }
  if (force && skipExisting) {
    throw new CliError('usage', '--force and --skip-existing exclude each other');
  }
  if (out === undefined && (force || skipExisting)) {
    throw new CliError('usage', '--force and --skip-existing are about files, add --out FOLDER');
  }
}

async function planOutput(found: readonly Input[], options: TranscribeOptions, context: CommandContext): Promise<FolderPlan | undefined> {
  if (options.out === undefined) {
    return undefined;
  }
  const existing: ExistingPolicy = options.force ? 'replace' : options.skipExisting ? 'skip' : 'refuse';
  return planFolder(found, { folder: resolve(context.folder, options.out), format: options.format, existing });
}

function createOutput(
  plan: FolderPlan | undefined,
  inputs: readonly Input[],
  isSeveral: boolean,
  { format }: TranscribeOptions,
  { stdout, temporaryFiles }: CommandContext,
  progress: TranscribeProgress,
): Output {
  if (plan) {
    return new FolderOutput({ format, plan, temporaryFiles });
  }
  return new StreamOutput({
    format,
    inputs,
    isSeveral,
    write: async (text) => {
      if (text !== '') {
        progress.clear();
        await write(stdout, text);
      }
    },
  });
}

/** @returns How many recordings failed. */
async function work(inputs: readonly Input[], parts: Omit<Run, 'transcriber'>, options: TranscribeOptions): Promise<number> {
  const stopping = new AbortController();
  const signal = AbortSignal.any([parts.signal, stopping.signal]);
  const { numerals = 'as-heard', maskProfanity, redact = [] } = options;
  const format = textFormat({ numerals, redact, ...(maskProfanity ? { profanity: 'mask' } : {}) });
  await using transcriber = await openTranscriber(
    { ...options, textFormat: format },
    {
      environment: parts.context.environment,
      folder: parts.context.folder,
      log: (line) => parts.context.stderr.write(line),
      onWait: (waitMs, reason) => parts.progress.note(`the server asks to wait ${(waitMs / 1000).toFixed(1)} s: ${reason}`),
    },
  );
  signal.throwIfAborted();
  let failedCount = 0;
  await forEachInParallel(inputs, options.jobs, async (input, index) => {
    try {
      await transcribeOne(input, index, { ...parts, transcriber, signal });
    } catch (error) {
      if (signal.aborted || isFatal(error, options)) {
        stopping.abort(error);
        throw error;
      }
      failedCount++;
      parts.progress.fail(index, input.name, failureText(error));
      await parts.output.put(input, undefined);
    }
  });
  return failedCount;
}

/** Whether the next recording would fail in the same way. */
function isFatal(error: unknown, { out }: TranscribeOptions): boolean {
  if (!(error instanceof CliError)) {
    return false;
  }
  // Standard output is one for all recordings; into a folder the next one may fit.
  return ['output_closed', 'server_unreachable', 'usage'].includes(error.code) || (error.code === 'output_failed' && out === undefined);
}

async function transcribeOne(input: Input, index: number, run: Run): Promise<void> {
  const { context, progress, output, transcriber, signal } = run;
  signal.throwIfAborted();
  progress.begin(index);
  const result = await transcriber.transcribe({
    path: await seekablePath(input, context, signal),
    name: input.name,
    signal,
    onProgress: (audioMs, durationMs) => progress.advance(index, audioMs, durationMs),
  });
  await output.put(input, result);
  progress.finish(index, input.name, result.transcript.durationMs);
}

async function seekablePath({ path, isPipe }: Input, { stdin, temporaryFiles }: CommandContext, signal: AbortSignal): Promise<string> {
  if (path !== undefined && !isPipe) {
    return path;
  }
  return spool({ source: path === undefined ? stdin : createReadStream(path), temporaryFiles, signal });
}
