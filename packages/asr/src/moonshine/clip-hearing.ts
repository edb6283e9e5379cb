import type { RecognizerClip, RecognizerModel } from '../recognizer.ts';
import type { Alternative, RecognitionTimings, Transcript } from '../transcript.ts';
import { BEAM_WIDTH } from './beam-search.ts';
import type { Beam, ClipDecoder, ClipToDecode, DecodedClip } from './clip-decoder.ts';
import type { KeywordTrees } from './keyword-trees.ts';
import type { TranscriptWriter } from './transcript-writer.ts';
import { type Choice, ViewChoice } from './view-choice.ts';
import { countRounds, type HeardAs, type ViewLimits, viewsOf } from './views.ts';

/** What hearing takes. */
export interface Hearing {
  readonly model: RecognizerModel;
  readonly decoder: ClipDecoder;
  readonly writer: TranscriptWriter;
  readonly keywordTrees: KeywordTrees;
  readonly viewLimits: ViewLimits;
  /** Monotonic clock, in milliseconds. */
  readonly now: () => number;
}

/** A clip on its way through a decoder, and what was done to it. */
export interface ViewToDecode extends ClipToDecode {
  readonly heardAs: HeardAs;
}

/** Whether a clip is heard once and as one text, so that others can be heard beside it. */
export function isHeardOnce(clip: RecognizerClip): boolean {
  return hasOneRound(clip) && !clip.keywords?.length && !clip.alternatives;
}

/**
 * A clip as the decoder takes it: each view of a round of its effort, in the first one first as it is. That one looks for its keywords.
 *
 * @throws `RecognizerError` `keywords_refused`, and RangeError for alternatives that cannot be told.
 */
export function viewsToDecode(
  clip: RecognizerClip,
  round: number,
  { viewLimits, writer, keywordTrees }: Pick<Hearing, 'viewLimits' | 'writer' | 'keywordTrees'>,
): ViewToDecode[] {
  const beam = round === 0 ? beamOf(clip, keywordTrees) : undefined;
  return viewsOf(clip.samples, clip.effort ?? 'fast', round, viewLimits).map(({ samples, ...heardAs }, index) => ({
    samples,
    heardAs,
    maximumTokens: writer.maximumTokensOf(samples.length),
    forcesStart: clip.speech !== undefined && writer.canForceStart,
    signal: clip.signal,
    keepsSound: !hasOneRound(clip),
    ...(beam && index === 0 && { beam }),
  }));
}

function hasOneRound({ effort = 'fast' }: RecognizerClip): boolean {
  return countRounds(effort) === 1;
}

function beamOf({ keywords, alternatives = 0 }: RecognizerClip, keywordTrees: KeywordTrees): Beam | undefined {
  if (!Number.isInteger(alternatives) || alternatives < 0 || alternatives > BEAM_WIDTH) {
    throw new RangeError(`alternatives must be 1-${BEAM_WIDTH}, got ${alternatives}`);
  }
  const tree = keywordTrees.of(keywords);
  return tree || alternatives > 0 ? { keywords: tree } : undefined;
}

/**
 * Hears a clip round by round, several views of it in each, until its text is sure or its effort is spent.
 *
 * @throws what the decoder fails with on one of them, or the reason of the clip's signal.
 */
export async function hearInRounds(clip: RecognizerClip, hearing: Hearing): Promise<Transcript> {
  const { model, decoder, writer, now, keywordTrees } = hearing;
  const choice = new ViewChoice(clip, writer, keywordTrees.of(clip.keywords));
  let alternatives: readonly Alternative[] | undefined;
  const timings: RecognitionTimings[] = [];
  let chosen: Choice | undefined;
  for (let round = 0; round < countRounds(clip.effort ?? 'fast') && !chosen?.isSure; round += 1) {
    const decoded = await decodeAll(decoder, viewsToDecode(clip, round, hearing));
    const startedAtMs = now();
    if (round === 0 && clip.alternatives) alternatives = writer.alternatives(decoded[0]?.texts ?? [], clip);
    for (const view of decoded) choice.add(view);
    chosen = await choice.choose();
    const { encoderMs, decoderMs } = sumTimings(
      decoded.map((view) => view.timings),
      model.maximumBatch > 1,
    );
    timings.push({ encoderMs, decoderMs: decoderMs + now() - startedAtMs });
  }
  if (!chosen) throw new RangeError('an effort has at least one round');
  return { ...chosen.transcript, ...(alternatives && { alternatives }), timings: sumTimings(timings, false) };
}

async function decodeAll(decoder: ClipDecoder, views: readonly ViewToDecode[]): Promise<DecodedClip[]> {
  const decoded: DecodedClip[] = [];
  let failure: { readonly error: unknown } | undefined;
  await decoder.decodeEach(views, (index, outcome) => {
    const heardAs = views[index]?.heardAs;
    if (outcome.type === 'decoded') decoded[index] = { ...outcome.clip, ...(heardAs && { heardAs }) };
    else failure ??= outcome;
  });
  if (failure) throw failure.error;
  return decoded;
}

/** The encoder hears the views one after the other, the search writes them side by side where it can. */
function sumTimings(timings: readonly RecognitionTimings[], isSideBySide: boolean): RecognitionTimings {
  const decoders = timings.map(({ decoderMs }) => decoderMs);
  return {
    encoderMs: timings.reduce((sum, { encoderMs }) => sum + encoderMs, 0),
    decoderMs: isSideBySide ? Math.max(0, ...decoders) : decoders.reduce((sum, decoderMs) => sum + decoderMs, 0),
  };
}
