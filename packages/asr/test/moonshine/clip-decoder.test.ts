import { expect, test } from 'vitest';
import { type ClipDecoder, type ClipOutcome, decodeClip } from '../../src/moonshine/clip-decoder.ts';

const clip = { samples: new Float32Array(1600), maximumTokens: 5, forcesStart: false, signal: undefined };
const decoded: ClipOutcome = {
  type: 'decoded',
  clip: {
    found: { tokenIds: [7], logProbabilities: [-1], endProbabilityAtStart: 0.5, hasForcedStart: false, hasReachedCap: false },
    timings: { encoderMs: 1, decoderMs: 2 },
  },
};

function decoderThatEnds(outcome: ClipOutcome): ClipDecoder {
  return {
    graph: 'shipped',
    maximumRows: 4,
    decodeEach: async (clips, onEnd) => {
      expect(clips).toEqual([clip]);
      onEnd(0, outcome);
    },
    close: async () => {},
  };
}

test('one clip is a batch of one', async () => {
  expect(await decodeClip(decoderThatEnds(decoded), clip)).toBe(decoded.clip);
});

test('what a clip failed with is thrown', async () => {
  const error = new Error('speech went on');
  await expect(decodeClip(decoderThatEnds({ type: 'failed', error }), clip)).rejects.toBe(error);
});
