import { designPolyphaseFilter, type PolyphaseFilter } from './kaiser-filter.ts';

/** Rates of a {@link Resampler}: integers, 8000 to 192000 hertz. */
export interface ResamplerOptions {
  readonly inputRateHz: number;
  readonly outputRateHz: number;
}

// The transition is the top eighth below the lower of the two Nyquist rates: 7 to 8 kHz at 16 kHz, above all that speech models use.
const PASS_RATIO = 0.875;
// 90 dB asked of the design leaves 10 dB over the promised 80 dB for interpolation and for the band edge itself.
const ATTENUATION_DB = 90;
// Every pair of usual rates needs at most 640 rows (11025 -> 16000); beyond, the table would grow to tens of megabytes.
const MAX_EXACT_ROWS = 640;
// A straight line between rows w/512 apart errs by at most (pi/512)^2 / 8 = -106 dB, w being at most pi radians per sample.
const INTERPOLATED_ROWS = 512;
const BLOCK_SAMPLES = 2048;

/**
 * Changes the sample rate of a stream by windowed-sinc interpolation.
 *
 * Flat within 0.1 dB up to 0.875 of the lower Nyquist rate (7 kHz at 16 kHz); aliases and images are below -80 dB.
 * Output sample n stands for the time n / outputRateHz exactly: no delay, no drift, all positions are integers.
 * The last few milliseconds are held back until later input or {@link flush} decides them.
 * The result is the same bit by bit however the stream is cut into chunks. Equal rates pass through unchanged.
 */
export class Resampler {
  readonly #inputStep: number;
  readonly #phaseStep: number;
  readonly #phaseCount: number;
  readonly #filter: PolyphaseFilter | undefined;
  readonly #history: Float32Array;
  #filledSamples = 0;
  #position = 0;
  #phase = 0;
  #inputSamples = 0;
  #outputSamples = 0;

  /** @throws RangeError if a rate is not an integer from 8000 to 192000. */
  constructor(options: ResamplerOptions) {
    const { inputRateHz, outputRateHz } = options;
    checkRate('inputRateHz', inputRateHz);
    checkRate('outputRateHz', outputRateHz);
    const divisor = greatestCommonDivisor(inputRateHz, outputRateHz);
    this.#phaseCount = outputRateHz / divisor;
    this.#phaseStep = inputRateHz / divisor;
    this.#inputStep = Math.floor(this.#phaseStep / this.#phaseCount);
    this.#filter = inputRateHz === outputRateHz ? undefined : filterFor(inputRateHz, outputRateHz, this.#phaseCount);
    this.#history = new Float32Array(this.#filter === undefined ? 0 : this.#filter.tapCount + BLOCK_SAMPLES);
    this.reset();
  }

