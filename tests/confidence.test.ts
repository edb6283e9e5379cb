import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { EFFORTS } from '@outspoken/asr';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { areaUnderRoc, brierScore } from '../benchmarks/confidence/discrimination.ts';
import { calibrateHeldOut, FEATURES, fitKnots, rate, worthOf } from '../benchmarks/confidence/fit.ts';
import { type HeardWord, judgeTranscripts } from '../benchmarks/confidence/hearing.ts';
import { insertKnots } from '../benchmarks/confidence/manifest-knots.ts';
import { judgeEffort, reportEffort } from '../benchmarks/confidence/report.ts';
import { createRandom } from '../benchmarks/support/seeded-random.ts';

const SEED = 20261127;
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const judged = (confidence: number, isRight: boolean) => ({ confidence, isRight });

/** Words of ten speakers of a model that says 0.9 where half are right: right in a share that is the square of what it says. */
function drawWords(): HeardWord[] {
  const random = createRandom(SEED);
  return EFFORTS.flatMap((effort) =>
    Array.from({ length: 4_000 }, (_, index): HeardWord => {
      const probability = random();
      const place = { effort, category: 'libri_other', speaker: `speaker ${index % 10}`, form: index % 2 ? 'quiet' : 'as it is' } as const;
      return { ...place, isRight: random() < probability ** 2, tokenProbabilities: [probability] };
    }),
  );
}

describe('discrimination', () => {
  test('is the share of pairs of a right and a wrong word that are in order, equal ones half', () => {
    const words = fc.array(fc.record({ confidence: fc.integer({ min: 0, max: 4 }).map((tens) => tens / 4), isRight: fc.boolean() }));
    fc.assert(
      fc.property(words, (given) => {
        const right = given.filter(({ isRight }) => isRight);
        const wrong = given.filter(({ isRight }) => !isRight);
        fc.pre(right.length > 0 && wrong.length > 0);
        const scores = right.flatMap((one) =>
          wrong.map((other) => (one.confidence > other.confidence ? 1 : one.confidence === other.confidence ? 0.5 : 0)),
        );
        const mean = scores.reduce((sum: number, score) => sum + score, 0) / scores.length;
        expect(areaUnderRoc(given)).toBeCloseTo(mean, 9);
      }),
    );
    expect(areaUnderRoc([judged(0.5, true)])).toBeNaN();
  });

  test('the Brier score is the mean square of the distance from the truth', () => {
    expect(brierScore([judged(1, true), judged(0, false)])).toBe(0);
    expect(brierScore([judged(0.5, true), judged(0.5, false), judged(0.8, false)])).toBeCloseTo((0.25 + 0.25 + 0.64) / 3, 12);
  });
});

describe('the fit', () => {
  const words = drawWords();

  test('makes one figure of the probabilities of the tokens', () => {
    const of = Object.fromEntries(Object.entries(FEATURES).map(([name, feature]) => [name, feature([0.9, 0.4])]));
    expect(of).toEqual({ product: expect.closeTo(0.36, 12), minimum: 0.4, 'geometric mean': expect.closeTo(0.6, 12) });
  });

  test('brings confidences to the truth for speakers that it has not seen, and keeps their order', () => {
    const fast = rate(words.filter(({ effort }) => effort === 'fast'));
    const [before, after] = [worthOf(fast), worthOf(calibrateHeldOut(fast))];
    expect(before.expectedError).toBeGreaterThan(0.15);
    expect(after.expectedError).toBeLessThan(0.03);
    expect(after.expectedErrorOf15).toBeLessThan(0.04);
    expect(after.brier).toBeLessThan(before.brier);
    expect(Math.abs(after.areaUnderRoc - before.areaUnderRoc)).toBeLessThan(0.01);
    // A line between two knots lies a little above a curve that bends upwards.
    expect(Math.abs(after.meanConfidence - after.rightRatio)).toBeLessThan(0.015);
    expect(() => calibrateHeldOut(fast.filter(({ speaker }) => speaker === 'speaker 0'))).toThrow(/two speakers/);
  });

  test('never learns of a speaker from that speaker', () => {
    const liar = words
      .filter(({ effort }) => effort === 'fast')
      .map((word) => ({ ...word, isRight: word.isRight !== (word.speaker === 'speaker 3') }));
    const mean = (of: readonly HeardWord[]): number =>
      worthOf(calibrateHeldOut(rate(of)).filter(({ speaker }) => speaker === 'speaker 3')).meanConfidence;
    expect(mean(liar)).toBe(mean(words.filter(({ effort }) => effort === 'fast')));
  });

  test('reports each form, and what a bin is worth', () => {
    const report = reportEffort(judgeEffort(words, 'best'));
    expect(report).toMatch(/^best: /);
    expect(report).toMatch(/^\| sentences as they are +\| 2000 +\| \d+\.\d % +\| 0\.\d{3} → 0\.\d{3} +\|/m);
    expect(report).toMatch(/^\| - quiet +\| 2000 /m);
    expect(report).toMatch(/^\| all, by the minimum +\| 4000 /m);
    expect(report.split('\n').filter((line) => /^\| 400 /.test(line))).toHaveLength(10);
  });
});

