import { bytesField, numberField } from './wire-format.ts';

/** Element types of ONNX. */
const ELEMENT_TYPES = { float32: 1, uint8: 2, int8: 3, int32: 6 } as const;
type ElementType = keyof typeof ELEMENT_TYPES;

/** A tensor that a graph holds, as a view of its raw bytes. */
export interface ProbeWeights {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/**
 * Writes an ONNX graph of one operator: input `a`, perhaps weights `b`, output `y`.
 *
 * Field numbers are those of onnx.proto; IR version 8 and operator set 17.
 */
export function writeProbeGraph(
  operator: string,
  input: { readonly type: ElementType; readonly shape: readonly number[] },
  outputType: ElementType,
  weights?: ProbeWeights,
): Uint8Array {
  const node = [bytesField(1, 'a'), ...(weights ? [bytesField(1, 'b')] : []), bytesField(2, 'y'), bytesField(4, operator)];
  const graph = [
    bytesField(1, ...node),
    bytesField(2, 'probe'),
    ...(weights ? [bytesField(5, ...writeTensor('b', weights))] : []),
    bytesField(11, ...writeValue('a', input.type, input.shape)),
    bytesField(12, ...writeValue('y', outputType)),
  ];
  return Buffer.concat([numberField(1, 8), bytesField(8, numberField(2, 17)), bytesField(7, ...graph)]);
}

function writeTensor(name: string, { type, shape, bytes }: ProbeWeights): Uint8Array[] {
  return [...shape.map((size) => numberField(1, size)), numberField(2, ELEMENT_TYPES[type]), bytesField(8, name), bytesField(9, bytes)];
}

/** Without a shape the runtime infers it. */
function writeValue(name: string, type: ElementType, shape?: readonly number[]): Uint8Array[] {
  const dimensions = shape && bytesField(2, ...shape.map((size) => bytesField(1, numberField(1, size))));
  const tensorType = bytesField(1, numberField(1, ELEMENT_TYPES[type]), ...(dimensions ? [dimensions] : []));
  return [bytesField(1, name), bytesField(2, tensorType)];
}
