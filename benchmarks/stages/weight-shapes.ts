import { readFields } from './wire-format.ts';

/** Field numbers of onnx.proto. */
const MODEL_GRAPH = 7;
const GRAPH_NODE = 1;
const GRAPH_INITIALIZER = 5;
const NODE_NAME = 3;
const NODE_OPERATOR = 4;
const NODE_ATTRIBUTE = 5;
const ATTRIBUTE_NAME = 1;
const ATTRIBUTE_GRAPH = 6;
const ATTRIBUTE_INTEGERS = 8;
const TENSOR_DIMENSION = 1;
const TENSOR_TYPE = 2;
const TENSOR_NAME = 8;
/** Element types `uint8` and `int8`. */
const QUANTISED_TYPES = [2, 3];

/** What a graph weighs, read from its file. */
export interface WeightShapes {
  /** Shapes of the quantised weights by name, those of branches included. */
  readonly quantised: ReadonlyMap<string, readonly number[]>;
  /** First stride of each convolution by the name of its node. */
  readonly strides: ReadonlyMap<string, number>;
  /** How many layers the names of the weights count. */
  readonly layers: number;
}

/** Reads shapes out of an ONNX file; the weights themselves are passed over. */
export function readWeightShapes(model: Uint8Array): WeightShapes {
  const shapes = { quantised: new Map<string, number[]>(), strides: new Map<string, number>(), layers: 0 };
  for (const { number, value } of readFields(model)) {
    if (number === MODEL_GRAPH && value instanceof Uint8Array) readGraph(value, shapes);
  }
  return shapes;
}

interface GrowingShapes {
  readonly quantised: Map<string, number[]>;
  readonly strides: Map<string, number>;
  layers: number;
}

function readGraph(graph: Uint8Array, shapes: GrowingShapes): void {
  for (const { number, value } of readFields(graph)) {
    if (!(value instanceof Uint8Array)) continue;
    if (number === GRAPH_NODE) readNode(value, shapes);
    if (number === GRAPH_INITIALIZER) readInitializer(value, shapes);
  }
}

function readNode(node: Uint8Array, shapes: GrowingShapes): void {
  let name = '';
  let operator = '';
  const attributes: Uint8Array[] = [];
  for (const { number, value } of readFields(node)) {
    if (!(value instanceof Uint8Array)) continue;
    if (number === NODE_NAME) name = toText(value);
    if (number === NODE_OPERATOR) operator = toText(value);
    if (number === NODE_ATTRIBUTE) attributes.push(value);
  }
  for (const attribute of attributes) {
    let attributeName = '';
    const integers: number[] = [];
    for (const { number, value } of readFields(attribute)) {
      if (number === ATTRIBUTE_NAME && value instanceof Uint8Array) attributeName = toText(value);
      if (number === ATTRIBUTE_GRAPH && value instanceof Uint8Array) readGraph(value, shapes);
      if (number === ATTRIBUTE_INTEGERS && typeof value === 'bigint') integers.push(Number(value));
    }
    if (operator === 'Conv' && attributeName === 'strides') shapes.strides.set(name, integers[0] ?? 1);
  }
}

function readInitializer(tensor: Uint8Array, shapes: GrowingShapes): void {
  const dimensions: number[] = [];
  let name = '';
  let type = 0;
  for (const { number, value } of readFields(tensor)) {
    if (number === TENSOR_DIMENSION && typeof value === 'bigint') dimensions.push(Number(value));
    if (number === TENSOR_TYPE) type = Number(value);
    if (number === TENSOR_NAME && value instanceof Uint8Array) name = toText(value);
  }
  const layer = /\blayers\.(\d+)\./.exec(name)?.[1];
  if (layer !== undefined) shapes.layers = Math.max(shapes.layers, Number(layer) + 1);
  if (QUANTISED_TYPES.includes(type) && dimensions.length > 1) shapes.quantised.set(name, dimensions);
}

function toText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
