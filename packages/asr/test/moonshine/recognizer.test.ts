import { loadModelFiles } from '@outspoken/models';
import * as runtime from 'onnxruntime-node';
import { afterAll, describe, expect, test } from 'vitest';
import { fixturePath, readSpeech } from '../../../../tests/support/fixtures.ts';
import { loadMoonshine } from '../../src/moonshine/recognizer.ts';
import { Tokenizer } from '../../src/moonshine/tokenizer.ts';
import type { ClipResult } from '../../src/recognizer.ts';
import { seededFloats } from '../support/built-graph.ts';
import { buildGraphs } from '../support/moonshine-tiny.ts';
import { EXACT_FORMS } from '../support/processor.ts';
import { decodePlainly } from './plain-greedy.ts';

const source = await loadModelFiles('moonshine-tiny');
const recognizer = await loadMoonshine(runtime, source);
afterAll(() => recognizer.close());

const speech = (name: string): Float32Array => readSpeech(fixturePath(`speech/${name}.wav`));
const PROMPTS = ['tt-weasels', 'conf-roll-callcomplete', 'vm-toforward', 'privacy-prompt', 'vm-mailboxfull', 'queue-periodic-announce'];

async function transcribe(samples: Float32Array) {
  const [transcript] = await recognizer.transcribe([{ samples }]);
  return transcript!;
}

test('writes what plain greedy decoding of the same weights writes', async () => {
  const encoder = await runtime.InferenceSession.create(source.files.encoder);
  const decoder = await runtime.InferenceSession.create(source.files.decoder);
  for (const prompt of PROMPTS) {
    const samples = speech(prompt);
    const transcript = await transcribe(samples);
    expect([prompt, transcript.tokens.map((token) => token.id)]).toEqual([prompt, await decodePlainly(encoder, decoder, samples)]);
    expect(transcript.guards).toEqual([]);
  }
});

test.each(['shipped', ...EXACT_FORMS] as const)('keeps no plan of the memory for each length that it heard: %s graphs', async (form) => {
  const asked: unknown[] = [];
  const watched = {
    ...runtime,
    InferenceSession: {
      create: (bytes: Uint8Array, options: { readonly enableMemPattern?: boolean }) => {
        asked.push(options.enableMemPattern);
        return runtime.InferenceSession.create(bytes, options);
      },
    } as typeof runtime.InferenceSession,
  };
  const loaded = await loadMoonshine(watched, source, form === 'shipped' ? {} : { graphs: buildGraphs(form) });
  await loaded.close();
  expect(asked).not.toHaveLength(0);
  expect(asked.every((value) => value === false)).toBe(true);
});

test('a text is spelt in the tokens that the model wrote', async () => {
  const tokenizer = new Tokenizer(source.files.vocabulary);
  for (const prompt of PROMPTS) {
    const { text, tokens } = await transcribe(speech(prompt));
    expect(tokenizer.encode(` ${text}`)).toEqual(tokens.map(({ id }) => id));
  }
});

