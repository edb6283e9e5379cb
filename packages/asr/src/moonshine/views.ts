import { resample } from '@outspoken/audio';
import type { Effort } from '../effort.ts';
import type { RecognizerClip } from '../recognizer.ts';
import type { Transcript } from '../transcript.ts';
import type { DecodedClip, TextReading } from './clip-decoder.ts';
import type { TranscriptWriter } from './transcript-writer.ts';

/** One way to hear a clip: greedy text moves with where a clip begins and how fast it is spoken, in other words each time. */
interface View {
  /** Speed of the speech, 1 as it was spoken. */
  readonly speedRatio: number;
  /** Samples left out at the start. */
  readonly skippedSamples: number;
}

const PLAIN: View = { speedRatio: 1, skippedSamples: 0 };
const SLOWER: View = { speedRatio: 0.94, skippedSamples: 0 };
const FASTER: View = { speedRatio: 1.06, skippedSamples: 0 };
const LATER: View = { speedRatio: 1, skippedSamples: 160 };

const VIEWS: Readonly<Record<Effort, readonly View[]>> = {
  fast: [PLAIN],
  balanced: [PLAIN, SLOWER],
  best: [PLAIN, SLOWER, FASTER, LATER],
};

/** A clip as an effort hears it, as it is first; views that a model does not take, being too short or too long, are left out. */
export function viewsOf(
  samples: Float32Array,
  effort: Effort,
  limits: { readonly sampleRateHz: number; readonly minimumSamples: number; readonly maximumSamples: number },
): Float32Array[] {
  return VIEWS[effort]
    .map(({ speedRatio, skippedSamples }) => {
      const kept = skippedSamples === 0 ? samples : samples.subarray(skippedSamples);
      if (speedRatio === 1) return kept;
      return resample(kept, { inputRateHz: Math.round(limits.sampleRateHz * speedRatio), outputRateHz: limits.sampleRateHz });
    })
    .filter((view, index) => index === 0 || (view.length >= limits.minimumSamples && view.length <= limits.maximumSamples));
}

/**
 * The text of the views of a clip that is most probable for all of them: the sum of its log-probabilities over the views, each read by
 * itself. A text that one way of hearing alone suggests is outvoted. A text that a guard had to cut is taken only where there is no
 * other, and where most views have no text there is none.
 *
 * @param decoded - The clip as it is first; at least one. Several must have kept their sound.
 * @throws the reason of the clip's signal, between two views.
 */
export async function chooseView(decoded: readonly DecodedClip[], clip: RecognizerClip, writer: TranscriptWriter): Promise<Transcript> {
  const views = decoded.map((view) => ({ ...view, transcript: writer.write(view.found, clip, view.timings) }));
  const texts = views.filter(({ transcript }) => transcript.text !== '');
  const empty = views.filter(({ transcript }) => transcript.text === '');
  const whole = texts.filter(({ transcript }) => transcript.guards.every((guard) => guard === 'forced_start'));
  const candidates = texts.length < empty.length ? empty.slice(0, 1) : whole.length > 0 ? whole : texts;
  const distinct = [...new Map(candidates.map((view) => [view.found.tokenIds.join(), view])).values()];
  const [first] = distinct;
  if (!first) throw new RangeError('a clip has at least one view');
  if (distinct.length === 1) return first.transcript;
  const readings: (readonly TextReading[] | undefined)[] = [];
  for (const { read } of decoded) {
    clip.signal?.throwIfAborted();
    readings.push(await read?.(distinct.map(({ found }) => found.tokenIds)));
  }
  const scores = distinct.map((_, index) => readings.reduce((sum, ofView) => sum + scoreOf(ofView?.[index]), 0));
  const best = distinct[scores.indexOf(Math.max(...scores))] ?? first;
  return best.transcript;
}

/** Log-probability of the whole text, its end included. */
function scoreOf(reading: TextReading | undefined): number {
  if (!reading) return 0;
  return reading.logProbabilities.reduce((sum, value) => sum + value, reading.endLogProbability);
}
