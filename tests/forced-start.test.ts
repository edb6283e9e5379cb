import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Candidate, fateOf } from '../benchmarks/forced-start/candidate.ts';
import { type ForcedText, featuresOf, TEXT_FEATURES } from '../benchmarks/forced-start/features.ts';
import { beliefIn, compareFeatureSets, fitProduct, keptBy, THRESHOLDS } from '../benchmarks/forced-start/fit.ts';
import { dealGroups, type GroupedExample, heldOutProbabilities } from '../benchmarks/forced-start/folds.ts';
import { type Label, labelText } from '../benchmarks/forced-start/label.ts';
import { formatCounts, formatKept, formatWeights } from '../benchmarks/forced-start/report.ts';
import { strongestClip } from '../benchmarks/forced-start/trial.ts';
import { solveLinearSystem } from '../benchmarks/support/linear-system.ts';
import { type Example, fitLogisticRegression, probabilityOf } from '../benchmarks/support/logistic-regression.ts';
import { createRandom } from '../benchmarks/support/seeded-random.ts';
import { addNoise, changeGain, changeSpeed, mixTalkers } from '../benchmarks/support/sound-changes.ts';

const SEED = 20261127;
const ROOT = fileURLToPath(new URL('..', import.meta.url));

function drawCandidates(): Candidate[] {
  const random = createRandom(SEED);
  const draw = (label: Label, group: string, meanLogProbability: number): Candidate => {
    const text: ForcedText = {
      meanSpeechProbability: 0.6 + 0.3 * random(),
      endProbability: 0.5 + 0.4 * random(),
      tokenLogProbabilities: [-random(), meanLogProbability - 0.3 * random(), meanLogProbability - 0.3 * random()],
    };
    return { ...text, kind: label === 'noise' ? 'rain' : 'digit', group, detector: 'product', label, text: 'text' };
  };
  return Array.from({ length: 10 }, (_, index) => [
    draw('right', `speaker ${index}`, -0.1),
    draw('wrong', `speaker ${index}`, -0.5),
    draw('unclear', `speaker ${index}`, -1),
    draw('noise', `noise ${index}`, -1.2),
  ]).flat();
}

function powerOf(samples: Float32Array): number {
  return samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
}

describe('a changed sound', () => {
  const tone = Float32Array.from({ length: 16_000 }, (_, index) => 0.5 * Math.sin(index / 20));

  test('has another length at another speed, and the same shape', () => {
    expect(changeSpeed(tone, 1)).toBe(tone);
    const fast = changeSpeed(tone, 2);
    expect([fast.length, changeSpeed(tone, 0.5).length]).toEqual([8_000, 32_000]);
    expect(fast[100]).toBe(tone[200]);
    expect(changeSpeed(Float32Array.of(0, 1), 0.5)).toEqual(Float32Array.of(0, 0.5, 1, 0.5));
  });

  test('is clipped where it is too loud', () => {
    expect(changeGain(Float32Array.of(0.25, -0.25, 0.5), 3)).toEqual(Float32Array.of(0.75, -0.75, 1));
  });

  test('has noise under it at the ratio that was asked for, however short the noise', () => {
    const random = createRandom(SEED);
    const noise = Float32Array.from({ length: 700 }, () => random() - 0.5);
    const noisy = addNoise(tone, noise, 12);
    const added = noisy.map((sample, index) => sample - (tone[index] ?? 0));
    // The last repeat of the noise is cut short, so that its power is not quite that of the whole.
    expect(10 * Math.log10(powerOf(tone) / powerOf(added))).toBeCloseTo(12, 1);
    expect(addNoise(tone, new Float32Array(10), 12)).toBe(tone);
  });

  test('of several talkers is as loud as one of them, if they differ', () => {
    expect(mixTalkers([{ samples: Float32Array.of(1, 2, 3), startSample: 2 }], 4)).toEqual(Float32Array.of(3, 1, 2, 3));
    const other = Float32Array.from({ length: 16_000 }, (_, index) => 0.5 * Math.sin(index / 7));
    const talkers = [tone, other].map((samples) => ({ samples, startSample: 0 }));
    expect(powerOf(mixTalkers(talkers, 16_000)) / powerOf(tone)).toBeCloseTo(1, 1);
  });
});