describe.each(['shipped', ...EXACT_FORMS] as const)('with the %s graphs', async (form) => {
  const hearing = await loadMoonshine(runtime, source, form === 'shipped' ? {} : { graphs: buildGraphs(form) });
  afterAll(() => hearing.close());
  const UNCLEAR = speech('confbridge-only-participant');
  const hear = async (asked: object) => (await hearing.transcribe([{ samples: UNCLEAR, ...asked }]))[0]!;

  test('takes a keyword where the sound leaves a choice', async () => {
    const keywords = ['the conference', 'Thornton'];
    const plain = await hear({});
    const listed = await hear({ keywords });
    expect(plain.text).not.toMatch(/the conference/);
    expect(listed.text).toMatch(/^You are currently the only participant in the conference/);
    expect(listed.words.map(({ text }) => text).join(' ')).toBe(listed.text);
    // It is as probable as it sounds, whatever was expected.
    expect(listed.confidence).toBeLessThan(plain.confidence + 0.05);
    expect(listed.alternatives).toBeUndefined();
    const slow = await hear({ keywords, effort: 'balanced' });
    expect(slow.text).toMatch(/the conference/);
  });

  test('tells the other texts that it was about to write, the best first', async () => {
    const { text, alternatives = [] } = await hear({ alternatives: 3 });
    expect(alternatives.length).toBeGreaterThan(1);
    expect(alternatives.length).toBeLessThanOrEqual(3);
    expect(alternatives[0]!.text).toBe(text);
    expect(new Set(alternatives.map((alternative) => alternative.text)).size).toBe(alternatives.length);
    expect(alternatives.map(({ logProbability }) => logProbability)).toEqual(
      alternatives.map(({ logProbability }) => logProbability).sort((a, b) => b - a),
    );
  });

  test('refuses a list that is too long, its mates go on', async () => {
    const results: ClipResult[] = [];
    const keywords = new Array<string>(1001).fill('word');
    await hearing.transcribeEach([{ samples: UNCLEAR, keywords }, { samples: UNCLEAR }], (index, result) => (results[index] = result));
    expect(results[0]).toMatchObject({ type: 'error', error: { code: 'keywords_refused', clipIndex: 0 } });
    expect(results[1]).toMatchObject({ type: 'transcript' });
  });

  test('stops in the middle of its texts when it is cancelled', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    setTimeout(() => controller.abort(reason), 0);
    const asked = { samples: UNCLEAR, alternatives: 1, signal: controller.signal };
    await hearing.transcribeEach([asked], (_, result) => expect(result).toEqual({ type: 'error', error: reason }));
  });
});

test('transcribes a clip to text, tokens and words that agree with one another', async () => {
  const transcript = await transcribe(speech('tt-weasels'));
  expect(transcript.text).toBe('Weasels have eaten our phone system.');
  expect(
    transcript.tokens
      .map((token) => token.text)
      .join('')
      .trim(),
  ).toBe(transcript.text);
  expect(transcript.words.map((word) => word.text).join(' ')).toBe(transcript.text);
  expect(transcript.emptyReason).toBeUndefined();
  expect(transcript.audioMs).toBeCloseTo(2951, -1);
  expect(transcript.confidence).toBeGreaterThan(0.8);
  expect(transcript.noSpeechProbability).toBeLessThan(0.1);
  for (const { confidence, startMs, endMs, timing } of transcript.words) {
    expect(confidence > 0 && confidence <= 1 && startMs < endMs && endMs <= transcript.audioMs && timing === 'estimated').toBe(true);
  }
});

test('measures the stages with the clock it is given', async () => {
  let nowMs = 0;
  await using clocked = await loadMoonshine(runtime, source, { now: () => (nowMs += 1) });
  const [transcript] = await clocked.transcribe([{ samples: speech('tt-weasels') }]);
  expect(transcript!.timings.encoderMs).toBe(1);
  expect(transcript!.timings.decoderMs).toBeGreaterThan(1);
});

test('keeps the order of a batch and takes an empty one', async () => {
  const batch = PROMPTS.slice(0, 3).map((prompt) => ({ samples: speech(prompt) }));
  const together = await recognizer.transcribe(batch);
  const apart = await Promise.all(batch.map(async (clip) => (await recognizer.transcribe([clip]))[0]!));
  expect(together.map((transcript) => transcript.text)).toEqual(apart.map((transcript) => transcript.text));
  expect(await recognizer.transcribe([])).toEqual([]);
});

test('gives silence an empty text and the reason, without running the graph', async () => {
  const transcript = await transcribe(new Float32Array(80_000));
  expect(transcript).toEqual({
    text: '',
    tokens: [],
    words: [],
    confidence: 1,
    meanLogProbability: 0,
    noSpeechProbability: 1,
    emptyReason: 'silence',
    guards: ['silence'],
    timings: { encoderMs: 0, decoderMs: 0 },
    audioMs: 5000,
    effort: 'fast',
  });
});

