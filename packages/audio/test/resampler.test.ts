import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Resampler, resample } from '../src/resampler.ts';
import { decibels, fitTone, noise, sineAmplitude, tone } from './tone.ts';

const OUTPUT_RATE_HZ = 16000;
// Usual rates, then odd ones: 44056 (PAL video), a prime distance, and one hertz on either side of the output rate.
const RATES_HZ = [8000, 11025, 16000, 22050, 32000, 44100, 48000, 96000, 44056, 12345, 15999, 16001, 47999];
const SEED = 20261124;

/** 250 ms of a tone through a resampler, without the 20 ms at each end where the tone begins and stops. */
function steadyOutput(frequencyHz: number, inputRateHz: number, convert = resample): { samples: Float32Array; fromSample: number } {
  const output = convert(tone(frequencyHz, inputRateHz, Math.round(inputRateHz / 4)), { inputRateHz, outputRateHz: OUTPUT_RATE_HZ });
  const fromSample = OUTPUT_RATE_HZ / 50;
  return { samples: output.subarray(fromSample, output.length - fromSample), fromSample };
}

function inChunks(samples: Float32Array, lengths: readonly number[], resampler: Resampler): Float32Array {
  const parts: Float32Array[] = [];
  for (let offset = 0, turn = 0; offset < samples.length; turn++) {
    const length = lengths[turn % lengths.length]!;
    parts.push(resampler.push(samples.subarray(offset, offset + length)));
    offset += length;
  }
  parts.push(resampler.flush());
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

/** Bit for bit, so that -0 and 0 differ. */
function hasSameBits(a: Float32Array, b: Float32Array): boolean {
  return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));
}

/** Largest level of anything but the tone, for tones that the output cannot hold. */
function worstAliasDb(inputRateHz: number, convert = resample): number {
  const edgeHz = OUTPUT_RATE_HZ / 2;
  const levels = Array.from({ length: 24 }, (_, k) => edgeHz + (inputRateHz / 2 - edgeHz) * (k / 24) ** 2)
    .filter((frequencyHz) => frequencyHz < inputRateHz / 2)
    .map((frequencyHz) => decibels(sineAmplitude(steadyOutput(frequencyHz, inputRateHz, convert).samples)));
  return Math.max(...levels);
}

function everyThird(samples: Float32Array): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: Math.round(samples.length / 3) }, (_, i) => samples[3 * i]!);
}

test.each(RATES_HZ)('passes tones from %i Hz within 0.1 dB, in phase and with nothing added above -80 dB', (inputRateHz) => {
  const passHz = 0.875 * Math.min(inputRateHz / 2, 8000);
  for (let k = 0; k < 24; k++) {
    const frequencyHz = 60 + ((passHz - 60) * k) / 23;
    const { samples, fromSample } = steadyOutput(frequencyHz, inputRateHz);
    const { amplitude, phaseRadians, residual } = fitTone(samples, frequencyHz, OUTPUT_RATE_HZ, fromSample);
    expect(Math.abs(decibels(amplitude)), `gain at ${frequencyHz} Hz`).toBeLessThan(0.1);
    expect(Math.abs(phaseRadians), `phase at ${frequencyHz} Hz`).toBeLessThan(1e-4);
    expect(decibels(residual), `rest at ${frequencyHz} Hz`).toBeLessThan(-80);
  }
});

test.each(RATES_HZ.filter((rateHz) => rateHz > OUTPUT_RATE_HZ))('keeps aliases of %i Hz below -80 dB from 8 kHz on', (inputRateHz) => {
  expect(worstAliasDb(inputRateHz)).toBeLessThan(-80);
});

test('the alias measurement fails a decimator that has no filter', () => {
  expect(worstAliasDb(48000, everyThird)).toBeGreaterThan(-3);
});

test.each(RATES_HZ.filter((rateHz) => rateHz < OUTPUT_RATE_HZ))(
  'keeps images of %i Hz below -80 dB up to its Nyquist rate',
  (inputRateHz) => {
    for (let k = 0; k < 12; k++) {
      const frequencyHz = (inputRateHz / 2) * (0.88 + k * 0.01);
      const { samples, fromSample } = steadyOutput(frequencyHz, inputRateHz);
      expect(decibels(fitTone(samples, frequencyHz, OUTPUT_RATE_HZ, fromSample).residual), `${frequencyHz} Hz`).toBeLessThan(-80);
    }
  },
);

test('gives round(input * output / input rate) samples for every length and rate', () => {
  const rate = fc.oneof(fc.constantFrom(...RATES_HZ), fc.integer({ min: 8000, max: 96000 }));
  fc.assert(
    fc.property(
      rate,
      fc.constantFrom(OUTPUT_RATE_HZ, OUTPUT_RATE_HZ, 8000, 24000, 44100),
      fc.nat(3000),
      (inputRateHz, outputRateHz, length) => {
        const expected = Math.floor((2 * length * outputRateHz + inputRateHz) / (2 * inputRateHz));
        expect(resample(new Float32Array(length), { inputRateHz, outputRateHz })).toHaveLength(expected);
      },
    ),
    { seed: SEED, numRuns: 200 },
  );
});