describe('a label', () => {
  test.each([
    ['Seven.', 'seven', 0, 'right'],
    ['Seven, seven.', 'seven', 0, 'wrong'],
    ['4 6, 5, 0.', 'four six five zero seven', 0.5, 'right'],
    ['For xi.', 'four six five zero seven', 0.5, 'wrong'],
  ] as const)('of %j where %j is said, with a share of %d accepted, is %s', (text, said, acceptedErrorRatio, label) => {
    expect(labelText(text, { type: 'words', text: said, acceptedErrorRatio })).toBe(label);
  });

  test('of an order is told by what was asked for, in whole words', () => {
    const label = (text: string) => labelText(text, { type: 'slots', values: ['single shot', 'latte', 'brown sugar'] });
    expect(label('A single-shot latte, please.')).toBe('right');
    expect(label('A single shot of water.')).toBe('unclear');
    expect(label('A platter of latter days.')).toBe('wrong');
  });

  test('of noise is noise, whatever the text', () => {
    expect(labelText('Thank you.', { type: 'nothing' })).toBe('noise');
  });
});

describe('what became of a clip', () => {
  const token = { id: 1, text: ' a', probability: 0.5 };

  test.each([
    ['began', { guards: [], tokens: [token] }],
    ['began', { guards: ['token_cap', 'repetition'], tokens: [token] }],
    ['refused', { guards: [], tokens: [], emptyReason: 'no_speech' }],
    ['refused', { guards: ['forced_start'], tokens: [], emptyReason: 'filtered' }],
    ['memorised', { guards: ['memorised_phrase'], tokens: [], emptyReason: 'filtered' }],
    ['to decide', { guards: ['forced_start'], tokens: [token, token] }],
  ] as const)('is told by its transcript: %s', (fate, transcript) => {
    expect(fateOf(transcript)).toBe(fate);
  });

  test('in one piece has the evidence of its clip with the most speech', () => {
    const clips = [100, 300, 300, 200].map((voicedMs, index) => ({
      startSample: index,
      endSample: index + 1,
      samples: new Float32Array(1),
      continues: false,
      speech: { voicedMs, peakProbability: 1, meanProbability: 1 },
    }));
    expect(strongestClip(clips)?.startSample).toBe(1);
    expect(strongestClip([])).toBeUndefined();
  });
});

test('features are bounded as in the product', () => {
  const features = featuresOf({ meanSpeechProbability: 1, endProbability: 0.5, tokenLogProbabilities: [-9, -1, -20] });
  expect(features).toEqual({
    meanSpeechLogOdds: expect.closeTo(Math.log(9999), 9),
    firstLogProbability: -6,
    meanLogProbability: -3.5,
    endLogOdds: 0,
  });
});

describe('a linear system', () => {
  test('is solved, also where the first pivot is zero', () => {
    const solution = solveLinearSystem(
      [
        [0, 2, 1],
        [1, 1, 0],
        [3, 0, 1],
      ],
      [7, 3, 6],
    );
    [1, 2, 3].forEach((value, index) => {
      expect(solution[index]).toBeCloseTo(value, 12);
    });
  });

  test('is refused without one solution', () => {
    expect(() =>
      solveLinearSystem(
        [
          [1, 2],
          [2, 4],
        ],
        [1, 1],
      ),
    ).toThrow('equation 2 of 2 follows from the others');
  });
});