test('gives white noise an empty text because the model ends it at once', async () => {
  let state = 20261124;
  const noise = Float32Array.from({ length: 80_000 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state / 2 ** 31) * 0.1;
  });
  const transcript = await transcribe(noise);
  expect(transcript).toMatchObject({ text: '', emptyReason: 'no_speech', guards: [] });
  expect(transcript.noSpeechProbability).toBe(transcript.confidence);
  expect(transcript.noSpeechProbability).toBeGreaterThan(0.5);
});

/** A prompt without the silence around it. */
function trimmed(samples: Float32Array): Float32Array {
  const isLoud = (sample: number): boolean => Math.abs(sample) > 0.01;
  return samples.subarray(samples.findIndex(isLoud), samples.findLastIndex(isLoud) + 1);
}

describe('with what the speech detector saw', async () => {
  const graphs = buildGraphs('unsigned');
  const fast = await loadMoonshine(runtime, source, { graphs });
  afterAll(() => fast.close());
  const evidence = { voicedMs: 1500, peakProbability: 1, meanProbability: 0.95 };
  // A row of digits that the model hears, and ends at once all the same.
  const digits = readSpeech(fixturePath('spoken-digits.wav'));

  test.each([
    ['published', recognizer],
    ['fast', fast],
  ])('the %s graphs write what was said although the model would end the text at once', async (_, model) => {
    const [plain, told] = await model.transcribe([{ samples: digits }, { samples: digits, speech: evidence }]);
    expect(plain).toMatchObject({ text: '', emptyReason: 'no_speech', guards: [] });
    expect(told!.guards).toEqual(['forced_start']);
    expect(told!.text.replaceAll(/\D/g, '')).toBe('242853');
    expect(told!.words.length).toBeGreaterThan(1);
    expect(told!.noSpeechProbability).toBeCloseTo(plain!.noSpeechProbability, 6);
  });

  test.each(['fast', 'balanced', 'best'] as const)('words lie on their sides of a pause, at effort %s', async (effort) => {
    const parts = [speech('dir-nomore'), speech('tt-weasels')].map((samples) => trimmed(samples));
    const [first, second] = [parts[0]!, parts[1]!];
    const pauseSamples = 12_800;
    const samples = new Float32Array(first.length + pauseSamples + second.length);
    samples.set(first);
    samples.set(second, first.length + pauseSamples);
    const [transcript] = await fast.transcribe([{ samples, effort }]);
    const { words } = transcript!;
    const index = words.findIndex(({ text }) => text === 'Weasels');
    expect(index).toBeGreaterThan(0);
    expect(words.every(({ timing }) => timing === 'aligned')).toBe(true);
    const pauseMs = first.length / 16;
    // 24 ms are a frame of the encoder; the edges of the voice are found to 10 ms.
    expect(Math.abs(words[index - 1]!.endMs - pauseMs)).toBeLessThanOrEqual(30);
    expect(Math.abs(words[index]!.startMs - pauseMs - pauseSamples / 16)).toBeLessThanOrEqual(30);
    for (const [place, { startMs, endMs }] of words.entries()) {
      expect(startMs >= (words[place - 1]?.endMs ?? 0) && endMs > startMs && endMs <= transcript!.audioMs).toBe(true);
    }
  });

  test.each(['fast', 'balanced', 'best'] as const)(
    'words of a short clip lie where they do in a longer one, at effort %s',
    async (effort) => {
      const samples = trimmed(speech('dir-nomore'));
      const [longer, short] = await fast.transcribe([
        { samples: samples.subarray(0, 20_000), effort, speech: evidence },
        { samples: samples.subarray(0, 18_000), effort, speech: evidence },
      ]);
      const [expected, word] = [longer!.words[1]!, short!.words[1]!];
      expect([expected.text, word.text]).toEqual(['are', 'are']);
      expect(word.timing).toBe('aligned');
      expect(Math.abs(word.startMs - expected.startMs)).toBeLessThanOrEqual(50);
      expect(Math.abs(word.endMs - expected.endMs)).toBeLessThanOrEqual(50);
      expect(short!.words.every(({ startMs, endMs }) => startMs >= 0 && endMs > startMs && endMs <= 18_000 / 16)).toBe(true);
      expect(short!.audioMs).toBe(18_000 / 16);
    },
  );

  test('a quiet clip is heard as one of the usual level', async () => {
    const samples = speech('vm-mailboxfull');
    const peak = samples.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0);
    const at = (level: number) => ({ samples: samples.map((sample) => (sample * level) / peak) });
    const [usual, quiet] = await fast.transcribe([at(0.7), at(0.08)]);
    expect(quiet!.tokens.map(({ id }) => id)).toEqual(usual!.tokens.map(({ id }) => id));
    expect(quiet!.confidence).toBeCloseTo(usual!.confidence, 1);
  });

  test('noise stays empty even where the detector was deceived', async () => {
    const noise = seededFloats(32_000, 7).map((value) => value / 10);
    const [transcript] = await fast.transcribe([{ samples: noise, speech: { ...evidence, meanProbability: 0.6 } }]);
    // What it knows by heart of noise is told apart by a rule of its own.
    expect(transcript).toMatchObject({ text: '', emptyReason: 'no_speech', guards: ['memorised_phrase'] });
  });

  test('a text that begins by itself is what it is without', async () => {
    const clip = { samples: speech('tt-weasels') };
    const [plain, told] = await fast.transcribe([clip, { ...clip, speech: evidence }]);
    expect(told!.text).toBe(plain!.text);
    expect(told!.guards).toEqual([]);
  });
});

