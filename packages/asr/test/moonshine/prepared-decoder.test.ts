import type { OnnxRuntime } from '@outspoken/onnx';
import * as runtime from 'onnxruntime-node';
import { afterAll, describe, expect, test } from 'vitest';
import { type ClipOutcome, decodeClip } from '../../src/moonshine/clip-decoder.ts';
import type { GreedySearchResult } from '../../src/moonshine/greedy-search.ts';
import { loadMoonshineModel } from '../../src/moonshine/model.ts';
import { PreparedDecoder } from '../../src/moonshine/prepared-decoder.ts';
import { loadMoonshine } from '../../src/moonshine/recognizer.ts';
import { ShippedDecoder } from '../../src/moonshine/shipped-decoder.ts';
import { largestDifference, relativeError, seededFloats } from '../support/built-graph.ts';
import { buildGraphs, CLEAR_PROMPTS, parameters, source, speech } from '../support/moonshine-tiny.ts';
import { EXACT_FORMS } from '../support/processor.ts';

const LONG_PROMPT = 'queue-periodic-announce';
const STEPS_PER_RUN = 16;

const session = { intraOpNumThreads: 1, interOpNumThreads: 1 };
const now = (): number => performance.now();
const options = { maximumTokens: parameters.maximumTokens, forcesStart: false, signal: undefined };
const shipped = new ShippedDecoder(await loadMoonshineModel(runtime, source.files, session), parameters, now);
afterAll(() => shipped.close());

/** The runtime, calling back for each tensor before it is made. */
function watched(onTensor: (type: string, dims: readonly number[]) => void): OnnxRuntime {
  const Tensor = new Proxy(runtime.Tensor, {
    construct(target, [type, data, dims]: [string, Float32Array, number[]]) {
      onTensor(type, dims);
      return Reflect.construct(target, [type, data, dims]);
    },
  });
  return { ...runtime, Tensor };
}

/** The runtime, calling back at each run of a decoder, which is the only one to take a number without an axis. */
function watchedRuns(onRun: () => void): OnnxRuntime {
  return watched((type, dims) => {
    if (type === 'int64' && dims.length === 0) onRun();
  });
}