test('words are judged as the recognizer joins their tokens, punctuation left out of their probabilities', () => {
  const token = (text: string, probability: number) => ({ id: 1, text, probability });
  const transcripts = [
    { tokens: [token(' Good', 0.9), token(' mor', 0.8), token('ning', 0.5), token('.', 0.1)] },
    { tokens: [token(' Um', 0.3), token(' sun', 0.6)] },
  ] as unknown as Parameters<typeof judgeTranscripts>[0];
  const trial = { category: 'digit', speaker: 'a', form: 'as it is', text: 'good morning son' } as const;
  expect(judgeTranscripts(transcripts, trial)).toEqual([
    { category: 'digit', speaker: 'a', form: 'as it is', isRight: true, tokenProbabilities: [0.9] },
    { category: 'digit', speaker: 'a', form: 'as it is', isRight: true, tokenProbabilities: [0.8, 0.5] },
    { category: 'digit', speaker: 'a', form: 'as it is', isRight: false, tokenProbabilities: [0.6] },
  ]);
});

describe('knots in the manifest', () => {
  const manifest = readFileSync(join(ROOT, 'models/manifest.json'), 'utf8');

  test('come into the entry of the model, and replace those that are there; all else stays as it is', () => {
    const written = insertKnots(manifest, {
      fast: [[0.25, 0.5]],
      best: [
        [0.1, 0.2],
        [0.5, 0.75],
      ],
    });
    const [before, after] = [JSON.parse(manifest), JSON.parse(written)];
    expect(after['moonshine-tiny'].wordConfidence).toEqual({
      fast: [[0.25, 0.5]],
      best: [
        [0.1, 0.2],
        [0.5, 0.75],
      ],
    });
    expect({ ...after['moonshine-tiny'], wordConfidence: before['moonshine-tiny'].wordConfidence }).toEqual(before['moonshine-tiny']);
    expect({ ...after, 'moonshine-tiny': before['moonshine-tiny'] }).toEqual(before);
    expect(insertKnots(written, before['moonshine-tiny'].wordConfidence)).toBe(manifest);
  });

  test('refuses a file without the model', () => {
    expect(() => insertKnots('{}', {})).toThrow(/no entry of moonshine-tiny/);
  });
});

describe('the benchmark', () => {
  async function bench(flags: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const programArguments = ['--conditions=@outspoken/source', '--import', 'tsx', 'benchmarks/confidence.ts', ...flags];
    return promisify(execFile)(process.execPath, programArguments, { cwd: ROOT }).then(
      (output) => ({ code: 0, ...output }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
  }

  test('fits the words of an earlier result again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'outspoken-'));
    try {
      const path = join(folder, 'result.json');
      const words = drawWords();
      writeFileSync(path, JSON.stringify({ name: 'confidence', graph: 'unsigned', words }));
      const { code, stdout } = await bench(['--from', path]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^words compared by whisper-english\/1; graphs: unsigned$/m);
      const knots = Object.fromEntries(EFFORTS.map((effort) => [effort, fitKnots(words, effort)]));
      expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual(knots);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each([
    [['--from', 'package.json'], 'package.json is not a result of bench:confidence'],
    [['--from', 'nowhere.json'], 'nowhere.json cannot be read as JSON'],
    [['--lanes', '0'], '--lanes must be a whole number of at least 1, got "0"'],
  ])('answers %j with one line', async (flags, complaint) => {
    expect(await bench(flags)).toMatchObject({ code: 2, stderr: `${complaint}\n`, stdout: '' });
  });
});