describe('with an effort', () => {
  test('says what was spent, and hears the same clear speech', async () => {
    for (const prompt of ['vm-mailboxfull', 'tt-weasels']) {
      const clip = { samples: speech(prompt) };
      const [once, twice, best] = await recognizer.transcribe([clip, { ...clip, effort: 'balanced' }, { ...clip, effort: 'best' }]);
      expect([once, twice, best].map((transcript) => transcript!.effort)).toEqual(['fast', 'balanced', 'best']);
      expect(best!.audioMs).toBe(once!.audioMs);
      expect(best!.words.at(-1)!.endMs).toBeLessThanOrEqual(once!.audioMs);
    }
  });

  test('clips of one call keep their places, whatever is spent on each', async () => {
    const results = new Map<number, string>();
    const clips = [
      { samples: speech('vm-toforward'), effort: 'best' as const },
      { samples: new Float32Array(16_000), effort: 'best' as const },
      { samples: speech('privacy-prompt') },
    ];
    await recognizer.transcribeEach(clips, (index, result) =>
      results.set(index, result.type === 'transcript' ? result.transcript.text : ''),
    );
    expect(results.get(1)).toBe('');
    expect(results.get(2)).toBe((await transcribe(speech('privacy-prompt'))).text);
    expect(results.get(0)).toMatch(/forward/i);
    expect(results.size).toBe(3);
  });

  test('a cancelled clip is told of once', async () => {
    const signal = AbortSignal.abort(new Error('gone'));
    const results: unknown[] = [];
    await recognizer.transcribeEach([{ samples: speech('tt-weasels'), effort: 'best', signal }], (_, result) => results.push(result));
    expect(results).toMatchObject([{ type: 'error', error: { message: 'gone' } }]);
  });
});

test('survives constant, square, impulse and far too loud input', async () => {
  const inputs = [
    new Float32Array(16_000).fill(1),
    Float32Array.from({ length: 16_000 }, (_, i) => (i % 200 < 100 ? 1 : -1)),
    Float32Array.from({ length: 16_000 }, (_, i) => (i === 8000 ? 1 : 0)),
    speech('tt-weasels').map((sample) => sample * 1000),
    Float32Array.from({ length: 16_000 }, (_, i) => (Math.imul(i, 2654435761) & 0x10000 ? 3.4e38 : -3.4e38)),
  ];
  const transcripts = await recognizer.transcribe(inputs.map((samples) => ({ samples })));
  expect(transcripts).toHaveLength(inputs.length);
});

