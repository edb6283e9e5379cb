import type { RecognizerModel } from '@outspoken/asr';

/** A model that takes clips of any length up to 30 s, four at a time. */
export const FAKE_MODEL: RecognizerModel = Object.freeze({
  id: 'fake',
  version: '1',
  family: 'fake',
  sampleRateHz: 16_000,
  minimumSamples: 1,
  maximumSamples: 480_000,
  graph: 'shipped',
  maximumBatch: 4,
});
