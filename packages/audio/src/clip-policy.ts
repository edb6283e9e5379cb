/**
 * How speech is cut into clips: one object that edge, server, batch and evaluation read alike.
 *
 * Its hash ({@link clipPolicyId}) travels with each clip and each result, so that what is measured offline is what is heard online.
 */
export interface ClipPolicy {
  readonly version: 1;
  /** Rate of the samples in a clip, in hertz. */
  readonly sampleRateHz: 16000;
  /** Audio kept before the onset of speech, so that the first sound is whole, in milliseconds. */
  readonly preRollMs: number;
  /** Silence after which the clip may be over and the server may start to decode, in milliseconds. */
  readonly maybeEndMs: number;
  /** Silence that ends a clip, in milliseconds. */
  readonly hangoverMs: number;
  /** Silence kept after the last voiced frame, in milliseconds; at most {@link maybeEndMs}. */
  readonly tailMs: number;
  /** Voiced time below which a burst is a misfire and never leaves the device, in milliseconds. */
  readonly minimumVoicedMs: number;
  /** Longest clip, in milliseconds; longer speech is split. */
  readonly maximumMs: number;
  /** Span before the maximum in which the quietest frame is looked for, in milliseconds. */
  readonly splitSearchMs: number;
  /** Audio that two parts of split speech share, in milliseconds. */
  readonly splitOverlapMs: number;
}

/** The policy that the browser, the server and the evaluation use unless told otherwise. */
export const DEFAULT_CLIP_POLICY: ClipPolicy = Object.freeze({
  version: 1,
  sampleRateHz: 16000,
  preRollMs: 500,
  maybeEndMs: 192,
  hangoverMs: 608,
  tailMs: 192,
  minimumVoicedMs: 128,
  maximumMs: 15_000,
  splitSearchMs: 4_000,
  splitOverlapMs: 200,
});

const RANGES_MS = {
  preRollMs: [0, 2_000],
  maybeEndMs: [32, 2_000],
  hangoverMs: [32, 5_000],
  tailMs: [0, 2_000],
  minimumVoicedMs: [32, 2_000],
  maximumMs: [2_000, 30_000],
  splitSearchMs: [100, 10_000],
  splitOverlapMs: [0, 1_000],
} as const satisfies Partial<Record<keyof ClipPolicy, readonly [number, number]>>;

/**
 * Checks a policy once, where it enters.
 *
 * @throws RangeError naming the field, what it must be and what arrived.
 */
export function validateClipPolicy(policy: ClipPolicy): void {
  if (policy.version !== 1 || policy.sampleRateHz !== 16000) {
    throw new RangeError(`clip policy must have version 1 and sampleRateHz 16000, got ${policy.version} and ${policy.sampleRateHz}`);
  }
  for (const [name, [minimum, maximum]] of Object.entries(RANGES_MS)) {
    const value = policy[name as keyof typeof RANGES_MS];
    if (!Number.isFinite(value) || value < minimum || value > maximum) {
      throw new RangeError(`${name} must be ${minimum}-${maximum}, got ${value}`);
    }
  }
  if (policy.tailMs > policy.maybeEndMs || policy.maybeEndMs > policy.hangoverMs) {
    throw new RangeError(`tailMs <= maybeEndMs <= hangoverMs must hold, got ${policy.tailMs}, ${policy.maybeEndMs}, ${policy.hangoverMs}`);
  }
  if (policy.splitSearchMs + policy.splitOverlapMs + policy.preRollMs >= policy.maximumMs) {
    throw new RangeError(`splitSearchMs + splitOverlapMs + preRollMs must be below maximumMs, got ${policy.maximumMs}`);
  }
}

/** The policy as JSON with sorted keys and no white space: the form that is hashed. */
export function canonicalClipPolicy(policy: ClipPolicy): string {
  return JSON.stringify(Object.fromEntries(Object.entries(policy).sort(([a], [b]) => (a < b ? -1 : 1))));
}

/**
 * Names a policy by its content.
 *
 * @returns `sha256:` and 64 hexadecimal digits of the SHA-256 of {@link canonicalClipPolicy}.
 */
export async function clipPolicyId(policy: ClipPolicy): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(canonicalClipPolicy(policy)));
  return `sha256:${Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
