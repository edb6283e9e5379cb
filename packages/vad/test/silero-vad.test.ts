import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { loadModelFiles, modelFilePath } from '@outspoken/models';
import type { OnnxRuntime } from '@outspoken/onnx';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { loadSileroVad, type VadModel } from '../src/index.ts';
import { readFixture } from './support/fixture.ts';
import { GOLDEN_PROBABILITIES } from './support/golden-probabilities.ts';
import { voiceSignal, withSilence } from './support/voice-signal.ts';

const FRAME_SAMPLES = 512;
const VOICE = withSilence(voiceSignal(1800), 320, 400);
const SIGNALS = { 'vowel sounds': VOICE, 'a human prompt': await readFixture('speech/tt-weasels.wav') };
const BYTES = {
  'silero-vad-v6': (await loadModelFiles('silero-vad-v6')).files.model,
  'silero-vad-v5': (await loadModelFiles('silero-vad-v5')).files.model,
};
// Rounding takes 5e-6; the kernels of other processors were seen to differ by some 1e-6 a frame. The rest is margin: a lost
// context or state moves probabilities by 0.4 and more.
const TOLERANCE = 1e-3;

for (const name of ['silero-vad-v6', 'silero-vad-v5'] as const) {
  for (const signal of ['vowel sounds', 'a human prompt'] as const) {
    test(`${name} gives the golden probabilities of ${signal}`, async () => {
      await using vad = await load(name);
      const probabilities = await processAll(vad, SIGNALS[signal]);
      expect(maximumDifference(probabilities, GOLDEN_PROBABILITIES[name][signal])).toBeLessThan(TOLERANCE);
    });

    test(`${name} without the context of 64 samples is told apart on ${signal}`, async () => {
      const bare = await processWithoutContext(BYTES[name], SIGNALS[signal]);
      const golden = GOLDEN_PROBABILITIES[name][signal];
      expect(maximumDifference(bare, golden)).toBeGreaterThan(0.4);
      // v5 only shifts; v6 goes deaf.
      if (name === 'silero-vad-v6') {
        expect(countSpeech(golden)).toBeGreaterThan(50);
        expect(countSpeech(bare)).toBe(0);
      }
    });
  }

  test(`${name} starts afresh after a reset`, async () => {
    await using vad = await load(name);
    const first = await processAll(vad, VOICE);
    const second = await processAll(vad, VOICE);
    vad.reset();
    expect(await processAll(vad, VOICE)).toEqual(first);
    expect(maximumDifference(second, first)).toBeGreaterThan(TOLERANCE);
  });
}

test('reads the frame before the call returns', async () => {
  await using vad = await load();
  const frame = new Float32Array(FRAME_SAMPLES);
  const probabilities: number[] = [];
  for (let start = 0; start + FRAME_SAMPLES <= VOICE.length; start += FRAME_SAMPLES) {
    frame.set(VOICE.subarray(start, start + FRAME_SAMPLES));
    const running = vad.process(frame);
    frame.fill(0.9);
    probabilities.push(await running);
  }
  expect(maximumDifference(probabilities, GOLDEN_PROBABILITIES['silero-vad-v6']['vowel sounds'])).toBeLessThan(TOLERANCE);
});

test('refuses a frame of another length', async () => {
  await using vad = await load();
  for (const length of [0, 511, 513, 576]) {
    await expect(vad.process(new Float32Array(length))).rejects.toThrow(RangeError);
  }
});

test('refuses audio that is not finite and goes on as if it had never come', async () => {
  await using vad = await load();
  const half = 20 * FRAME_SAMPLES;
  const before = await processAll(vad, VOICE.subarray(0, half));
  for (const sample of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    const frame = new Float32Array(FRAME_SAMPLES);
    frame[511] = sample;
    await expect(vad.process(frame)).rejects.toMatchObject({ name: 'VadError', code: 'audio_not_finite' });
  }
  const after = await processAll(vad, VOICE.subarray(half));
  expect(maximumDifference([...before, ...after], GOLDEN_PROBABILITIES['silero-vad-v6']['vowel sounds'])).toBeLessThan(TOLERANCE);
});

test('hears speech again after samples that overflow inside the model', async () => {
  await using vad = await load();
  for (const sample of [3e38, -3e38, 1e20, 1e4]) {
    const probability = await vad.process(new Float32Array(FRAME_SAMPLES).fill(sample));
    expect(probability).toBeGreaterThanOrEqual(0);
    expect(probability).toBeLessThanOrEqual(1);
  }
  expect(countSpeech(await processAll(vad, VOICE))).toBeGreaterThan(50);
});

test('gives an error, and keeps the stream, when the runtime gives no probability', async () => {
  let isBroken = false;
  const runtime = withOutput((outputs) => {
    return isBroken ? { ...outputs, output: new ort.Tensor('float32', Float32Array.of(Number.NaN), [1, 1]) } : outputs;
  });
  const vad = await loadSileroVad(runtime, BYTES['silero-vad-v6']);
  const half = 20 * FRAME_SAMPLES;
  const before = await processAll(vad, VOICE.subarray(0, half));
  isBroken = true;
  await expect(vad.process(VOICE.subarray(half, half + FRAME_SAMPLES))).rejects.toMatchObject({ code: 'model_failed' });
  isBroken = false;
  const after = await processAll(vad, VOICE.subarray(half));
  expect(maximumDifference([...before, ...after], GOLDEN_PROBABILITIES['silero-vad-v6']['vowel sounds'])).toBeLessThan(TOLERANCE);
  await vad.close();
});

