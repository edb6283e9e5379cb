import { align, type EditOperation } from '../errors/alignment.ts';
import { countCharacterErrors, countWordErrors, type ErrorCounts, editCount, errorRatio } from '../errors/error-counts.ts';
import { type ManifestEntry, sliceNameOf } from '../manifest/manifest.ts';
import { findNormaliser, type Normaliser } from '../normalisation/normaliser.ts';
import { type BootstrapOptions, DEFAULT_BOOTSTRAP_OPTIONS } from '../summary/bootstrap.ts';
import { type SliceSummary, type Summary, summarise, summariseBy } from '../summary/slices.ts';

/** What heard the clips. What nobody knows is null. */
export interface EvaluatedSystem {
  readonly model: string | null;
  /** Form of the weights, of ours only. */
  readonly graph: string | null;
  /** Hash of the policy by which speech was cut; null when files were not cut. */
  readonly clipPolicyId: string | null;
  /** How the words came about: `cut` as a person would be heard, `whole` each file in one piece, `server` by a server. */
  readonly road: 'cut' | 'whole' | 'server';
}

/** What a clip was heard as. */
export interface HeardClip {
  readonly entry: ManifestEntry;
  readonly hypothesis: string;
}

/** A clip that could not be heard. */
export interface FailedClip {
  readonly audioPath: string;
  readonly reason: string;
}

/** One clip of a report. */
export interface ReportClip {
  readonly audioPath: string;
  readonly speaker: string | null;
  readonly slice: string | null;
  /** Null where nobody wrote down what is said; then nothing is counted. */
  readonly reference: string | null;
  readonly hypothesis: string;
  readonly words: ErrorCounts | null;
  readonly characters: ErrorCounts | null;
}

/** Everything that an evaluation found, as plain data: the pages are made from it. */
export interface EvaluationReport {
  readonly format: 'outspoken-evaluation/1';
  /** ISO 8601. */
  readonly createdAt: string;
  /** Commit of the program; null when it is not known. */
  readonly commit: string | null;
  readonly manifest: string;
  readonly system: EvaluatedSystem;
  readonly normaliser: { readonly id: string; readonly description: string };
  readonly bootstrap: Required<BootstrapOptions>;
  /** Field by which the slices are made; null when there are none. */
  readonly sliceField: string | null;
  /** Lines of the manifest; fewer were heard when some failed, or when the run was stopped. */
  readonly plannedCount: number;
  readonly isStopped: boolean;
  readonly total: Summary;
  readonly slices: readonly SliceSummary[];
  /** Clips of which nobody wrote down what is said. */
  readonly unlabelled: { readonly clipCount: number; readonly emptyCount: number };
  readonly failures: readonly FailedClip[];
  readonly clips: readonly ReportClip[];
}

/** What a report is made from. */
export interface ReportInput
  extends Pick<
    EvaluationReport,
    'createdAt' | 'commit' | 'manifest' | 'system' | 'sliceField' | 'plannedCount' | 'isStopped' | 'failures'
  > {
  readonly normaliser: Normaliser;
  readonly heard: readonly HeardClip[];
  readonly bootstrap?: BootstrapOptions;
}

/** Counts the errors of every clip and sums them up. */
export function createReport({ normaliser, heard, bootstrap, ...rest }: ReportInput): EvaluationReport {
  const clips = heard.map((clip) => describeClip(clip, normaliser, rest.sliceField));
  const counted = clips.flatMap(({ speaker, slice, words, characters, hypothesis }) =>
    words && characters ? [{ speaker: speaker ?? undefined, slice, words, characters, isEmpty: hypothesis === '' }] : [],
  );
  const unlabelled = clips.filter(({ words }) => words === null);
  const options = { ...DEFAULT_BOOTSTRAP_OPTIONS, ...bootstrap };
  return {
    format: 'outspoken-evaluation/1',
    ...rest,
    normaliser: { id: normaliser.id, description: normaliser.description },
    bootstrap: options,
    total: summarise(counted, options),
    slices: rest.sliceField === null ? [] : summariseBy(counted, ({ slice }) => slice ?? '(none)', options),
    unlabelled: { clipCount: unlabelled.length, emptyCount: unlabelled.filter(({ hypothesis }) => hypothesis === '').length },
    clips,
  };
}

/** A clip with its words laid side by side. */
export interface AlignedClip {
  readonly clip: ReportClip;
  readonly operations: readonly EditOperation[];
}

/** The clips with the most errors, the worst first; of equals the one with the greater error ratio. Clips without an error are none of them. */
export function worstClips({ clips, normaliser: { id } }: EvaluationReport, count: number): AlignedClip[] {
  const normaliser = findNormaliser(id);
  const faulty = clips.flatMap((clip) => (clip.words && editCount(clip.words) > 0 ? [{ clip, words: clip.words }] : []));
  return faulty
    .sort((first, second) => editCount(second.words) - editCount(first.words) || compare(errorRatio(second.words), errorRatio(first.words)))
    .slice(0, count)
    .map(({ clip }) => ({ clip, operations: align(normaliser.words(clip.reference ?? ''), normaliser.words(clip.hypothesis)) }));
}

function describeClip({ entry, hypothesis }: HeardClip, normaliser: Normaliser, sliceField: string | null): ReportClip {
  const { audioPath, text, speaker } = entry;
  return {
    audioPath,
    speaker: speaker ?? null,
    slice: sliceField === null ? null : sliceNameOf(entry, sliceField),
    reference: text,
    hypothesis: hypothesis.trim(),
    words: text === null ? null : countWordErrors(text, hypothesis, normaliser),
    characters: text === null ? null : countCharacterErrors(text, hypothesis, normaliser),
  };
}

/** Of two infinite ratios neither is greater. */
function compare(first: number, second: number): number {
  return first === second ? 0 : first - second;
}