  /** Takes samples of any number and returns the output that they decide, possibly none. */
  push(samples: Float32Array): Float32Array<ArrayBuffer> {
    this.#inputSamples += samples.length;
    if (this.#filter === undefined) return new Float32Array(samples);
    const output = new Float32Array(this.#readyCount(this.#filter, samples.length));
    let written = 0;
    for (let offset = 0; offset < samples.length; ) {
      offset += this.#append(samples, offset);
      written = this.#produce(this.#filter, output, written);
    }
    this.#outputSamples += output.length;
    return output;
  }

  /**
   * Ends the stream: returns what was held back, as if silence followed, and resets.
   *
   * All output since the start, this included, is then round(inputSamples * outputRateHz / inputRateHz) samples long (halves up).
   */
  flush(): Float32Array<ArrayBuffer> {
    const total = this.#filter === undefined ? this.#inputSamples : this.#totalOutput();
    const output = new Float32Array(this.#filter === undefined ? 0 : total - this.#outputSamples);
    if (this.#filter !== undefined) {
      const silence = new Float32Array(this.#filter.tapCount);
      for (let written = 0; written < output.length; ) {
        this.#append(silence, 0);
        written = this.#produce(this.#filter, output, written);
      }
    }
    this.reset();
    return output;
  }

  /** Forgets all input: the next sample is the first of a new stream. */
  reset(): void {
    // Silence stands before the first sample, so that the first output sample lies on it.
    this.#filledSamples = this.#filter === undefined ? 0 : this.#filter.tapCount / 2 - 1;
    this.#history.fill(0, 0, this.#filledSamples);
    this.#position = 0;
    this.#phase = 0;
    this.#inputSamples = 0;
    this.#outputSamples = 0;
  }

  /** In two parts, as the plain product would lose digits after some days of sound. */
  #totalOutput(): number {
    const whole = Math.floor(this.#inputSamples / this.#phaseStep);
    const rest = this.#inputSamples % this.#phaseStep;
    return whole * this.#phaseCount + Math.floor((2 * rest * this.#phaseCount + this.#phaseStep) / (2 * this.#phaseStep));
  }

  /** How many output samples lie fully under the filter once `added` samples are there. */
  #readyCount(filter: PolyphaseFilter, added: number): number {
    const starts = this.#filledSamples + added - filter.tapCount - this.#position + 1;
    return starts <= 0 ? 0 : Math.ceil((starts * this.#phaseCount - this.#phase) / this.#phaseStep);
  }

  /** Copies as many samples as there is room for and returns their number. */
  #append(samples: Float32Array, offset: number): number {
    const history = this.#history;
    if (this.#filledSamples === history.length) {
      history.copyWithin(0, this.#position, this.#filledSamples);
      this.#filledSamples -= this.#position;
      this.#position = 0;
    }
    const count = Math.min(samples.length - offset, history.length - this.#filledSamples);
    // A loop, as `set` would need a view for each call.
    for (let i = 0; i < count; i++) history[this.#filledSamples + i] = samples[offset + i] ?? 0;
    this.#filledSamples += count;
    return count;
  }

  #produce(filter: PolyphaseFilter, output: Float32Array, written: number): number {
    const { table, tapCount, rowCount } = filter;
    const history = this.#history;
    const lastPosition = this.#filledSamples - tapCount;
    const remainder = this.#phaseStep - this.#inputStep * this.#phaseCount;
    const isExact = rowCount === this.#phaseCount;
    let position = this.#position;
    let phase = this.#phase;
    let index = written;
    while (position <= lastPosition && index < output.length) {
      if (isExact) {
        output[index++] = dot(history, position, table, phase * tapCount, tapCount);
      } else {
        const scaled = phase * rowCount;
        const row = Math.floor(scaled / this.#phaseCount);
        const fraction = (scaled - row * this.#phaseCount) / this.#phaseCount;
        const before = dot(history, position, table, row * tapCount, tapCount);
        const after = dot(history, position, table, (row + 1) * tapCount, tapCount);
        output[index++] = before + (after - before) * fraction;
      }
      position += this.#inputStep;
      phase += remainder;
      if (phase >= this.#phaseCount) {
        phase -= this.#phaseCount;
        position++;
      }
    }
    this.#position = position;
    this.#phase = phase;
    return index;
  }
}

/** Resamples a whole recording: {@link Resampler} push and flush in one call. */
export function resample(samples: Float32Array, options: ResamplerOptions): Float32Array<ArrayBuffer> {
  const resampler = new Resampler(options);
  const body = resampler.push(samples);
  const tail = resampler.flush();
  const output = new Float32Array(body.length + tail.length);
  output.set(body);
  output.set(tail, body.length);
  return output;
}

function dot(history: Float32Array, position: number, table: Float32Array, row: number, tapCount: number): number {
  // Four sums let the processor overlap the additions. The order is fixed, which keeps every chunking bit-identical.
  // `as number`: the indices are in range by construction, and a check here would be paid for each tap.
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let k = 0; k < tapCount; k += 4) {
    a += (history[position + k] as number) * (table[row + k] as number);
    b += (history[position + k + 1] as number) * (table[row + k + 1] as number);
    c += (history[position + k + 2] as number) * (table[row + k + 2] as number);
    d += (history[position + k + 3] as number) * (table[row + k + 3] as number);
  }
  return a + b + (c + d);
}

function filterFor(inputRateHz: number, outputRateHz: number, phaseCount: number): PolyphaseFilter {
  const stopHz = Math.min(inputRateHz, outputRateHz) / 2;
  return designPolyphaseFilter({
    sampleRateHz: inputRateHz,
    passHz: PASS_RATIO * stopHz,
    stopHz,
    attenuationDb: ATTENUATION_DB,
    rowCount: phaseCount <= MAX_EXACT_ROWS ? phaseCount : INTERPOLATED_ROWS,
  });
}

function checkRate(name: string, rateHz: number): void {
  if (!Number.isInteger(rateHz) || rateHz < 8000 || rateHz > 192_000) throw new RangeError(`${name} must be 8000-192000, got ${rateHz}`);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
