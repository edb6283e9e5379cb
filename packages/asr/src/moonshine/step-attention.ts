import type { OnnxTensor } from '@outspoken/onnx';
import type { SearchStep } from './clip-text.ts';
import { dataOf } from './model.ts';

/**
 * Reads what a run of the decoder says of where it heard its tokens: of each step and row the mean over the heads.
 *
 * @returns Gives it for a step of a row, counted as the other outputs are; nothing for a graph that does not say it.
 */
export function readAttention(outputs: Readonly<Record<string, OnnxTensor>>): (index: number) => Pick<SearchStep, 'attention'> {
  const tensor = outputs['attention'];
  if (!tensor) return () => ({});
  const data = dataOf({ attention: tensor }, 'attention', Float32Array);
  const [heads = 1, frames = 0] = tensor.dims.slice(-2);
  return (index) => {
    const all = data.subarray(index * heads * frames, (index + 1) * heads * frames);
    if (heads === 1) return { attention: all };
    const mean = Float32Array.from({ length: frames }, (_, frame) => {
      let sum = 0;
      for (let head = 0; head < heads; head += 1) sum += all[head * frames + frame] ?? 0;
      return sum / heads;
    });
    return { attention: mean };
  };
}
