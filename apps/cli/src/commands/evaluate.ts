import {
  createReport,
  type EvaluatedSystem,
  type EvaluationReport,
  type FailedClip,
  findNormaliser,
  formatReportText,
  type HeardClip,
  type ManifestEntry,
  sliceNameOf,
} from '@outspoken/evaluation';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../context.ts';
import { type ManifestClip, type ManifestClips, readManifestClips } from '../evaluation/manifest-clips.ts';
import { programCommit } from '../evaluation/program-commit.ts';
import { checkReportFiles, type ReportFiles, writeReportFiles } from '../evaluation/report-files.ts';
import { EXIT_CODE } from '../exit-code.ts';
import { failureText } from '../failure-text.ts';
import type { Result } from '../output/transcript-document.ts';
import { forEachInParallel } from '../pool.ts';
import { TranscribeProgress } from '../progress/transcribe-progress.ts';
import { tell, write } from '../terminal.ts';
import { openTranscriber } from '../transcriber/open-transcriber.ts';
import type { Transcriber } from '../transcriber/transcriber.ts';

/** Options of `outspoken evaluate`. */
export interface EvaluateOptions extends ReportFiles {
  /** Field of the manifest to count by. */
  readonly slice?: string;
  /** Id of the normaliser. */
  readonly normaliser: string;
  /** Clips whose words are shown. */
  readonly worst: number;
  readonly whole?: boolean;
  readonly server?: URL;
  readonly jobs: number;
  readonly workers?: number;
  readonly effort?: string;
  /** Words and phrases that are expected: a list with commas, or a file. */
  readonly keywords?: string;
  readonly model?: string;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** What was found so far: whoever stops the run still gets it. */
interface Findings {
  /** By the place of the clip in the manifest. */
  readonly heard: Map<ManifestEntry, string>;
  readonly failures: FailedClip[];
  system: EvaluatedSystem;
}

// Tried in this order when no field is named.
const USUAL_SLICE_FIELDS = ['slice', 'category'];

/**
 * Hears the recordings of a manifest and counts the words that are wrong.
 *
 * @returns The exit code: 1 when a recording could not be heard, 130 when the run was stopped, after what was measured is shown.
 * @throws {@link CliError} when nothing can be done at all.
 */
export async function evaluate(name: string, options: EvaluateOptions, context: CommandContext): Promise<number> {
  const manifest = await readManifestClips(name, context.folder);
  await checkReportFiles(options, context.folder);
  const road = options.server ? 'server' : options.whole ? 'whole' : 'cut';
  const findings: Findings = {
    heard: new Map(),
    failures: [...manifest.failures],
    system: { model: options.model ?? null, graph: null, clipPolicyId: null, road },
  };
  const isDone = await context.runInterruptibly(async (signal) => {
    await hearAll(manifest, findings, options, context, signal);
    return true;
  });
  const report = await describe(name, manifest, findings, options, isDone !== true);
  await write(context.stdout, formatReportText(report, options.worst));
  await writeReportFiles(report, options, context.folder, options.worst);
  if (!isDone) {
    await tell(context.stderr, `outspoken: stopped after ${findings.heard.size} of ${manifest.entries.length} clips\n`);
    return EXIT_CODE.interrupted;
  }
  return findings.failures.length > 0 ? EXIT_CODE.failed : EXIT_CODE.ok;
}

async function hearAll(
  { clips, failures }: ManifestClips,
  findings: Findings,
  options: EvaluateOptions,
  context: CommandContext,
  outerSignal: AbortSignal,
): Promise<void> {
  using progress = new TranscribeProgress({
    stream: context.stderr,
    isQuiet: options.quiet === true,
    isTerse: true,
    sizes: clips.map(({ sizeBytes }) => sizeBytes),
  });
  for (const { audioPath, reason } of failures) progress.fail(undefined, audioPath, reason);
  if (clips.length === 0) return;
  const stopping = new AbortController();
  const signal = AbortSignal.any([outerSignal, stopping.signal]);
  await using transcriber = await openTranscriber(options, {
    environment: context.environment,
    folder: context.folder,
    log: (line) => context.stderr.write(line),
    onWait: (waitMs, reason) => progress.note(`the server asks to wait ${(waitMs / 1000).toFixed(1)} s: ${reason}`),
  });
  findings.system = { ...findings.system, graph: transcriber.graph ?? null };
  await forEachInParallel(clips, options.jobs, async (clip, index) => {
    try {
      const result = await hear(clip, index, transcriber, progress, signal);
      findings.heard.set(clip.entry, result.transcript.text);
      findings.system = { ...findings.system, ...systemOf(result) };
    } catch (error) {
      if (signal.aborted || (error instanceof CliError && ['server_unreachable', 'usage'].includes(error.code))) {
        stopping.abort(error);
        throw error;
      }
      findings.failures.push({ audioPath: clip.entry.audioPath, reason: failureText(error) });
      progress.fail(index, clip.entry.audioPath, failureText(error));
    }
  });
}

async function hear(
  { entry, path }: ManifestClip,
  index: number,
  transcriber: Transcriber,
  progress: TranscribeProgress,
  signal: AbortSignal,
): Promise<Result> {
  signal.throwIfAborted();
  progress.begin(index);
  const onProgress = (audioMs: number, durationMs: number | undefined): void => progress.advance(index, audioMs, durationMs);
  const result = await transcriber.transcribe({ path, name: entry.audioPath, signal, onProgress });
  progress.finish(index, entry.audioPath, result.transcript.durationMs);
  return result;
}

function systemOf({ transcript, unknown }: Result): Partial<EvaluatedSystem> {
  return {
    ...(unknown.has('model') ? {} : { model: transcript.model }),
    ...(unknown.has('clipPolicyId') ? {} : { clipPolicyId: transcript.clipPolicyId }),
  };
}

async function describe(
  name: string,
  { entries }: ManifestClips,
  { heard, failures, system }: Findings,
  options: EvaluateOptions,
  isStopped: boolean,
): Promise<EvaluationReport> {
  return createReport({
    createdAt: new Date().toISOString(),
    commit: await programCommit(),
    manifest: name,
    system,
    normaliser: findNormaliser(options.normaliser),
    sliceField:
      options.slice ?? USUAL_SLICE_FIELDS.find((field) => entries.some((entry) => sliceNameOf(entry, field) !== '(none)')) ?? null,
    plannedCount: entries.length,
    isStopped,
    failures,
    // In the order of the manifest, whatever was ready first: the same run makes the same report.
    heard: entries.flatMap((entry): HeardClip[] => {
      const hypothesis = heard.get(entry);
      return hypothesis === undefined ? [] : [{ entry, hypothesis }];
    }),
  });
}
