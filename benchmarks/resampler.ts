// Our resampler against the one in @ricky0123/vad-web, to 16 kHz, in the same run: speed, aliases, pass-band loss, drift.
// Run: pnpm exec tsx --conditions=@outspoken/source benchmarks/resampler.ts
import { Resampler } from '@outspoken/audio';
import { Resampler as VadWebResampler } from '@ricky0123/vad-web/dist/resampler.js';

const OUTPUT_RATE_HZ = 16000;
const FRAME_SAMPLES = 512;
const QUANTUM_SAMPLES = 128; // what an AudioWorklet delivers
const ROUNDS = 15;
const RATES_HZ = [16000, 32000, 44100, 48000, 96000];

/** Takes one quantum and gives what came out, in frames or in one piece. */
type Converter = (samples: Float32Array) => readonly Float32Array[];
type CreateConverter = (inputRateHz: number) => Converter;

const createOurs: CreateConverter = (inputRateHz) => {
  const resampler = new Resampler({ inputRateHz, outputRateHz: OUTPUT_RATE_HZ });
  return (samples) => [resampler.push(samples)];
};

const createTheirs: CreateConverter = (inputRateHz) => {
  const resampler = new VadWebResampler({
    nativeSampleRate: inputRateHz,
    targetSampleRate: OUTPUT_RATE_HZ,
    targetFrameSize: FRAME_SAMPLES,
  });
  return (samples) => resampler.process(samples);
};

function tone(frequencyHz: number, rateHz: number, length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin((2 * Math.PI * frequencyHz * i) / rateHz));
}

function convert(create: CreateConverter, inputRateHz: number, samples: Float32Array): Float32Array {
  const converter = create(inputRateHz);
  const parts: Float32Array[] = [];
  for (let i = 0; i + QUANTUM_SAMPLES <= samples.length; i += QUANTUM_SAMPLES)
    parts.push(...converter(samples.subarray(i, i + QUANTUM_SAMPLES)));
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

/** Nanoseconds per input sample over one second of audio. */
function timeNs(converter: Converter, quanta: readonly Float32Array[]): number {
  const start = process.hrtime.bigint();
  for (const quantum of quanta) converter(quantum);
  return Number(process.hrtime.bigint() - start) / (quanta.length * QUANTUM_SAMPLES);
}

interface Timing {
  readonly oursNs: number[];
  readonly theirsNs: number[];
}

function timeBoth(inputRateHz: number): Timing {
  const second = tone(440, inputRateHz, inputRateHz);
  const quanta = Array.from({ length: Math.floor(inputRateHz / QUANTUM_SAMPLES) }, (_, i) =>
    second.slice(i * QUANTUM_SAMPLES, (i + 1) * QUANTUM_SAMPLES),
  );
  const ours = createOurs(inputRateHz);
  const theirs = createTheirs(inputRateHz);
  const timing: Timing = { oursNs: [], theirsNs: [] };
  for (let round = -3; round < ROUNDS; round++) {
    // The order alternates, so that neither always runs on the other's cache; the first rounds warm up.
    const oursFirst = round % 2 === 0;
    const first = timeNs(oursFirst ? ours : theirs, quanta);
    const second = timeNs(oursFirst ? theirs : ours, quanta);
    if (round < 0) continue;
    timing.oursNs.push(oursFirst ? first : second);
    timing.theirsNs.push(oursFirst ? second : first);
  }
  return timing;
}

function quantile(values: readonly number[], ratio: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.round(ratio * (sorted.length - 1))] ?? Number.NaN;
}

function spread(values: readonly number[], digits: number): string {
  return `${quantile(values, 0.5).toFixed(digits)} (${quantile(values, 0).toFixed(digits)}-${quantile(values, 1).toFixed(digits)})`;
}

/** Level of all that comes out when a tone goes in that 16 kHz cannot hold, in decibels relative to the tone. */
function aliasDb(create: CreateConverter, inputRateHz: number, frequencyHz: number): number {
  const output = convert(create, inputRateHz, tone(frequencyHz, inputRateHz, inputRateHz)).subarray(1000, 14000);
  return 10 * Math.log10((2 * output.reduce((sum, sample) => sum + sample * sample, 0)) / output.length);
}

