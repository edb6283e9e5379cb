import { resample } from '@outspoken/audio';
import type { Effort } from '../effort.ts';
import type { Transcript } from '../transcript.ts';

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
 * The transcript that the model is surest of, by the geometric mean of the probabilities of its tokens. A text that a guard had to cut may
 * be as sure as any, so it is taken only where there is no other. Where most views have no text there is none.
 *
 * @param transcripts - Of the views of one clip, that of the clip as it is first; at least one.
 */
export function surest(transcripts: readonly Transcript[]): Transcript {
  const texts = transcripts.filter(({ text }) => text !== '');
  const empty = transcripts.filter(({ text }) => text === '');
  const whole = texts.filter(({ guards }) => guards.every((guard) => guard === 'forced_start'));
  const candidates = texts.length < empty.length ? empty.slice(0, 1) : whole.length > 0 ? whole : texts;
  return candidates.reduce((best, transcript) => (transcript.confidence > best.confidence ? transcript : best));
}