test('refuses a frame while the one before is running, and keeps the stream right', async () => {
  await using vad = await load();
  const probabilities: number[] = [];
  for (let start = 0; start + FRAME_SAMPLES <= VOICE.length; start += FRAME_SAMPLES) {
    const running = vad.process(VOICE.subarray(start, start + FRAME_SAMPLES));
    await expect(vad.process(new Float32Array(FRAME_SAMPLES).fill(0.3))).rejects.toMatchObject({ code: 'busy' });
    probabilities.push(await running);
  }
  expect(maximumDifference(probabilities, GOLDEN_PROBABILITIES['silero-vad-v6']['vowel sounds'])).toBeLessThan(TOLERANCE);
});

test('a reset during a call holds', async () => {
  await using vad = await load();
  await processAll(vad, VOICE.subarray(0, 30 * FRAME_SAMPLES));
  const running = vad.process(VOICE.subarray(30 * FRAME_SAMPLES, 31 * FRAME_SAMPLES));
  vad.reset();
  await running;
  expect(maximumDifference(await processAll(vad, VOICE), GOLDEN_PROBABILITIES['silero-vad-v6']['vowel sounds'])).toBeLessThan(TOLERANCE);
});

test('makes no tensor after it is loaded', async () => {
  let tensors = 0;
  const Tensor = new Proxy(ort.Tensor, {
    construct(target, args): object {
      tensors += 1;
      return Reflect.construct(target, args);
    },
  });
  await using vad = await loadSileroVad({ InferenceSession: ort.InferenceSession, Tensor }, BYTES['silero-vad-v6']);
  expect(tensors).toBe(3);
  await processAll(vad, VOICE);
  expect(tensors).toBe(3);
});

test('waits for a running frame when it is closed, then refuses frames', async () => {
  const vad = await load();
  const running = vad.process(new Float32Array(FRAME_SAMPLES));
  await Promise.all([vad.close(), vad.close()]);
  expect(await running).toBeLessThan(0.1);
  await expect(vad.process(new Float32Array(FRAME_SAMPLES))).rejects.toMatchObject({ code: 'closed' });
  await vad.close();
});

test('refuses a graph with other inputs and bytes that are no graph', async () => {
  const legacy = await readFile(join(dirname(modelFilePath('silero-vad-v6', 'model')), 'silero_vad_legacy.onnx'));
  await expect(loadSileroVad(ort, legacy)).rejects.toMatchObject({ name: 'VadError', code: 'model_io' });
  await expect(loadSileroVad(ort, new Uint8Array(100))).rejects.toMatchObject({ name: 'OnnxError', code: 'load_failed' });
});

function load(name: keyof typeof BYTES = 'silero-vad-v6'): Promise<VadModel & AsyncDisposable> {
  return loadSileroVad(ort, BYTES[name]);
}

/** The real runtime, with its outputs passed through `change`. */
function withOutput(change: (outputs: ort.InferenceSession.OnnxValueMapType) => ort.InferenceSession.OnnxValueMapType): OnnxRuntime {
  const create = async (bytes: Uint8Array): Promise<ort.InferenceSession> => {
    const session = await ort.InferenceSession.create(bytes);
    return {
      inputNames: session.inputNames,
      outputNames: session.outputNames,
      run: async (feeds: ort.InferenceSession.FeedsType) => change(await session.run(feeds)),
      release: () => session.release(),
    } as ort.InferenceSession; // the part that OnnxModel uses
  };
  return { InferenceSession: { create } as typeof ort.InferenceSession, Tensor: ort.Tensor };
}

async function processAll(vad: VadModel, samples: Float32Array): Promise<number[]> {
  const probabilities: number[] = [];
  for (let start = 0; start + FRAME_SAMPLES <= samples.length; start += FRAME_SAMPLES) {
    probabilities.push(await vad.process(samples.subarray(start, start + FRAME_SAMPLES)));
  }
  return probabilities;
}

/** The mistake that the golden probabilities are there to catch. */
async function processWithoutContext(bytes: Uint8Array, samples: Float32Array): Promise<number[]> {
  const session = await ort.InferenceSession.create(bytes);
  const sr = new ort.Tensor('int64', BigInt64Array.of(16000n), []);
  let state: ort.Tensor = new ort.Tensor('float32', new Float32Array(256), [2, 1, 128]);
  const probabilities: number[] = [];
  for (let start = 0; start + FRAME_SAMPLES <= samples.length; start += FRAME_SAMPLES) {
    const input = new ort.Tensor('float32', samples.slice(start, start + FRAME_SAMPLES), [1, FRAME_SAMPLES]);
    const { output, stateN } = await session.run({ input, state, sr });
    probabilities.push(Number(output!.data[0]));
    state = stateN!;
  }
  await session.release();
  return probabilities;
}

function countSpeech(probabilities: readonly number[]): number {
  return probabilities.filter((probability) => probability >= 0.5).length;
}

function maximumDifference(actual: readonly number[], expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length);
  return Math.max(...actual.map((probability, index) => Math.abs(probability - expected[index]!)));
}
