import { type ClipPolicy, DEFAULT_CLIP_POLICY } from '@outspoken/audio';

const SAMPLES_PER_MS = 16;

/** What is done to the samples of a clip before they are recognized; no part of a policy. */
export interface Treatment {
  readonly name: string;
  readonly apply: (samples: Float32Array) => Float32Array;
}

/** A way of getting from a recording to clips. */
export interface Variant {
  readonly name: string;
  readonly policy: ClipPolicy;
  readonly treatment?: Treatment;
}

/** What the product does. */
export const PRESENT: Variant = { name: 'as it is', policy: DEFAULT_CLIP_POLICY };

/** A change of the policy. */
export function withPolicy(name: string, change: Partial<ClipPolicy>): Variant {
  return { name, policy: { ...DEFAULT_CLIP_POLICY, ...change } };
}

/** The policy as it is, and clips that are treated. */
export function withTreatment(treatment: Treatment): Variant {
  return { name: treatment.name, policy: DEFAULT_CLIP_POLICY, treatment };
}

/** Whether it does what the product does. */
export function isPresent({ policy, treatment }: Variant): boolean {
  const names = Object.keys(DEFAULT_CLIP_POLICY) as (keyof ClipPolicy)[];
  return treatment === undefined && names.every((name) => policy[name] === DEFAULT_CLIP_POLICY[name]);
}

/** Zeros around a clip: more silence than there was. */
export function zeros(beforeMs: number, afterMs: number): Treatment {
  return {
    name: `zeros ${beforeMs} + ${afterMs}`,
    apply: (samples) => {
      const padded = new Float32Array(samples.length + (beforeMs + afterMs) * SAMPLES_PER_MS);
      padded.set(samples, beforeMs * SAMPLES_PER_MS);
      return padded;
    },
  };
}