describe('refuses', () => {
  test('a clip of 0.05 s, one over 30 s, and one with a single NaN, before anything runs', async () => {
    const good = { samples: speech('tt-weasels') };
    const nan = good.samples.slice();
    nan[20_000] = Number.NaN;
    for (const [samples, code] of [
      [new Float32Array(800), 'clip_too_short'],
      [new Float32Array(0), 'clip_too_short'],
      [speech('demo-congrats'), 'clip_too_long'],
      [nan, 'audio_not_finite'],
    ] as const) {
      await expect(recognizer.transcribe([good, { samples }])).rejects.toMatchObject({ name: 'RecognizerError', code, clipIndex: 1 });
    }
  });

  test('to go on once the graph computes what is not a number', async () => {
    // The real graphs, fed NaN behind the back of the check.
    const Tensor = new Proxy(runtime.Tensor, {
      construct(target, [type, data, dims]: [string, Float32Array, number[]]) {
        return Reflect.construct(
          target,
          type === 'float32' && dims.length === 2 ? [type, data.map(() => Number.NaN), dims] : [type, data, dims],
        );
      },
    });
    await using poisoned = await loadMoonshine({ ...runtime, Tensor }, source);
    const clips = [{ samples: new Float32Array(16_000) }, { samples: speech('tt-weasels') }];
    await expect(poisoned.transcribe(clips)).rejects.toMatchObject({ code: 'not_a_number', clipIndex: 1 });
  });

  test('options and parameters out of range', async () => {
    await expect(loadMoonshine(runtime, source, { threads: 0 })).rejects.toThrow('threads must be 1-64, got 0');
    const manifest = { ...source.manifest, parameters: {} };
    await expect(loadMoonshine(runtime, { ...source, manifest })).rejects.toThrow(RangeError);
  });
});

describe('cancellation', () => {
  test('rejects at once with the reason when the signal is aborted already', async () => {
    const signal = AbortSignal.abort(new Error('gone'));
    await expect(recognizer.transcribe([{ samples: speech('tt-weasels') }], { signal })).rejects.toThrow('gone');
  });

  test('stops between two tokens and leaves the recognizer usable', async () => {
    const controller = new AbortController();
    let steps = 0;
    // The clock is read once a step, so it can abort in the middle of a decoding.
    const now = (): number => {
      steps += 1;
      if (steps === 8) {
        controller.abort(new Error('speech went on'));
      }
      return 0;
    };
    await using clocked = await loadMoonshine(runtime, source, { now });
    const clip = { samples: speech('queue-periodic-announce') };
    await expect(clocked.transcribe([clip], { signal: controller.signal })).rejects.toThrow('speech went on');
    expect(steps).toBe(8);
    expect((await clocked.transcribe([clip]))[0]!.text).toBe((await transcribe(clip.samples)).text);
  });

  test('lets an abort that arrives as an event of its own take effect', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('timer')), 0);
    await expect(recognizer.transcribe([{ samples: speech('queue-periodic-announce') }], { signal: controller.signal })).rejects.toThrow(
      'timer',
    );
  });
});

test('marks a text that the token cap cut', async () => {
  const parameters = { ...source.manifest.parameters, maximumTokens: 3 };
  await using capped = await loadMoonshine(runtime, { ...source, manifest: { ...source.manifest, parameters } });
  const [transcript] = await capped.transcribe([{ samples: speech('tt-weasels') }]);
  expect(transcript!.tokens).toHaveLength(3);
  expect(transcript!.guards).toEqual(['token_cap']);
});

test('reports a closed model as failed, and closes twice', async () => {
  const closed = await loadMoonshine(runtime, source);
  await closed.close();
  await closed.close();
  await expect(closed.transcribe([{ samples: speech('tt-weasels') }])).rejects.toMatchObject({ code: 'model_failed', clipIndex: 0 });
});

test('says what it is and which clips it takes', () => {
  expect(recognizer.model).toEqual({
    id: 'moonshine-tiny',
    version: source.manifest.version,
    family: 'moonshine',
    sampleRateHz: 16_000,
    minimumSamples: 1600,
    maximumSamples: 480_000,
    graph: 'shipped',
    maximumBatch: 1,
  });
});
