// Below -120 dBFS a sample counts as digital silence: 30 dB under one step of 16-bit audio, so no microphone's own noise stays below it.
const SILENCE_PEAK = 1e-6;
// 171 ms at 48 kHz: far longer than any run of zeros in a live signal that has noise, short beside an utterance.
const HOLD_SAMPLES = 8192;
// 21 ms at 48 kHz: slow enough to be no click, fast enough to be settled within a syllable.
const RAMP_SAMPLES = 1024;

/**
 * Mixes the channels of a microphone to one, as the mean of the channels that are alive.
 *
 * Many devices deliver two channels of which one is digital zero; a plain mean would halve the level and channel 0 alone may be the
 * dead one. A channel dies after 8192 samples (171 ms at 48 kHz) below -120 dBFS and lives again with its first louder sample.
 * The weights then move in a straight line over 1024 samples (21 ms at 48 kHz), always adding up to 1, so a change is never a step;
 * only after silence on all channels, where a step is inaudible, do they take their place at once.
 * The decision is made sample by sample: the result does not depend on how the stream is cut into chunks.
 */
export class Downmixer {
  #weights = new Float64Array(0);
  #goals = new Float64Array(0);
  #steps = new Float64Array(0);
  #quietSamples = new Int32Array(0);
  #rampLeft = 0;

  /**
   * Mixes one chunk.
   *
   * @param channels - One array for each channel, of one length. Another number of channels than last time starts afresh.
   * @param target - Written instead of a new array; must hold at least that length.
   * @returns The mix; with a longer target, a view of its first part.
   * @throws RangeError if there is no channel, the lengths differ or the target is too short.
   */
  mix(channels: readonly Float32Array[], target?: Float32Array): Float32Array {
    const output = this.#prepare(channels, target);
    if (channels.length === 1) {
      output.set(channels[0] ?? output);
      return output;
    }
    for (let i = 0; i < output.length; i++) {
      if (this.#observe(channels, i)) this.#retarget();
      output[i] = this.#mixSample(channels, i);
    }
    return output;
  }

  #prepare(channels: readonly Float32Array[], target: Float32Array | undefined): Float32Array {
    const length = channels[0]?.length;
    if (length === undefined) throw new RangeError('channels must have at least one channel, got 0');
    for (const channel of channels) {
      if (channel.length !== length) throw new RangeError(`channels must have one length, got ${length} and ${channel.length}`);
    }
    if (target !== undefined && target.length < length) {
      throw new RangeError(`target must hold at least ${length} samples, got ${target.length}`);
    }
    if (channels.length !== this.#weights.length) {
      this.#weights = new Float64Array(channels.length).fill(1 / channels.length);
      this.#goals = new Float64Array(channels.length);
      this.#steps = new Float64Array(channels.length);
      this.#quietSamples = new Int32Array(channels.length).fill(HOLD_SAMPLES);
      this.#rampLeft = 0;
    }
    if (target === undefined) return new Float32Array(length);
    return target.length === length ? target : target.subarray(0, length);
  }

  /** Counts how long each channel has been silent; true if one died or came alive with sample `i`. */
  #observe(channels: readonly Float32Array[], i: number): boolean {
    const quiet = this.#quietSamples;
    let hasChanged = false;
    let wasAnyAlive = false;
    for (let c = 0; c < quiet.length; c++) {
      const before = quiet[c] ?? 0;
      if (before < HOLD_SAMPLES) wasAnyAlive = true;
      const isQuiet = Math.abs(channels[c]?.[i] ?? 0) <= SILENCE_PEAK;
      const after = isQuiet ? Math.min(before + 1, HOLD_SAMPLES) : 0;
      quiet[c] = after;
      if (before < HOLD_SAMPLES !== after < HOLD_SAMPLES) hasChanged = true;
    }
    if (hasChanged) this.#rampLeft = wasAnyAlive ? RAMP_SAMPLES : 1;
    return hasChanged;
  }

  /** Aims the weights at the mean of the live channels; with none alive they stay, for there is nothing to hear. */
  #retarget(): void {
    const quiet = this.#quietSamples;
    let alive = 0;
    for (let c = 0; c < quiet.length; c++) if ((quiet[c] ?? 0) < HOLD_SAMPLES) alive++;
    if (alive === 0) {
      this.#rampLeft = 0;
      return;
    }
    for (let c = 0; c < quiet.length; c++) {
      const goal = (quiet[c] ?? 0) < HOLD_SAMPLES ? 1 / alive : 0;
      this.#goals[c] = goal;
      this.#steps[c] = (goal - (this.#weights[c] ?? 0)) / this.#rampLeft;
    }
  }

  #mixSample(channels: readonly Float32Array[], i: number): number {
    if (this.#rampLeft > 0) this.#advanceRamp();
    const weights = this.#weights;
    let sum = 0;
    for (let c = 0; c < weights.length; c++) sum += (weights[c] ?? 0) * (channels[c]?.[i] ?? 0);
    return sum;
  }

  #advanceRamp(): void {
    const weights = this.#weights;
    this.#rampLeft--;
    // The end of the ramp is set, not summed up: rounding must not leave 0.99999 behind for hours.
    if (this.#rampLeft === 0) weights.set(this.#goals);
    else for (let c = 0; c < weights.length; c++) weights[c] = (weights[c] ?? 0) + (this.#steps[c] ?? 0);
  }
}