/**
 * Gain of a tone in decibels.
 *
 * The strongest line within 0.1 % of the tone counts: a converter that drifts moves the tone, and that is not loss.
 */
function gainDb(create: CreateConverter, inputRateHz: number, frequencyHz: number): number {
  const output = convert(create, inputRateHz, tone(frequencyHz, inputRateHz, inputRateHz)).subarray(1000, 9000);
  const amplitudes = Array.from({ length: 41 }, (_, k) => amplitudeAt(output, frequencyHz * (1 + (k - 20) / 20_000)));
  return 20 * Math.log10(Math.max(...amplitudes));
}

function amplitudeAt(samples: Float32Array, frequencyHz: number): number {
  let real = 0;
  let imaginary = 0;
  samples.forEach((sample, i) => {
    real += sample * Math.cos((2 * Math.PI * frequencyHz * i) / OUTPUT_RATE_HZ);
    imaginary += sample * Math.sin((2 * Math.PI * frequencyHz * i) / OUTPUT_RATE_HZ);
  });
  return (2 * Math.hypot(real, imaginary)) / samples.length;
}

/** By how many samples an hour of audio comes out too long (+) or too short (-): from the input that a minute of output takes. */
function driftSamplesPerHour(create: CreateConverter, inputRateHz: number): number {
  const converter = create(inputRateHz);
  const single = new Float32Array(1);
  let input = 0;
  let output = 0;
  const advance = (target: number): number => {
    while (output < target) {
      for (const part of converter(single)) output += part.length;
      input++;
    }
    return input;
  };
  // Both ends stand at the end of a frame, so what a converter holds back is the same at both.
  const from = advance(100 * FRAME_SAMPLES);
  const outputFrom = output;
  const inputSpan = advance(1975 * FRAME_SAMPLES) - from;
  const expected = (inputSpan * OUTPUT_RATE_HZ) / inputRateHz;
  const drift = output - outputFrom - expected;
  // Less than one sample is where the last frame happened to end, not drift.
  return Math.abs(drift) <= 1 ? 0 : drift * 60;
}

function report(inputRateHz: number): void {
  const { oursNs, theirsNs } = timeBoth(inputRateHz);
  const ratios = oursNs.map((ns, i) => ns / (theirsNs[i] ?? Number.NaN));
  console.log(`\n${inputRateHz} Hz -> ${OUTPUT_RATE_HZ} Hz`);
  console.log(
    `  ns per input sample, median (min-max): ours ${spread(oursNs, 1)}, vad-web ${spread(theirsNs, 1)}, ratio ${spread(ratios, 2)}`,
  );
  for (const frequencyHz of [9000, 10000, 12000].filter((hz) => hz < inputRateHz / 2)) {
    const [ours, theirs] = [createOurs, createTheirs].map((create) => aliasDb(create, inputRateHz, frequencyHz).toFixed(1));
    console.log(`  alias of ${frequencyHz} Hz: ours ${ours} dB, vad-web ${theirs} dB`);
  }
  const [oursGain, theirsGain] = [createOurs, createTheirs].map((create) => gainDb(create, inputRateHz, 6000).toFixed(2));
  console.log(`  gain at 6000 Hz: ours ${oursGain} dB, vad-web ${theirsGain} dB`);
  const [oursDrift, theirsDrift] = [createOurs, createTheirs].map((create) => driftSamplesPerHour(create, inputRateHz));
  console.log(`  drift, samples per hour: ours ${oursDrift?.toFixed(0)}, vad-web ${theirsDrift?.toFixed(0)}`);
}

console.log(
  `Node ${process.version}, ${process.platform} ${process.arch}; ${ROUNDS} interleaved rounds of 1 s of audio in ${QUANTUM_SAMPLES}-sample quanta`,
);
for (const inputRateHz of RATES_HZ) report(inputRateHz);