describe('logistic regression', () => {
  const LOG_ODDS = { intercept: 32, weights: [2, -0.3] };

  function drawExamples(count: number): Example[] {
    const random = createRandom(SEED);
    return Array.from({ length: count }, () => {
      const features = [random() * 4 - 2, 100 + 10 * random()];
      return { features, isPositive: random() < probabilityOf(LOG_ODDS, features), weight: 1 };
    });
  }

  test('finds the weights by which examples are as often positive as they say', () => {
    // As many of them that holding the weights back makes no difference.
    const count = 1e7;
    const examples = drawExamples(50).flatMap(({ features }) => {
      const probability = probabilityOf(LOG_ODDS, features);
      return [
        { features, isPositive: true, weight: count * probability },
        { features, isPositive: false, weight: count * (1 - probability) },
      ];
    });
    const { intercept, weights } = fitLogisticRegression(examples);
    expect(weights[0]).toBeCloseTo(2, 4);
    expect(weights[1]).toBeCloseTo(-0.3, 4);
    expect(intercept).toBeCloseTo(32, 3);
  });

  test('stands where no weight can be moved without loss', () => {
    const examples = drawExamples(200).map((example, index) => ({ ...example, weight: 1 + (index % 3) }));
    const model = fitLogisticRegression(examples);
    const slope = examples.reduce(
      (sum, { features, isPositive, weight }) => sum + weight * (probabilityOf(model, features) - (isPositive ? 1 : 0)),
      0,
    );
    // The intercept is not held back, so that the probabilities add up to what was seen.
    expect(slope).toBeCloseTo(0, 6);
  });

  test('takes a weight for so many examples, whatever the unit of a feature', () => {
    const examples = drawExamples(60);
    const inOtherUnit = (features: readonly number[]) => features.map((value) => value * 1000);
    const repeated = fitLogisticRegression([...examples, ...examples]);
    const weighted = fitLogisticRegression(examples.map((example) => ({ ...example, features: inOtherUnit(example.features), weight: 2 })));
    for (const { features } of examples) {
      expect(probabilityOf(weighted, inOtherUnit(features))).toBeCloseTo(probabilityOf(repeated, features), 8);
    }
  });

  test('ends where the examples are separable, and gives no weight to a feature that never changes', () => {
    const examples = [-2, -1, 1, 2].map((value) => ({ features: [value, 7], isPositive: value > 0, weight: 1 }));
    const { intercept, weights } = fitLogisticRegression(examples);
    expect(weights[0]).toBeGreaterThan(0.5);
    expect(weights[0]).toBeLessThan(5);
    expect(weights[1]).toBe(0);
    expect(intercept).toBeCloseTo(0, 9);
    expect(() => fitLogisticRegression([])).toThrow(RangeError);
  });
});

describe('folds', () => {
  const example = (group: string, isPositive: boolean, value: number): GroupedExample => ({
    group,
    features: [value],
    isPositive,
    weight: 1,
  });

  test('keep a group together, and give each fold of both kinds what there is', () => {
    const groups = fc.array(fc.record({ group: fc.string({ maxLength: 2 }), isPositive: fc.boolean() }), { minLength: 1 });
    fc.assert(
      fc.property(groups, fc.integer({ min: 2, max: 8 }), (drawn, foldCount) => {
        const examples = drawn.map(({ group, isPositive }) => example(`${isPositive}${group}`, isPositive, 0));
        const folds = dealGroups(examples, foldCount);
        expect(new Set(examples.map(({ group }) => group))).toEqual(new Set(folds.keys()));
        for (const isPositive of [true, false]) {
          const sizes = Array.from(
            { length: foldCount },
            (_, fold) => [...folds].filter(([group, other]) => other === fold && group.startsWith(String(isPositive))).length,
          );
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        }
      }),
      { seed: SEED },
    );
  });

  test('judge an example by others only', () => {
    // In its own group every example is the other way round: whoever had seen it would know.
    const examples = ['a', 'b', 'c', 'd'].flatMap((group) => [example(group, true, 1), example(group, true, 2), example(group, false, -1)]);
    const odd = [example('odd', false, 1), example('odd', false, 2), example('odd', true, -1)];
    const probabilities = heldOutProbabilities([...examples, ...odd], 5);
    expect(probabilities[12]).toBeGreaterThan(0.8);
    expect(probabilities[14]).toBeLessThan(0.7);
    expect(probabilities[14]).toBe(
      heldOutProbabilities([...examples, ...odd.map((one) => ({ ...one, isPositive: !one.isPositive }))], 5)[14],
    );
    expect(() => heldOutProbabilities(odd, 5)).toThrow('two groups at least');
  });
});

