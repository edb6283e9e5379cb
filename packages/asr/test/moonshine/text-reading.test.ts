import * as runtime from 'onnxruntime-node';
import { afterAll, describe, expect, test } from 'vitest';
import { decodeClip } from '../../src/moonshine/clip-decoder.ts';
import { loadMoonshineModel } from '../../src/moonshine/model.ts';
import { PreparedDecoder } from '../../src/moonshine/prepared-decoder.ts';
import { ShippedDecoder } from '../../src/moonshine/shipped-decoder.ts';
import { largestDifference } from '../support/built-graph.ts';
import { buildGraphs, parameters, source, speech } from '../support/moonshine-tiny.ts';
import { EXACT_FORMS } from '../support/processor.ts';

const session = { intraOpNumThreads: 1, interOpNumThreads: 1 };
const now = (): number => performance.now();
const PROMPT = 'queue-periodic-announce';
const clip = {
  samples: speech(PROMPT),
  maximumTokens: parameters.maximumTokens,
  forcesStart: false,
  signal: undefined,
  keepsSound: true,
};
const shipped = new ShippedDecoder(await loadMoonshineModel(runtime, source.files, session), parameters, now);
afterAll(() => shipped.close());

describe.each(EXACT_FORMS)('reading with %s graphs', async (form) => {
  const decoder = await PreparedDecoder.load(runtime, buildGraphs(form), { parameters, session, now });
  afterAll(() => decoder.close());
  const { found, read } = await decodeClip(decoder, clip);

  test('finds a text as probable as when it was written', async () => {
    const [reading] = await read!([found.tokenIds]);
    expect(largestDifference(Float32Array.from(reading!.logProbabilities), found.logProbabilities)).toBeLessThanOrEqual(1e-3);
    expect(reading!.endLogProbability).toBeGreaterThan(Math.log(0.5));
  });

  test('reads many texts of any length, each as if it were alone', async () => {
    const lengths = [found.tokenIds.length, 1, 0, 5, found.tokenIds.length - 1, 3];
    const texts = [...lengths, ...lengths].map((length) => found.tokenIds.slice(0, length));
    const together = await read!(texts);
    expect(together.map(({ logProbabilities }) => logProbabilities.length)).toEqual(texts.map(({ length }) => length));
    for (const [index, text] of texts.entries()) {
      const [alone] = await read!([text]);
      const values = [...together[index]!.logProbabilities, together[index]!.endLogProbability];
      expect(
        largestDifference(Float32Array.from(values), [...alone!.logProbabilities, alone!.endLogProbability]),
        `text ${index}`,
      ).toBeLessThanOrEqual(1e-3);
    }
  });

  test('finds another text less probable, and agrees with the published graphs', async () => {
    const other = found.tokenIds.map((id, index) => (index === 3 ? found.tokenIds[8]! : id));
    const sumOf = (reading: { readonly logProbabilities: readonly number[]; readonly endLogProbability: number }): number =>
      reading.logProbabilities.reduce((sum, value) => sum + value, reading.endLogProbability);
    const [right, wrong] = (await read!([found.tokenIds, other])).map(sumOf);
    expect(right!).toBeGreaterThan(wrong! + 2);
    const { read: readShipped } = await decodeClip(shipped, clip);
    const [expected] = (await readShipped!([found.tokenIds])).map(sumOf);
    // Eight bits move each token by some hundredths.
    expect(Math.abs(right! - expected!)).toBeLessThanOrEqual(0.05 * found.tokenIds.length);
  });

  test('keeps no sound unless it is told to', async () => {
    expect((await decodeClip(decoder, { ...clip, keepsSound: false })).read).toBeUndefined();
  });
});
