import { Downmixer, Resampler } from '@outspoken/audio';
import { checkShape } from './media-limits.ts';
import { lengthOf, type SoundBlock } from './sound-block.ts';

/** Rate of all that this package gives out, in hertz. */
export const MONO_RATE_HZ = 16_000;

const CHUNK_SAMPLES = MONO_RATE_HZ;

/**
 * Mixes blocks of any shape to one channel at 16 kHz, in chunks of a second.
 *
 * Samples that are not finite, as damaged float files have them, become 0, and all others are held within -1..1: a click must not stop
 * a recording, and no model may see a NaN. A change of the rate in the middle of a stream is followed.
 */
export class MonoStream {
  readonly #downmixer = new Downmixer();
  #resampler: Resampler | undefined;
  #inputRateHz = 0;
  #chunk = new Float32Array(CHUNK_SAMPLES);
  #filledSamples = 0;
  #totalSamples = 0;

  /** Samples that were given out or are held in the chunk under construction. */
  get totalSamples(): number {
    return this.#totalSamples;
  }

  /** @throws MediaError `media_too_complex` if the block has a shape that is not decoded. */
  *push(block: SoundBlock): Generator<Float32Array> {
    checkShape(block.channels.length, block.sampleRateHz);
    if (lengthOf(block) === 0) return;
    if (block.sampleRateHz !== this.#inputRateHz) {
      if (this.#resampler !== undefined) yield* this.#append(this.#resampler.flush());
      this.#inputRateHz = block.sampleRateHz;
      this.#resampler = new Resampler({ inputRateHz: block.sampleRateHz, outputRateHz: MONO_RATE_HZ });
    }
    const mono = this.#downmixer.mix(block.channels.map(finite));
    if (this.#resampler !== undefined) yield* this.#append(this.#resampler.push(mono));
  }

  /** Ends the stream. */
  *flush(): Generator<Float32Array> {
    if (this.#resampler !== undefined) yield* this.#append(this.#resampler.flush());
    if (this.#filledSamples > 0) yield this.#chunk.subarray(0, this.#filledSamples);
    this.#filledSamples = 0;
    this.#resampler = undefined;
    this.#inputRateHz = 0;
  }

  *#append(samples: Float32Array): Generator<Float32Array> {
    this.#totalSamples += samples.length;
    for (let i = 0; i < samples.length; i++) {
      this.#chunk[this.#filledSamples++] = Math.max(-1, Math.min(1, samples[i] ?? 0));
      if (this.#filledSamples < CHUNK_SAMPLES) continue;
      yield this.#chunk;
      this.#chunk = new Float32Array(CHUNK_SAMPLES);
      this.#filledSamples = 0;
    }
  }
}

function finite(channel: Float32Array): Float32Array {
  return channel.every(Number.isFinite) ? channel : channel.map((sample) => (Number.isFinite(sample) ? sample : 0));
}
