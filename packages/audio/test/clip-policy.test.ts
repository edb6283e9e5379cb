import { expect, test } from 'vitest';
import { type ClipPolicy, canonicalClipPolicy, clipPolicyId, DEFAULT_CLIP_POLICY, validateClipPolicy } from '../src/clip-policy.ts';

function changed(change: Partial<Record<keyof ClipPolicy, number>>): ClipPolicy {
  return { ...DEFAULT_CLIP_POLICY, ...change } as ClipPolicy;
}

test('names the default policy by a pinned hash', async () => {
  // Results are filed under this name: it changes only with the policy itself.
  expect(await clipPolicyId(DEFAULT_CLIP_POLICY)).toBe('sha256:8baa29fcb5757660991eecc08610669427cf4101f58824ac3a45eb1c1390a775');
});

test('gives one name whatever the order of the keys', async () => {
  const reversed = Object.fromEntries(Object.entries(DEFAULT_CLIP_POLICY).reverse()) as unknown as ClipPolicy;
  expect(Object.keys(reversed)[0]).toBe('splitOverlapMs');
  expect(canonicalClipPolicy(reversed)).toBe(canonicalClipPolicy(DEFAULT_CLIP_POLICY));
  expect(await clipPolicyId(reversed)).toBe(await clipPolicyId(DEFAULT_CLIP_POLICY));
});

test('gives another name when any value differs', async () => {
  const names = Object.keys(DEFAULT_CLIP_POLICY) as (keyof ClipPolicy)[];
  const ids = await Promise.all(names.map((name) => clipPolicyId(changed({ [name]: DEFAULT_CLIP_POLICY[name] + 1 }))));
  expect(new Set([...ids, await clipPolicyId(DEFAULT_CLIP_POLICY)]).size).toBe(names.length + 1);
});

test('accepts the default policy', () => {
  expect(() => validateClipPolicy(DEFAULT_CLIP_POLICY)).not.toThrow();
});

test.each<[keyof ClipPolicy, number, number]>([
  ['preRollMs', 0, 2000],
  ['maybeEndMs', 32, 2000],
  ['hangoverMs', 32, 5000],
  ['tailMs', 0, 2000],
  ['minimumVoicedMs', 32, 2000],
  ['maximumMs', 2000, 30000],
  ['splitSearchMs', 100, 10000],
  ['splitOverlapMs', 0, 1000],
])('accepts %s from %i to %i and nothing else', (name, minimum, maximum) => {
  const wide = { preRollMs: 0, tailMs: 0, maybeEndMs: 32, hangoverMs: 5000, maximumMs: 30000, splitSearchMs: 100, splitOverlapMs: 0 };
  // What is tied to the field moves along, so that only its own range is tried.
  const tied = (value: number): Partial<Record<keyof ClipPolicy, number>> => {
    if (name === 'tailMs') return { maybeEndMs: Math.max(32, value) };
    if (name === 'hangoverMs') return { maybeEndMs: 32 };
    return {};
  };
  for (const value of [minimum, maximum])
    expect(() => validateClipPolicy(changed({ ...wide, ...tied(value), [name]: value }))).not.toThrow();
  for (const value of [minimum - 1, maximum + 1, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => validateClipPolicy(changed({ ...wide, [name]: value }))).toThrow(`${name} must be ${minimum}-${maximum}, got ${value}`);
  }
});

test.each([{ version: 2 }, { sampleRateHz: 8000 }])('refuses %o', (change) => {
  expect(() => validateClipPolicy(changed(change))).toThrow('clip policy must have version 1 and sampleRateHz 16000');
});

test.each([{ tailMs: DEFAULT_CLIP_POLICY.maybeEndMs + 1 }, { maybeEndMs: DEFAULT_CLIP_POLICY.hangoverMs + 1 }])(
  'refuses a tail, pause and hangover out of order: %o',
  (change) => {
    expect(() => validateClipPolicy(changed(change))).toThrow('tailMs <= maybeEndMs <= hangoverMs');
  },
);

test('refuses a clip that has no room for split and pre-roll', () => {
  const { splitSearchMs, splitOverlapMs, preRollMs } = DEFAULT_CLIP_POLICY;
  const maximumMs = splitSearchMs + splitOverlapMs + preRollMs;
  expect(() => validateClipPolicy(changed({ maximumMs }))).toThrow(`must be below maximumMs, got ${maximumMs}`);
  expect(() => validateClipPolicy(changed({ maximumMs: maximumMs + 1 }))).not.toThrow();
});
