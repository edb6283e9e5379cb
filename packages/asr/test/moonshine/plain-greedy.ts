import type { InferenceSession, Tensor } from 'onnxruntime-node';
import * as ort from 'onnxruntime-node';

/**
 * Plain greedy decoding of Moonshine Tiny, written apart from the package: sizes are constants, all outputs are computed in
 * every step, no guard, no confidence. What it writes is what the package must write.
 */
export async function decodePlainly(encoder: InferenceSession, decoder: InferenceSession, samples: Float32Array): Promise<number[]> {
  const { last_hidden_state: states } = await encoder.run({ input_values: new ort.Tensor('float32', samples, [1, samples.length]) });
  const kinds = ['decoder.key', 'decoder.value', 'encoder.key', 'encoder.value'];
  const names = [0, 1, 2, 3, 4, 5].flatMap((layer) => kinds.map((kind) => `${layer}.${kind}`));
  const past: Record<string, Tensor> = Object.fromEntries(
    names.map((name) => [`past_key_values.${name}`, new ort.Tensor('float32', new Float32Array(0), [0, 8, 1, 36])]),
  );
  const ids = [1];
  while (ids.length <= 194) {
    const outputs = await decoder.run({
      input_ids: new ort.Tensor('int64', [BigInt(ids.at(-1)!)], [1, 1]),
      encoder_hidden_states: states!,
      use_cache_branch: new ort.Tensor('bool', [ids.length > 1], [1]),
      ...past,
    });
    const logits = [...(outputs['logits']!.data as Float32Array)];
    const best = logits.indexOf(logits.reduce((largest, value) => Math.max(largest, value), Number.NEGATIVE_INFINITY));
    if (best === 2) {
      break;
    }
    for (const name of names) {
      if (ids.length === 1 || name.includes('decoder')) {
        past[`past_key_values.${name}`] = outputs[`present.${name}`]!;
      }
    }
    ids.push(best);
  }
  return ids.slice(1);
}
