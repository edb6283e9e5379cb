import type { RecognizerClip } from '../recognizer.ts';
import type { Transcript } from '../transcript.ts';
import type { DecodedClip } from './clip-decoder.ts';
import type { KeywordTree } from './keyword-tree.ts';
import { findLeastRisk } from './minimum-risk.ts';
import type { TranscriptWriter } from './transcript-writer.ts';

// Geometric mean of the token probabilities from which a text that was heard once is not doubted. Two fifths of the speech lie below it,
// and hearing those again mends nearly all that hearing everything again does: 122 and 119 wrong words of 150 are left (docs/views.md).
const SURE_MEAN_LOG_PROBABILITY = -0.12;

/** What is chosen among the views of a clip so far. */
export interface Choice {
  readonly transcript: Transcript;
  /** Whether more views would hardly change it. */
  readonly isSure: boolean;
}

/** A view, the transcript of its text, and how probable each text is for it. */
interface View {
  readonly decoded: DecodedClip;
  readonly transcript: Transcript;
  readonly scores: Map<string, number>;
}

/**
 * The views of one clip and the choice among their texts. A text is as probable as all views find it together: the sum of its
 * log-probabilities, each view reading it by itself, so that a text which one way of hearing alone suggests is outvoted.
 */
export class ViewChoice {
  readonly #clip: RecognizerClip;
  readonly #writer: TranscriptWriter;
  readonly #keywords: KeywordTree | undefined;
  readonly #views: View[] = [];

  /** @param keywords - Phrases that count for a text, in each view. */
  constructor(clip: RecognizerClip, writer: TranscriptWriter, keywords?: KeywordTree) {
    this.#clip = clip;
    this.#writer = writer;
    this.#keywords = keywords;
  }

  /** Adds a view, the clip as it is first. If there are to be several it must have kept its sound. */
  add(decoded: DecodedClip): void {
    const scores = new Map<string, number>();
    const { tokenIds, logProbabilities, endLogProbability, hasForcedStart } = decoded.found;
    // What a search has found on its way need not be read. A forced start is probable among the other starts only.
    if (endLogProbability !== undefined && !hasForcedStart) scores.set(tokenIds.join(), sum(logProbabilities) + endLogProbability);
    this.#views.push({ decoded, transcript: this.#writer.write(decoded.found, this.#clip, decoded.timings, decoded.heardAs), scores });
  }

  /**
   * Chooses among the views so far: the text of the least risk. One that a guard had to cut is taken only where there is no other, and
   * where most views have no text there is none.
   *
   * @throws the reason of the clip's signal, between two views.
   */
  async choose(): Promise<Choice> {
    const texts = this.#views.filter(({ transcript }) => transcript.text !== '');
    const empty = this.#views.filter(({ transcript }) => transcript.text === '');
    const whole = texts.filter(({ transcript }) => transcript.guards.every((guard) => guard === 'forced_start'));
    const candidates = distinct(texts.length < empty.length ? empty.slice(0, 1) : whole.length > 0 ? whole : texts);
    const [first] = candidates;
    if (!first) throw new RangeError('a clip has at least one view');
    if (this.#views.length === 1) return { transcript: first.transcript, isSure: isSureOfOne(first, this.#clip) };
    if (candidates.length === 1) return { transcript: first.transcript, isSure: texts.length === 0 || empty.length === 0 };
    await this.#read(candidates.map(({ decoded }) => decoded.found.tokenIds));
    const weighed = candidates.map(({ decoded, transcript }) => ({
      text: transcript.text,
      logProbability: this.#logProbabilityOf(decoded.found.tokenIds),
    }));
    return { transcript: (candidates[findLeastRisk(weighed)] ?? first).transcript, isSure: false };
  }

  #logProbabilityOf(tokenIds: readonly number[]): number {
    const bonus = this.#keywords?.worthOf(tokenIds) ?? 0;
    return sum(this.#views.map(({ scores }) => (scores.get(tokenIds.join()) ?? 0) + bonus));
  }

  /** Reads in each view the texts that it has not read yet. */
  async #read(texts: readonly (readonly number[])[]): Promise<void> {
    for (const { decoded, scores } of this.#views) {
      this.#clip.signal?.throwIfAborted();
      const unread = texts.filter((text) => !scores.has(text.join()));
      if (unread.length === 0) continue;
      const readings = await decoded.read?.(unread);
      for (const [index, { logProbabilities, endLogProbability }] of (readings ?? []).entries()) {
        scores.set((unread[index] ?? []).join(), sum(logProbabilities) + endLogProbability);
      }
    }
  }
}

/** One view for each text. */
function distinct(views: readonly View[]): View[] {
  return [...new Map(views.toReversed().map((view) => [view.decoded.found.tokenIds.join(), view])).values()].toReversed();
}

/** An empty text of a clip in which a detector heard speech is doubtful, as is one that a guard had to cut. */
function isSureOfOne({ decoded, transcript }: View, { speech }: RecognizerClip): boolean {
  if (transcript.text === '') return speech === undefined;
  const { logProbabilities } = decoded.found;
  return transcript.guards.length === 0 && sum(logProbabilities) / logProbabilities.length >= SURE_MEAN_LOG_PROBABILITY;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
