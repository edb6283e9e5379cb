import * as runtime from 'onnxruntime-node';
import { multipliesExactly } from '../../src/onnx-graph/saturation-probe.ts';

/** Whether products of signed 8-bit weights are exact here: not on AVX2 and AVX-512 without VNNI. */
export const IS_SIGNED_EXACT = await multipliesExactly(runtime);

/** The forms whose products are exact on this processor. Where the signed one is not, its graphs are refused: `self-check.test.ts`. */
export const EXACT_FORMS: readonly ('signed' | 'unsigned')[] = IS_SIGNED_EXACT ? ['signed', 'unsigned'] : ['unsigned'];
