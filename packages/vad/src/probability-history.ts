import type { SpeechEvidence } from './segment-event.ts';

/** Voiced frames of a span. */
export interface VoicedSpan {
  readonly evidence: SpeechEvidence;
  /** Frame after the last voiced one; the first frame of the span when none is voiced. */
  readonly voicedEndFrame: number;
}

/** The probabilities of the newest frames, by frame number. */
export class ProbabilityHistory {
  // Doubles: a threshold compared with a value rounded to a float would answer otherwise than before.
  readonly #probabilities: Float64Array;
  readonly #frameMs: number;
  #endFrame = 0;

  /** @param capacityFrames - How many frames are kept, at least 1. */
  constructor(capacityFrames: number, frameMs: number) {
    this.#probabilities = new Float64Array(capacityFrames);
    this.#frameMs = frameMs;
  }

  /** Frames ever pushed. */
  get endFrame(): number {
    return this.#endFrame;
  }

  push(probability: number): void {
    this.#probabilities[this.#endFrame % this.#probabilities.length] = probability;
    this.#endFrame += 1;
  }

  /** The frame with the lowest probability from `startFrame` up to, not including, `endFrame`; the last of equals. */
  lowestFrame(startFrame: number, endFrame: number): number {
    let lowest = startFrame;
    for (let frame = startFrame; frame < endFrame; frame++) {
      if (this.#at(frame) <= this.#at(lowest)) lowest = frame;
    }
    return lowest;
  }

  /** Counts the frames at or above `offsetProbability` from `startFrame` up to, not including, `endFrame`. */
  voicedSpan(startFrame: number, endFrame: number, offsetProbability: number): VoicedSpan {
    let voicedFrames = 0;
    let peakProbability = 0;
    let sum = 0;
    let voicedEndFrame = startFrame;
    for (let frame = startFrame; frame < endFrame; frame++) {
      const probability = this.#at(frame);
      if (probability < offsetProbability) continue;
      voicedFrames += 1;
      peakProbability = Math.max(peakProbability, probability);
      sum += probability;
      voicedEndFrame = frame + 1;
    }
    const meanProbability = voicedFrames === 0 ? 0 : sum / voicedFrames;
    return { evidence: { voicedMs: voicedFrames * this.#frameMs, peakProbability, meanProbability }, voicedEndFrame };
  }

  #at(frame: number): number {
    if (frame < 0 || frame >= this.#endFrame || frame < this.#endFrame - this.#probabilities.length) {
      throw new RangeError(`frame must be among the newest ${this.#probabilities.length} of ${this.#endFrame}, got ${frame}`);
    }
    return this.#probabilities[frame % this.#probabilities.length] ?? 0;
  }
}
