// Signals and measurements that several tests share.

export function tone(frequencyHz: number, rateHz: number, length: number, amplitude = 1): Float32Array {
  return Float32Array.from({ length }, (_, i) => amplitude * Math.sin((2 * Math.PI * frequencyHz * i) / rateHz));
}

/** Park-Miller noise in -1..1: the same for the same seed everywhere. */
export function noise(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (state * 48271) % 2147483647;
    return (2 * state) / 2147483647 - 1;
  });
}

export function decibels(ratio: number): number {
  return 20 * Math.log10(ratio);
}

/** Amplitude of a sine with the same energy. */
export function sineAmplitude(samples: Float32Array): number {
  return Math.sqrt((2 * samples.reduce((sum, sample) => sum + sample * sample, 0)) / samples.length);
}

/** Least-squares fit of a sine that has phase 0 at sample `-fromSample`: its amplitude and phase, and the amplitude of all that is left. */
export function fitTone(
  samples: Float32Array,
  frequencyHz: number,
  rateHz: number,
  fromSample = 0,
): { amplitude: number; phaseRadians: number; residual: number } {
  let cc = 0;
  let ss = 0;
  let cs = 0;
  let yc = 0;
  let ys = 0;
  const angle = (i: number): number => (2 * Math.PI * frequencyHz * (i + fromSample)) / rateHz;
  samples.forEach((sample, i) => {
    const c = Math.cos(angle(i));
    const s = Math.sin(angle(i));
    cc += c * c;
    ss += s * s;
    cs += c * s;
    yc += sample * c;
    ys += sample * s;
  });
  const determinant = cc * ss - cs * cs;
  const cosine = (yc * ss - ys * cs) / determinant;
  const sine = (ys * cc - yc * cs) / determinant;
  const rest = samples.map((sample, i) => sample - cosine * Math.cos(angle(i)) - sine * Math.sin(angle(i)));
  return { amplitude: Math.hypot(cosine, sine), phaseRadians: Math.atan2(cosine, sine), residual: sineAmplitude(rest) };
}
