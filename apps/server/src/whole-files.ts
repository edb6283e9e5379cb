import { fileSource, openMedia } from '@outspoken/media';
import * as runtime from 'onnxruntime-node';
import { loadRecognizer, type RecognizerSettings } from './load-recognizer.ts';
import type { Settings } from './settings.ts';

/** What was heard in a file. */
export interface WholeFileResult {
  readonly text: string;
  readonly durationMs: number;
  /** Whether the file broke off before its end. */
  readonly isTruncated: boolean;
}

/** Recognizes files in one piece, in this process, one after the other: to measure what the cut costs. */
export interface WholeFileRecognizer extends AsyncDisposable {
  readonly model: string;
  /** Form of the weights that is used. */
  readonly graph: string;
  /** @throws `MediaError` for a file that cannot be decoded, `RecognizerError` `clip_too_long` for one that is too long for the model. */
  transcribe(path: string, options: { readonly signal: AbortSignal; readonly keywords?: readonly string[] }): Promise<WholeFileResult>;
}

/**
 * Loads a model into this process.
 *
 * @throws `ModelError` when a model file is missing or not the one that is pinned.
 */
export async function loadWholeFileRecognizer(settings: RecognizerSettings & Pick<Settings, 'effort'>): Promise<WholeFileRecognizer> {
  const recognizer = await loadRecognizer(runtime, settings);
  // Nobody but this program waits for the processor, and it waits for the text.
  const effort = settings.effort === 'auto' ? 'fast' : settings.effort;
  const { sampleRateHz, minimumSamples, graph } = recognizer.model;
  return {
    model: settings.model,
    graph,
    async transcribe(path, { signal, keywords = [] }) {
      const { samples, isTruncated } = await decode(path, signal);
      // Zeros for what is shorter than the model takes, as the worker does.
      const padded = new Float32Array(Math.max(samples.length, minimumSamples));
      padded.set(samples);
      const [transcript] = await recognizer.transcribe([{ samples: padded, effort, keywords }], { signal });
      return { text: transcript?.text ?? '', durationMs: (samples.length / sampleRateHz) * 1000, isTruncated };
    },
    [Symbol.asyncDispose]: () => recognizer[Symbol.asyncDispose](),
  };
}

async function decode(path: string, signal: AbortSignal): Promise<{ samples: Float32Array; isTruncated: boolean }> {
  await using source = await fileSource(path);
  await using media = await openMedia(source, { signal });
  const chunks: Float32Array[] = [];
  for await (const chunk of media.samples()) chunks.push(chunk);
  const samples = new Float32Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let filled = 0;
  for (const chunk of chunks) {
    samples.set(chunk, filled);
    filled += chunk.length;
  }
  return { samples, isTruncated: media.isTruncated };
}
