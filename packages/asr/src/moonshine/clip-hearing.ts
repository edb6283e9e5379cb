import type { RecognizerClip, RecognizerModel } from '../recognizer.ts';
import type { RecognitionTimings, Transcript } from '../transcript.ts';
import type { ClipDecoder, ClipToDecode, DecodedClip } from './clip-decoder.ts';
import type { TranscriptWriter } from './transcript-writer.ts';
import { chooseView, viewsOf } from './views.ts';

/** What hearing takes. */
export interface Hearing {
  readonly model: RecognizerModel;
  readonly decoder: ClipDecoder;
  readonly writer: TranscriptWriter;
  /** Monotonic clock, in milliseconds. */
  readonly now: () => number;
}

/** A clip as the decoder takes it: each view that its effort has of it, as it is first. */
export function viewsToDecode(clip: RecognizerClip, { model, writer }: Pick<Hearing, 'model' | 'writer'>): ClipToDecode[] {
  const sounds = viewsOf(clip.samples, clip.effort ?? 'fast', model);
  return sounds.map((samples) => ({
    samples,
    maximumTokens: writer.maximumTokensOf(samples.length),
    forcesStart: clip.speech !== undefined && writer.canForceStart,
    signal: clip.signal,
    keepsSound: sounds.length > 1,
  }));
}

/**
 * Hears a clip in several views and chooses among their texts.
 *
 * @throws what the decoder fails with on one of them.
 */
export async function hearViews(clip: RecognizerClip, views: readonly ClipToDecode[], hearing: Hearing): Promise<Transcript> {
  const { model, decoder, writer, now } = hearing;
  const decoded: DecodedClip[] = [];
  let failure: { readonly error: unknown } | undefined;
  await decoder.decodeEach(views, (index, outcome) => {
    if (outcome.type === 'decoded') decoded[index] = outcome.clip;
    else failure ??= outcome;
  });
  if (failure) throw failure.error;
  const startedAtMs = now();
  const transcript = await chooseView(decoded, clip, writer);
  const { encoderMs, decoderMs } = sumTimings(
    decoded.map(({ timings }) => timings),
    model.maximumBatch > 1,
  );
  return { ...transcript, timings: { encoderMs, decoderMs: decoderMs + now() - startedAtMs } };
}

/** The encoder hears the views one after the other, the search writes them side by side where it can. */
function sumTimings(timings: readonly RecognitionTimings[], isSideBySide: boolean): RecognitionTimings {
  const decoders = timings.map(({ decoderMs }) => decoderMs);
  return {
    encoderMs: timings.reduce((sum, { encoderMs }) => sum + encoderMs, 0),
    decoderMs: isSideBySide ? Math.max(...decoders) : decoders.reduce((sum, decoderMs) => sum + decoderMs, 0),
  };
}
