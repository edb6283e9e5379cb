import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectedCalibrationError } from '../../src/summary/calibration.ts';
import { fitCalibration, fitIsotonic, type IsotonicPoint, type IsotonicStep } from '../../src/summary/isotonic.ts';
import { createRandomIndex } from '../../src/summary/random.ts';

/** The points of a few places, so that there are ties. */
const points = fc.array(
  fc.record({ place: fc.integer({ min: 0, max: 12 }), value: fc.integer({ min: -4, max: 4 }), weight: fc.integer({ min: 1, max: 5 }) }),
  { minLength: 1, maxLength: 30 },
);

/** The same fit by its definition, place by place: the highest of the lowest means of the stretches around it. */
function fitNaively(of: readonly Required<IsotonicPoint>[]): Map<number, number> {
  const places = [...new Set(of.map(({ place }) => place))].sort((first, second) => first - second);
  const meanOf = (first: number, last: number): number => {
    const within = of.filter(({ place }) => place >= first && place <= last);
    const weight = within.reduce((sum, point) => sum + point.weight, 0);
    return within.reduce((sum, point) => sum + point.weight * point.value, 0) / weight;
  };
  const fitAt = (place: number): number =>
    Math.max(
      ...places
        .filter((first) => first <= place)
        .map((first) => Math.min(...places.filter((last) => last >= place).map((last) => meanOf(first, last)))),
    );
  return new Map(places.map((place) => [place, fitAt(place)]));
}

function valueAt(steps: readonly IsotonicStep[], at: number): number {
  return steps.find(({ firstPlace, lastPlace }) => firstPlace <= at && at <= lastPlace)!.value;
}

test('is what the definition of the fit gives at every place', () => {
  fc.assert(
    fc.property(points, (given) => {
      const steps = fitIsotonic(given);
      for (const [place, value] of fitNaively(given)) {
        expect(valueAt(steps, place)).toBeCloseTo(value, 9);
      }
    }),
  );
});

test('its steps increase, lie side by side, and keep the weight and the mean of the points', () => {
  fc.assert(
    fc.property(points, (given) => {
      const steps = fitIsotonic(given);
      for (const [index, step] of steps.entries()) {
        expect(step.firstPlace <= step.meanPlace + 1e-9 && step.meanPlace <= step.lastPlace + 1e-9).toBe(true);
        const next = steps[index + 1];
        if (next) expect(step.value < next.value && step.lastPlace < next.firstPlace).toBe(true);
      }
      const sumOf = (of: readonly { readonly weight: number; readonly value: number }[]) =>
        of.reduce((sum, { weight, value }) => sum + weight * value, 0);
      expect(sumOf(steps)).toBeCloseTo(sumOf(given), 9);
    }),
  );
});

test('a weight counts as so many points, in whatever order they come', () => {
  fc.assert(
    fc.property(points, (given) => {
      const repeated = given.flatMap(({ place, value, weight }) => Array.from({ length: weight }, () => ({ place, value })));
      const [weighted, counted] = [fitIsotonic(given), fitIsotonic(repeated.toReversed())];
      // Means that are equal but for rounding are one step or two.
      for (const { place } of given) expect(valueAt(counted, place)).toBeCloseTo(valueAt(weighted, place), 9);
    }),
  );
});

test('leaves what increases as it is, and makes one step of what falls', () => {
  const rising = [0.1, 0.4, 0.5].map((value, place) => ({ place, value }));
  expect(fitIsotonic(rising).map(({ value }) => value)).toEqual([0.1, 0.4, 0.5]);
  const falling = [3, 2, 1].map((value, place) => ({ place, value }));
  expect(fitIsotonic(falling)).toEqual([{ firstPlace: 0, lastPlace: 2, meanPlace: 1, value: 2, weight: 3 }]);
  expect(fitIsotonic([])).toEqual([]);
});

test.each([
  { place: Number.NaN, value: 1 },
  { place: 1, value: Number.POSITIVE_INFINITY },
  { place: 1, value: 1, weight: 0 },
  { place: 1, value: 1, weight: -1 },
])('refuses %j', (point) => {
  expect(() => fitIsotonic([point])).toThrow(RangeError);
});

const judgedWords = fc.array(fc.record({ confidence: fc.double({ min: 0, max: 1, noNaN: true }), isRight: fc.boolean() }), {
  minLength: 1,
  maxLength: 200,
});

test('knots are few, increase strictly, and are never certain', () => {
  fc.assert(
    fc.property(judgedWords, fc.integer({ min: 1, max: 10 }), fc.double({ min: 0, max: 1, noNaN: true }), (judged, maximumKnots, share) => {
      const knots = fitCalibration(judged, { maximumKnots, minimumShareRatio: share });
      expect(knots.length).toBeGreaterThanOrEqual(1);
      expect(knots.length).toBeLessThanOrEqual(maximumKnots);
      for (const [index, [confidence, probability]] of knots.entries()) {
        expect(confidence > 0 && confidence < 1 && probability > 0 && probability < 1).toBe(true);
        const next = knots[index + 1];
        if (next) expect(confidence < next[0] && probability < next[1]).toBe(true);
      }
    }),
  );
});

test('finds the curve that the words were drawn from', () => {
  const random = createRandomIndex(20261127);
  const judged = Array.from({ length: 20_000 }, () => {
    const confidence = random(10_000) / 10_000;
    return { confidence, isRight: random(10_000) / 10_000 < confidence ** 2 };
  });
  const knots = fitCalibration(judged);
  expect(knots.length).toBeGreaterThan(5);
  // 20,000 words: a step of 2,000 of them is sure to about 0.01; pooling moves a knot along the curve, not off it.
  for (const [confidence, probability] of knots) expect(Math.abs(probability - confidence ** 2)).toBeLessThan(0.04);
  expect(expectedCalibrationError(judged)).toBeGreaterThan(0.15);
});

test('words that are all right leave room for one that is not', () => {
  const judged = Array.from({ length: 98 }, () => ({ confidence: 0.9, isRight: true }));
  expect(fitCalibration(judged)).toEqual([[0.9, 0.99]]);
});

test('does not make a knot of a few words, nor more than asked for', () => {
  const judged = Array.from({ length: 100 }, (_, index) => ({ confidence: index / 100, isRight: index === 0 ? false : index % 10 !== 5 }));
  expect(fitCalibration(judged, { minimumShareRatio: 0 }).length).toBeGreaterThan(fitCalibration(judged).length);
  expect(fitCalibration(judged, { maximumKnots: 2, minimumShareRatio: 0 })).toHaveLength(2);
});

test('refuses no words, confidences outside of 0-1, and options that make no sense', () => {
  expect(() => fitCalibration([])).toThrow(/at least one word/);
  expect(() => fitCalibration([{ confidence: 1.1, isRight: true }])).toThrow(/confidence must be 0-1/);
  expect(() => fitCalibration([{ confidence: 1, isRight: true }], { maximumKnots: 0 })).toThrow(/maximumKnots/);
  expect(() => fitCalibration([{ confidence: 1, isRight: true }], { minimumShareRatio: 2 })).toThrow(/minimumShareRatio/);
});
