/** What a frame means for the start of speech. */
export type OnsetStatus = 'none' | 'tentative' | 'waiting' | 'confirmed' | 'lost';

/** What the onset detector needs of the segmenter's limits. */
export interface OnsetLimits {
  readonly onsetProbability: number;
  readonly offsetProbability: number;
  readonly onsetFrames: number;
  readonly onsetWindowFrames: number;
  readonly backdateFrames: number;
}

/** Finds the start of speech: enough loud frames in a short window, dated back over the softer frames that lead to them. */
export class OnsetDetector {
  readonly #limits: OnsetLimits;
  readonly #windowMask: number;
  /** One bit for each frame of the window, newest lowest: whether it reached the onset probability. */
  #window = 0;
  #runStartFrame = -1;
  #hasCandidate = false;
  #candidateFrame = -1;
  #candidateRunStartFrame = -1;
  #startFrame = -1;

  constructor(limits: OnsetLimits) {
    this.#limits = limits;
    this.#windowMask = 2 ** limits.onsetWindowFrames - 1;
  }

  /** The first frame of the newest candidate that reached the onset probability. */
  get candidateFrame(): number {
    return this.#candidateFrame;
  }

  /** The frame that speech starts with, dated back; valid after `confirmed`. */
  get startFrame(): number {
    return this.#startFrame;
  }

  /** Takes the probability of the next frame. After `confirmed`, call {@link clear} before the next search. */
  push(probability: number, frame: number): OnsetStatus {
    const { onsetProbability, offsetProbability, onsetFrames, onsetWindowFrames, backdateFrames } = this.#limits;
    const isOnset = probability >= onsetProbability;
    this.#window = ((this.#window << 1) | (isOnset ? 1 : 0)) & this.#windowMask;
    if (probability < offsetProbability) this.#runStartFrame = -1;
    else if (this.#runStartFrame < 0) this.#runStartFrame = frame;
    const isFirst = isOnset && !this.#hasCandidate;
    if (isFirst) {
      this.#hasCandidate = true;
      this.#candidateFrame = frame;
      this.#candidateRunStartFrame = this.#runStartFrame;
    }
    if (!this.#hasCandidate) return 'none';
    if (isOnset && countBits(this.#window) >= onsetFrames) {
      this.#startFrame = Math.max(this.#candidateRunStartFrame, frame + 1 - onsetWindowFrames - backdateFrames);
      return 'confirmed';
    }
    // The only onset frame left would be the oldest one, which the next frame pushes out.
    if ((this.#window & (this.#windowMask >> 1)) === 0) {
      this.#hasCandidate = false;
      return 'lost';
    }
    return isFirst ? 'tentative' : 'waiting';
  }

  /** Forgets every frame so far. */
  clear(): void {
    this.#window = 0;
    this.#runStartFrame = -1;
    this.#hasCandidate = false;
  }
}

function countBits(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
