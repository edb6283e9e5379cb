import type { Recognizer, Transcript } from '@outspoken/asr';
import { SpeechDetector } from '@outspoken/vad';
import { progress } from '../support/command-line.ts';
import { type CutClip, cutClips } from '../support/dev-data.ts';
import { replay, type Source } from './source.ts';
import type { Variant } from './variant.ts';

/** A clip and what was heard in it. */
export interface HeardClip extends CutClip {
  readonly transcript: Pick<Transcript, 'text' | 'words' | 'tokens'>;
  /** Whether the next clip is the same speech, which was too long for one. */
  readonly continues: boolean;
}

/** A source as one variant cuts it. */
export interface Cut {
  readonly source: Source;
  readonly clips: readonly HeardClip[];
}

/** All sources as one variant cuts them. */
export interface Trial {
  readonly variant: Variant;
  readonly cuts: readonly Cut[];
}

type Clip = CutClip & { readonly continues: boolean };

interface Planned {
  readonly key: string;
  readonly clip: CutClip;
  readonly variant: Variant;
}

const SAMPLES_PER_SECOND = 16_000;
const PROGRESS_INTERVAL_MS = 10_000;

/** Cuts and recognizes; a clip that several variants cut alike is recognized once. */
export class Bench {
  readonly #recognizer: Recognizer;
  readonly #transcripts = new Map<string, HeardClip['transcript']>();

  constructor(recognizer: Recognizer) {
    this.#recognizer = recognizer;
  }

  /** Tries every variant on every source. */
  async try(variants: readonly Variant[], sources: readonly Source[]): Promise<Trial[]> {
    const trials = [];
    for (const variant of variants) {
      const cuts = [];
      for (const source of sources) {
        const detector = new SpeechDetector({ model: replay(source.probabilities), policy: variant.policy });
        cuts.push({ source, clips: await cutClips(detector, source.samples) });
      }
      trials.push({ variant, cuts });
    }
    return await this.#hear(trials);
  }

  /** Recognizes each source in one piece, as somebody cut it by hand; nobody knows then that there is speech in it. */
  async tryWhole(variant: Variant, sources: readonly Source[]): Promise<Trial> {
    const cuts = sources.map((source) => {
      const { samples } = source;
      return { source, clips: [{ startSample: 0, endSample: samples.length, samples, continues: false }] };
    });
    const [trial] = await this.#hear([{ variant, cuts }]);
    return trial as Trial;
  }

  async #hear(
    trials: readonly {
      readonly variant: Variant;
      readonly cuts: readonly { readonly source: Source; readonly clips: readonly Clip[] }[];
    }[],
  ): Promise<Trial[]> {
    const planned = new Map<string, Planned>();
    for (const { variant, cuts } of trials) {
      for (const { source, clips } of cuts) {
        for (const clip of clips) {
          const key = keyOf(variant, source, clip);
          if (this.#transcripts.has(key) || planned.has(key)) continue;
          planned.set(key, { key, clip, variant });
        }
      }
    }
    await this.#recognize([...planned.values()]);
    return trials.map(({ variant, cuts }) => ({
      variant,
      cuts: cuts.map(({ source, clips }) => ({
        source,
        clips: clips.map((clip) => ({ ...clip, transcript: this.#transcriptOf(keyOf(variant, source, clip)) })),
      })),
    }));
  }

  #transcriptOf(key: string): HeardClip['transcript'] {
    const transcript = this.#transcripts.get(key);
    if (!transcript) throw new Error('a clip must be recognized before its text is asked for');
    return transcript;
  }

  /** Those of about the same length side by side, with a line of progress now and then. */
  async #recognize(planned: readonly Planned[]): Promise<void> {
    const waiting = planned.toSorted((a, b) => b.clip.samples.length - a.clip.samples.length);
    const totalSamples = lengthOf(waiting);
    const startedAtMs = performance.now();
    let toldAtMs = startedAtMs;
    let doneSamples = 0;
    progress(`${waiting.length} different clips, ${seconds(totalSamples)} s of audio`);
    const { maximumBatch } = this.#recognizer.model;
    for (let start = 0; start < waiting.length; start += maximumBatch) {
      const batch = waiting.slice(start, start + maximumBatch);
      const transcripts = await this.#recognizer.transcribe(batch.map(treated));
      for (const [index, { key }] of batch.entries()) {
        const transcript = transcripts[index];
        if (transcript) this.#transcripts.set(key, transcript);
      }
      doneSamples += lengthOf(batch);
      const nowMs = performance.now();
      if (nowMs - toldAtMs < PROGRESS_INTERVAL_MS) continue;
      toldAtMs = nowMs;
      const leftMs = (nowMs - startedAtMs) * (totalSamples / doneSamples - 1);
      progress(`${seconds(doneSamples)} of ${seconds(totalSamples)} s heard, ${Math.ceil(leftMs / 1000)} s left`);
    }
  }
}

function treated({ clip, variant }: Planned): CutClip {
  return variant.treatment ? { ...clip, samples: variant.treatment.apply(clip.samples) } : clip;
}

/** A length in whole seconds. */
export function seconds(samples: number): string {
  return (samples / SAMPLES_PER_SECOND).toFixed(0);
}

function lengthOf(planned: readonly Planned[]): number {
  return planned.reduce((sum, { clip }) => sum + clip.samples.length, 0);
}

function keyOf({ treatment }: Variant, { key }: Source, { startSample, endSample, speech }: CutClip): string {
  return [key, startSample, endSample, treatment?.name ?? '', speech === undefined ? 'whole' : 'cut'].join(' ');
}