describe.each(EXACT_FORMS)('%s graphs', async (sign) => {
  const graphs = buildGraphs(sign);
  const load = (onnx: OnnxRuntime = runtime, clock = now) => PreparedDecoder.load(onnx, graphs, { parameters, session, now: clock });
  const decoder = await load();
  afterAll(() => decoder.close());

  test.each(CLEAR_PROMPTS)('write what the published graphs write: %s', async (prompt) => {
    const { found } = await decodeClip(decoder, { samples: speech(prompt), ...options });
    const { found: expected } = await decodeClip(shipped, { samples: speech(prompt), ...options });
    expect(found.tokenIds).toEqual(expected.tokenIds);
    expect(found.hasReachedCap).toBe(false);
    expect(found.logProbabilities.every((value) => value <= 0)).toBe(true);
    // Activations in 8 bits move the probabilities of clear speech by some hundredths.
    expect(relativeError(found.logProbabilities.map(Math.exp), expected.logProbabilities.map(Math.exp))).toBeLessThanOrEqual(0.05);
    expect(Math.abs(found.endProbabilityAtStart - expected.endProbabilityAtStart)).toBeLessThanOrEqual(0.05);
  });

  test('say where each token was heard, within the frames of the clip whatever is beside it', async () => {
    const prompts = [LONG_PROMPT, 'dir-nomore'];
    const outcomes: ClipOutcome[] = [];
    const clips = prompts.map((prompt) => ({ samples: speech(prompt), ...options }));
    await decoder.decodeEach(clips, (index, outcome) => {
      outcomes[index] = outcome;
    });
    for (const [index, prompt] of prompts.entries()) {
      const { found: alone } = await decodeClip(decoder, { samples: speech(prompt), ...options });
      const outcome = outcomes[index]!;
      if (outcome.type !== 'decoded') throw outcome.error;
      const { tokenIds, attention = [] } = outcome.clip.found;
      expect(attention).toHaveLength(tokenIds.length);
      for (const [token, heard] of attention.entries()) {
        const expected = alone.attention![token]!;
        expect(largestDifference(heard.subarray(0, expected.length), expected)).toBeLessThanOrEqual(1e-3);
        expect(heard.subarray(expected.length).every((value) => value === 0)).toBe(true);
      }
    }
  });

  test('write a text that is longer than one run of the decoder', async () => {
    let runs = 0;
    const counted = await load(watchedRuns(() => (runs += 1)));
    const { found } = await decodeClip(counted, { samples: speech(LONG_PROMPT), ...options });
    expect(found.tokenIds.length).toBeGreaterThan(STEPS_PER_RUN);
    // One more step than tokens, the one of the end token.
    expect(runs).toBe(Math.ceil((found.tokenIds.length + 1) / STEPS_PER_RUN));
    expect(found.tokenIds).toEqual((await decodeClip(shipped, { samples: speech(LONG_PROMPT), ...options })).found.tokenIds);
    expect(found.logProbabilities).toHaveLength(found.tokenIds.length);
  });

  test.each([0, 1, 15, 16, 17])('stop at a cap of %i tokens', async (maximumTokens) => {
    const { found } = await decodeClip(decoder, { samples: speech(LONG_PROMPT), ...options, maximumTokens });
    const whole = (await decodeClip(decoder, { samples: speech(LONG_PROMPT), ...options })).found;
    expect(found.tokenIds).toEqual(whole.tokenIds.slice(0, maximumTokens));
    expect(found.hasReachedCap).toBe(true);
  });

  test('tell a text that ends at the cap from one that ends by itself', async () => {
    const count = (await decodeClip(decoder, { samples: speech('tt-weasels'), ...options })).found.tokenIds.length;
    const atCap = async (maximumTokens: number) =>
      (await decodeClip(decoder, { samples: speech('tt-weasels'), ...options, maximumTokens })).found;
    expect(await atCap(count)).toMatchObject({ hasReachedCap: true });
    expect(await atCap(count + 1)).toMatchObject({ hasReachedCap: false });
  });

  test('decode calls that overlap without mixing them', async () => {
    const together = await Promise.all(CLEAR_PROMPTS.map((prompt) => decodeClip(decoder, { samples: speech(prompt), ...options })));
    for (const [index, prompt] of CLEAR_PROMPTS.entries()) {
      expect(together[index]!.found).toEqual((await decodeClip(decoder, { samples: speech(prompt), ...options })).found);
    }
  });

  describe('side by side', () => {
    /** Clips of one call; `end` is told of each as it ends. */
    async function decodeTogether(prompts: readonly string[], { signals = [] as (AbortSignal | undefined)[], caps = [] as number[] } = {}) {
      const outcomes: ClipOutcome[] = [];
      const order: number[] = [];
      const clips = prompts.map((prompt, index) => ({
        samples: speech(prompt),
        maximumTokens: caps[index] ?? parameters.maximumTokens,
        forcesStart: false,
        signal: signals[index],
      }));
      await decoder.decodeEach(clips, (index, outcome) => {
        expect(outcomes[index]).toBeUndefined();
        outcomes[index] = outcome;
        order.push(index);
      });
      return { outcomes, order };
    }

    test('write of each clip what they write of it alone', async () => {
      const { outcomes } = await decodeTogether(CLEAR_PROMPTS);
      expect(CLEAR_PROMPTS.length).toBeGreaterThan(decoder.maximumRows);
      for (const [index, prompt] of CLEAR_PROMPTS.entries()) {
        const { found: alone } = await decodeClip(decoder, { samples: speech(prompt), ...options });
        const outcome = outcomes[index]!;
        if (outcome.type !== 'decoded') throw outcome.error;
        const { found } = outcome.clip;
        expect({ ...found, logProbabilities: [], attention: [] }).toEqual({
          ...alone,
          logProbabilities: [],
          attention: [],
          endProbabilityAtStart: expect.closeTo(alone.endProbabilityAtStart, 4),
        });
        // Sums of floats in another order.
        expect(largestDifference(found.logProbabilities, alone.logProbabilities)).toBeLessThanOrEqual(1e-3);
      }
    });

    test('tell of the short ones before the long one has ended', async () => {
      const { order } = await decodeTogether([LONG_PROMPT, 'dir-nomore', 'vm-toforward']);
      expect(order.at(-1)).toBe(0);
    });

    test('stop at the cap of each', async () => {
      const { outcomes } = await decodeTogether([LONG_PROMPT, LONG_PROMPT, LONG_PROMPT, LONG_PROMPT], { caps: [3, 0, 17, 5] });
      const found = outcomes.map((outcome) => (outcome.type === 'decoded' ? outcome.clip.found : undefined));
      expect(found.map((result) => result?.tokenIds.length)).toEqual([3, 0, 17, 5]);
      expect(found.every((result) => result?.hasReachedCap)).toBe(true);
      expect(found[2]?.tokenIds.slice(0, 5)).toEqual(found[3]?.tokenIds);
    });

    test('go on with the others when one is cancelled', async () => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(new Error('speech went on')), 0);
      const { outcomes } = await decodeTogether(['tt-weasels', LONG_PROMPT], { signals: [undefined, controller.signal] });
      expect(outcomes.map(({ type }) => type)).toEqual(['decoded', 'failed']);
      expect(outcomes[1]).toMatchObject({ error: { message: 'speech went on' } });
    });

    test('do not encode a clip that is cancelled already', async () => {
      const { outcomes } = await decodeTogether(['tt-weasels', 'dir-nomore'], { signals: [AbortSignal.abort(new Error('gone'))] });
      expect(outcomes.map(({ type }) => type)).toEqual(['failed', 'decoded']);
    });

    test('fail a clip that is not a number alone', async () => {
      const outcomes: ClipOutcome[] = [];
      const clip = (samples: Float32Array) => ({ samples, ...options });
      const poisoned = speech('tt-weasels').map(() => Number.NaN);
      await decoder.decodeEach([clip(poisoned), clip(speech('dir-nomore'))], (index, outcome) => {
        outcomes[index] = outcome;
      });
      expect(outcomes[0]).toMatchObject({ type: 'failed', error: { name: 'NotANumberError' } });
      const { found } = await decodeClip(decoder, clip(speech('dir-nomore')));
      expect(outcomes[1]).toMatchObject({ type: 'decoded', clip: { found: { tokenIds: found.tokenIds } } });
    });

    test('begin a text that would end at once with the next best token when they must, and leave the others alone', async () => {
      const noise = seededFloats(16_000, 1).map((value) => value / 10);
      const found = new Map<number, GreedySearchResult>();
      const clips = [
        { samples: noise, ...options, forcesStart: true },
        { samples: noise, ...options },
        { samples: speech('dir-nomore'), ...options, forcesStart: true },
      ];
      await decoder.decodeEach(clips, (index, outcome) => {
        if (outcome.type === 'decoded') found.set(index, outcome.clip.found);
      });
      expect(found.get(1)).toMatchObject({ tokenIds: [], hasForcedStart: false });
      expect(found.get(0)).toMatchObject({ hasForcedStart: true, endProbabilityAtStart: found.get(1)!.endProbabilityAtStart });
      expect(found.get(0)!.tokenIds[0]).not.toBe(parameters.endTokenId);
      expect(found.get(0)!.logProbabilities[0]).toBeLessThanOrEqual(0);
      const { found: plain } = await decodeClip(decoder, { samples: speech('dir-nomore'), ...options });
      expect(found.get(2)).toMatchObject({ tokenIds: plain.tokenIds, hasForcedStart: false });
      const { found: published } = await decodeClip(shipped, { samples: noise, ...options, forcesStart: true });
      expect(published.hasForcedStart).toBe(true);
      expect(found.get(0)!.tokenIds[0]).toBe(published.tokenIds[0]);
    });

    test('take no clips', async () => {
      expect((await decodeTogether([])).outcomes).toEqual([]);
    });
  });

  test('refuse to go on once they compute what is not a number', async () => {
    // The real graphs, fed NaN behind the back of the check of the clip; the probe of the processor has smaller tensors than a clip.
    const Tensor = new Proxy(runtime.Tensor, {
      construct(target, [type, data, dims]: [string, Float32Array, number[]]) {
        const isAudio = type === 'float32' && dims.length === 2 && dims[1]! >= parameters.minimumSamples;
        return Reflect.construct(target, [type, isAudio ? data.map(() => Number.NaN) : data, dims]);
      },
    });
    await using poisoned = await loadMoonshine({ ...runtime, Tensor }, source, { graphs });
    const clips = [{ samples: new Float32Array(16_000) }, { samples: speech('tt-weasels') }];
    await expect(poisoned.transcribe(clips)).rejects.toMatchObject({ name: 'RecognizerError', code: 'not_a_number', clipIndex: 1 });
  });

  test('stop between two runs when the signal is aborted, and stay usable', async () => {
    const controller = new AbortController();
    let runs = 0;
    const watchedDecoder = await load(
      watchedRuns(() => {
        runs += 1;
        if (runs === 2) controller.abort(new Error('speech went on'));
      }),
    );
    const samples = speech(LONG_PROMPT);
    await expect(decodeClip(watchedDecoder, { samples: samples, ...options, signal: controller.signal })).rejects.toThrow('speech went on');
    expect(runs).toBe(2);
    expect((await decodeClip(watchedDecoder, { samples: samples, ...options })).found).toEqual(
      (await decodeClip(decoder, { samples: samples, ...options })).found,
    );
  });

  test('do not begin the search when the signal is aborted while the encoder runs', async () => {
    const controller = new AbortController();
    let runs = 0;
    let readings = 0;
    // The second reading of the clock is the one after the encoder.
    const clock = (): number => {
      readings += 1;
      if (readings === 2) controller.abort(new Error('speech went on'));
      return 0;
    };
    const clocked = await load(
      watchedRuns(() => (runs += 1)),
      clock,
    );
    await expect(decodeClip(clocked, { samples: speech('tt-weasels'), ...options, signal: controller.signal })).rejects.toThrow(
      'speech went on',
    );
    expect(runs).toBe(0);
  });

  test('let an abort that arrives as an event of its own take effect', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('timer')), 0);
    await expect(decodeClip(decoder, { samples: speech(LONG_PROMPT), ...options, signal: controller.signal })).rejects.toThrow('timer');
  });

  test('measure the stages with the clock they are given', async () => {
    let nowMs = 0;
    const clocked = await load(runtime, () => (nowMs += 1));
    expect((await decodeClip(clocked, { samples: speech('tt-weasels'), ...options })).timings).toEqual({ encoderMs: 1, decoderMs: 1 });
  });

  test('say which they are', () => {
    expect(decoder.graph).toBe(sign);
  });

  test('are closed twice and then refuse a clip', async () => {
    const closed = await load();
    await closed.close();
    await closed.close();
    await expect(decodeClip(closed, { samples: speech('tt-weasels'), ...options })).rejects.toMatchObject({ code: 'closed' });
  });
});

test.each(['encoder', 'decoder'] as const)('refuses bytes that are no graph: the %s', async (which) => {
  const graphs = { ...buildGraphs('signed'), [which]: Uint8Array.of(1, 2, 3) };
  await expect(PreparedDecoder.load(runtime, graphs, { parameters, session, now })).rejects.toMatchObject({
    name: 'RecognizerError',
    code: 'model_failed',
    cause: expect.objectContaining({ code: 'load_failed' }),
  });
});

test('refuses graphs in the wrong places', async () => {
  const { variant, encoder, decoder } = buildGraphs('signed');
  const swapped = await PreparedDecoder.load(runtime, { variant, encoder: decoder, decoder: encoder }, { parameters, session, now });
  await expect(decodeClip(swapped, { samples: speech('tt-weasels'), ...options })).rejects.toMatchObject({ code: 'run_failed' });
  await swapped.close();
});