describe('the comparison', () => {
  test('finds the features that tell, and keeps fewer texts the more is asked for', () => {
    const candidates = drawCandidates();
    const rows = compareFeatureSets(candidates);
    expect(rows.map(({ name }) => name)).toContain('text alone');
    for (const { kept } of rows) {
      expect(kept.map(({ threshold }) => threshold)).toEqual(THRESHOLDS);
      for (const label of ['right', 'wrong', 'noise'] as const) {
        const counts = kept.map((at) => at[label]);
        expect(counts).toEqual([...counts].sort((a, b) => b - a));
      }
    }
    expect(rows.find(({ name }) => name === 'text alone')?.kept[2]).toMatchObject({ right: 10, noise: 0 });
    const fitted = fitProduct(candidates);
    expect(keptBy('fitted', fitted, candidates).kept[2]).toMatchObject({ right: 10, noise: 0 });
    expect(fitProduct(candidates, TEXT_FEATURES).weights[0]).toBe(0);
    expect(beliefIn(candidates[0] as Candidate, fitted)).toBeGreaterThan(0.5);
  });

  test('is told in tables', () => {
    const candidates = drawCandidates();
    const counts = [
      { kind: 'digit', fates: { began: 2, refused: 1, memorised: 0, 'to decide': 30 } },
      { kind: 'rain', fates: { began: 0, refused: 3, memorised: 4, 'to decide': 10 } },
    ];
    const lines = formatCounts(counts, candidates)
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    expect(lines).toEqual([
      ['kind', 'clips', 'began', 'refused', 'memorised', 'to decide', 'right', 'unclear', 'wrong', 'noise'],
      ['digit', '33', '2', '1', '0', '30', '10', '10', '10', '0'],
      ['rain', '17', '0', '3', '4', '10', '0', '0', '0', '10'],
      ['all', '50', '2', '4', '4', '40', '10', '10', '10', '10'],
    ]);
    const row = { name: 'both', kept: THRESHOLDS.map((threshold) => ({ threshold, right: 9, wrong: 5, noise: 1 })) };
    expect(formatKept([row], candidates)).toMatch(/of 10 right \/ of 10 wrong \/ of 10 texts of noise\n.*\nboth {2,}9 \/ 5 \/ 1/);
    const model = { intercept: 7.8862, weights: [0.296, 2.8, 8.1] };
    expect(formatWeights({ fitted: model, manifest: { ...model, intercept: 7.9 } })).toMatch(/forcedStartIntercept +7\.886 +7\.900\n/);
  });
});

describe('the benchmark', () => {
  async function bench(flags: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const programArguments = ['--conditions=@outspoken/source', '--import', 'tsx', 'benchmarks/forced-start.ts', ...flags];
    return promisify(execFile)(process.execPath, programArguments, { cwd: ROOT }).then(
      (output) => ({ code: 0, ...output }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
  }

  test('fits the texts of an earlier result again and puts the weights beside those of the manifest', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'outspoken-'));
    try {
      const path = join(folder, 'result.json');
      const counts = [{ kind: 'digit', fates: { began: 2, refused: 1, memorised: 0, 'to decide': 30 } }];
      writeFileSync(path, JSON.stringify({ name: 'forced-start', counts, candidates: drawCandidates() }));
      const { code, stdout } = await bench(['--from', path, '--details']);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^digit +33 +2 +1 +0 +30 +10 +10 +10 +0$/m);
      expect(stdout).toMatch(/^forcedStartIntercept +-?\d+\.\d{3} +\d/m);
      expect(stdout).toMatch(/^manifest( +\d+ \/ \d+ \/ \d+){4}$/m);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each([
    [['--from', 'package.json'], 'package.json is not a result of bench:forced-start'],
    [['--from', 'nowhere.json'], 'nowhere.json cannot be read as JSON'],
    [['--graph', 'double'], '--graph must be auto, signed, unsigned, float, shipped, got "double"'],
  ])('answers %j with one line', async (flags, complaint) => {
    expect(await bench(flags)).toMatchObject({ code: 2, stderr: `${complaint}\n`, stdout: '' });
  });
});
