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
    // A loop: made by a function for each frame, the means took a tenth of the time of the search.
    const mean = new Float32Array(frames);
    for (let place = 0; place < all.length; place += 1) mean[place % frames] = (mean[place % frames] ?? 0) + (all[place] ?? 0) / heads;
    return { attention: mean };
  };
}
