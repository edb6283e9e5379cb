import { loadModelFiles } from '@outspoken/models';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { createVocabularyText } from './vocabulary-text.ts';

const LAYERS = 6;
const HEADS = 8;
const HEAD_SIZE = 36;
const START_TOKEN = 1;
const END_TOKEN = 2;

/**
 * The loop that anybody would write around the shipped files, and that their own JavaScript package has: encoder once, decoder once
 * for each token, all of the cache out and in again, the largest logit looked up in JavaScript.
 */
export async function loadPlainLoop({ threads }: { readonly threads: number }): Promise<(samples: Float32Array) => Promise<string>> {
  const { files, manifest } = await loadModelFiles('moonshine-tiny');
  const options = { intraOpNumThreads: threads, interOpNumThreads: 1, graphOptimizationLevel: 'all' } as const;
  const encoder = await InferenceSession.create(files.encoder, options);
  const decoder = await InferenceSession.create(files.decoder, options);
  const toText = createVocabularyText(files.vocabulary);
  const tokensPerSecond = manifest.parameters['maximumTokensPerSecond'] ?? Number.NaN;
  return async (samples) => {
    const encoded = await encoder.run({ input_values: new Tensor('float32', samples, [1, samples.length]) });
    const cache: Record<string, Tensor> = {};
    for (const name of cacheNames()) cache[name] = new Tensor('float32', new Float32Array(0), [0, HEADS, 1, HEAD_SIZE]);
    const tokens: number[] = [];
    for (let step = 0; step < Math.floor((samples.length / 16_000) * tokensPerSecond) + 2; step += 1) {
      const outputs = await decoder.run({
        input_ids: new Tensor('int64', BigInt64Array.of(BigInt(tokens.at(-1) ?? START_TOKEN)), [1, 1]),
        encoder_hidden_states: required(encoded, 'last_hidden_state'),
        use_cache_branch: new Tensor('bool', [step > 0], [1]),
        ...cache,
      });
      const token = indexOfLargest(required(outputs, 'logits').data as Float32Array);
      if (token === END_TOKEN) break;
      tokens.push(token);
      for (const name of cacheNames()) {
        // The encoder's part of the cache is made in the first step and stays.
        if (step === 0 || name.includes('decoder')) cache[name] = required(outputs, name.replace('past_key_values', 'present'));
      }
    }
    return toText(tokens);
  };
}

function cacheNames(): string[] {
  const layers = Array.from({ length: LAYERS }, (_, layer) => layer);
  return layers.flatMap((layer) =>
    ['decoder', 'encoder'].flatMap((side) => ['key', 'value'].map((kind) => `past_key_values.${layer}.${side}.${kind}`)),
  );
}

function required(outputs: Readonly<Record<string, Tensor>>, name: string): Tensor {
  const tensor = outputs[name];
  if (!tensor) throw new Error(`the graph gave no ${name}`);
  return tensor;
}

function indexOfLargest(values: Float32Array): number {
  let largest = 0;
  for (let index = 1; index < values.length; index += 1) {
    if ((values[index] ?? 0) > (values[largest] ?? 0)) largest = index;
  }
  return largest;
}