test('gives bit-identical output for every chunking', () => {
  const chunkLength = fc.oneof(fc.constantFrom(1, 7, 128, 480, 2048, 2049, 5000), fc.integer({ min: 1, max: 6000 }));
  fc.assert(
    fc.property(
      fc.constantFrom(...RATES_HZ),
      fc.array(chunkLength, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 12000 }),
      fc.integer({ min: 1, max: 2147483646 }),
      (inputRateHz, lengths, length, seed) => {
        const options = { inputRateHz, outputRateHz: OUTPUT_RATE_HZ };
        const samples = noise(length, seed);
        expect(hasSameBits(inChunks(samples, lengths, new Resampler(options)), resample(samples, options))).toBe(true);
      },
    ),
    { seed: SEED, numRuns: 150 },
  );
});

test('gives bit-identical output when empty chunks lie between', () => {
  const options = { inputRateHz: 44100, outputRateHz: OUTPUT_RATE_HZ };
  const resampler = new Resampler(options);
  const samples = noise(3000, 5);
  const parts = [samples.subarray(0, 0), samples.subarray(0, 1000), samples.subarray(0, 0), samples.subarray(1000)];
  const output = [...parts.map((part) => resampler.push(part)), resampler.flush()].flatMap((part) => [...part]);
  expect(hasSameBits(Float32Array.from(output), resample(samples, options))).toBe(true);
});

test.each([44100, 44056])('has not drifted after five minutes at %i Hz', (inputRateHz) => {
  const frequencyHz = 1000;
  const resampler = new Resampler({ inputRateHz, outputRateHz: OUTPUT_RATE_HZ });
  // A whole number of periods, to be repeated without a seam.
  const second = tone(frequencyHz, inputRateHz, inputRateHz);
  let outputSamples = 0;
  let last = new Float32Array(0);
  for (let round = 0; round < 300; round++) {
    const output = resampler.push(second);
    last = output;
    outputSamples += output.length;
  }
  const fit = fitTone(last, frequencyHz, OUTPUT_RATE_HZ, outputSamples - last.length);
  expect(Math.abs(fit.phaseRadians)).toBeLessThan(1e-4);
  expect(outputSamples + resampler.flush().length).toBe(300 * OUTPUT_RATE_HZ);
});

test('holds back under 7 ms, and under 3 ms from 44.1 kHz up', () => {
  for (const inputRateHz of RATES_HZ) {
    const resampler = new Resampler({ inputRateHz, outputRateHz: OUTPUT_RATE_HZ });
    const heldSamples = OUTPUT_RATE_HZ - resampler.push(new Float32Array(inputRateHz)).length;
    expect(heldSamples, `${inputRateHz} Hz`).toBeLessThan((OUTPUT_RATE_HZ / 1000) * (inputRateHz >= 44056 ? 3 : 7));
  }
});

test('passes a constant exactly', () => {
  for (const inputRateHz of RATES_HZ) {
    const output = resample(new Float32Array(Math.round(inputRateHz / 5)).fill(0.5), { inputRateHz, outputRateHz: OUTPUT_RATE_HZ });
    for (const sample of output.subarray(400, output.length - 400)) expect(Math.abs(sample - 0.5)).toBeLessThan(1e-6);
  }
});

test('copies equal rates unchanged', () => {
  const samples = noise(1000, 3);
  const resampler = new Resampler({ inputRateHz: 16000, outputRateHz: 16000 });
  const output = resampler.push(samples);
  expect(output).toEqual(samples);
  expect(output.buffer).not.toBe(samples.buffer);
  expect(resampler.flush()).toHaveLength(0);
});

test('starts a new stream after flush and after reset', () => {
  const options = { inputRateHz: 48000, outputRateHz: OUTPUT_RATE_HZ };
  const resampler = new Resampler(options);
  const samples = noise(5000, 9);
  const expected = resample(samples, options);
  for (let round = 0; round < 2; round++) expect(hasSameBits(inChunks(samples, [999], resampler), expected)).toBe(true);
  resampler.push(samples);
  resampler.reset();
  expect(hasSameBits(inChunks(samples, [999], resampler), expected)).toBe(true);
});

test('recovers from a NaN once it has left the filter', () => {
  const samples = noise(6000, 11);
  samples[100] = Number.NaN;
  const output = resample(samples, { inputRateHz: 48000, outputRateHz: OUTPUT_RATE_HZ });
  expect(output.subarray(200).every(Number.isFinite)).toBe(true);
});

test.each([0, -48000, 7999, 192001, 44100.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses a rate of %d Hz', (rateHz) => {
  expect(() => new Resampler({ inputRateHz: rateHz, outputRateHz: 16000 })).toThrow(RangeError);
  expect(() => new Resampler({ inputRateHz: 16000, outputRateHz: rateHz })).toThrow('outputRateHz must be 8000-192000');
});
