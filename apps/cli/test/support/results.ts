import type { Input } from '../../src/input/input.ts';
import type { Result } from '../../src/output/transcript-document.ts';

/** A result with one segment for each text, a second each. */
export function resultOf(...texts: string[]): Result {
  const segments = texts.map((text, index) => ({
    index,
    startMs: index * 1000,
    endMs: index * 1000 + 900,
    text,
    words: [{ text, confidence: 0.9, startMs: index * 1000, endMs: index * 1000 + 900, timing: 'estimated' as const }],
    tokens: [],
    confidence: 0.9,
    meanLogProbability: -0.1,
    noSpeechProbability: 0.1,
  }));
  return {
    transcript: {
      text: texts.join(' '),
      durationMs: texts.length * 1000 + 0.25,
      speechMs: texts.length * 900,
      segments,
      model: 'moonshine-tiny',
      clipPolicyId: 'sha256:abc',
      isTruncated: false,
    },
    unknown: new Set(),
  };
}

/** An input that lies nowhere. */
export function inputOf(name: string, stem = name.replace(/\.\w+$/, '')): Input {
  return { name, path: `/recordings/${name}`, isPipe: false, stem, sizeBytes: 1000 };
}
