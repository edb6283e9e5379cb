/** The same sound at another speed, pitch and all, by linear interpolation: above 1 it is shorter. */
export function changeSpeed(samples: Float32Array, ratio: number): Float32Array {
  if (ratio === 1) return samples;
  return Float32Array.from({ length: Math.floor(samples.length / ratio) }, (_, index) => {
    const position = index * ratio;
    const before = Math.floor(position);
    const part = position - before;
    return (samples[before] ?? 0) * (1 - part) + (samples[before + 1] ?? 0) * part;
  });
}

/** The same sound louder or softer, clipped where a microphone would clip it. */
export function changeGain(samples: Float32Array, gain: number): Float32Array {
  return samples.map((sample) => Math.max(-1, Math.min(1, sample * gain)));
}

/** Speech with noise under it, again from its beginning where it is too short; the ratio is that of their mean powers. */
export function addNoise(speech: Float32Array, noise: Float32Array, signalToNoiseDb: number): Float32Array {
  const noisePower = meanPower(noise);
  if (noisePower === 0) return speech;
  const gain = Math.sqrt(meanPower(speech) / noisePower) * 10 ** (-signalToNoiseDb / 20);
  return speech.map((sample, index) => sample + gain * (noise[index % noise.length] ?? 0));
}

/** Several talkers at once, about as loud as one; each is heard from its own place on, and again from its beginning. */
export function mixTalkers(
  talkers: readonly { readonly samples: Float32Array; readonly startSample: number }[],
  lengthSamples: number,
): Float32Array {
  const gain = 1 / Math.sqrt(talkers.length);
  const mixed = new Float32Array(lengthSamples);
  for (const { samples, startSample } of talkers) {
    for (let index = 0; index < lengthSamples; index += 1) {
      mixed[index] = (mixed[index] ?? 0) + gain * (samples[(index + startSample) % samples.length] ?? 0);
    }
  }
  return mixed;
}

function meanPower(samples: Float32Array): number {
  return samples.length === 0 ? 0 : samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
}
