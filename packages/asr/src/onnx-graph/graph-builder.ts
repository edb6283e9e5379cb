import type { MessageInitShape } from '@bufbuild/protobuf';
import { create, toBinary } from '@bufbuild/protobuf';
import {
  type AttributeProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './onnx_pb.ts';

/** Element types of ONNX (`TensorProto.DataType`). */
const ELEMENT = Object.freeze({ float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9 });

// Kinds of attribute (`AttributeProto.AttributeType`).
const ATTRIBUTE = { float: 1, int: 2, graph: 5, ints: 7 } as const;

/** Element type of a tensor. */
export type ElementType = keyof typeof ELEMENT;

/** Sizes of a tensor: a number where the size is fixed, a name where the caller chooses it. */
export type Shape = readonly (number | string)[];

/** An attribute of a node; `float` tells a real number from a whole one. */
export type AttributeValue = number | readonly number[] | { readonly float: number } | GraphBuilder;

// The IR of ONNX 1.12 and its operators, which every runtime of the last years reads; the fused operators are onnxruntime's own.
const IR_VERSION = 8n;
const OPSETS = [
  { domain: '', version: 17n },
  { domain: 'com.microsoft', version: 1n },
];

/** Writes an ONNX graph node by node. A value is known by its name; each method that makes one returns the name. */
export class GraphBuilder {
  readonly #prefix: string;
  readonly #graph: GraphProto;
  readonly #indices = new Map<string, string>();
  #count = 0;

  /** @param name - Begins the name of every value, so that those of a sub-graph differ from those of the graph around it. */
  constructor(name: string) {
    this.#prefix = name;
    this.#graph = create(GraphProtoSchema, { name });
  }

  input(name: string, type: ElementType, shape: Shape): string {
    this.#graph.input.push(valueInfo(name, type, shape));
    return name;
  }

  /** Makes a value an output, under a name of its own if one is given. */
  output(value: string, type: ElementType, shape: Shape, name = value): void {
    if (name !== value) this.#add('Identity', '', [value], [name], {});
    this.#graph.output.push(valueInfo(name, type, shape));
  }

  floats(values: ArrayLike<number>, shape: readonly number[] = [values.length]): string {
    return this.#initialiser('float32', Float32Array.from(values), shape);
  }

  float(value: number): string {
    return this.floats([value], []);
  }

  bytes(values: Uint8Array | Int8Array, shape: readonly number[]): string {
    return this.#initialiser(values instanceof Int8Array ? 'int8' : 'uint8', values, shape);
  }

  /** Whole numbers, such as sizes and axes; equal ones are stored once. */
  integers(values: readonly number[], shape: readonly number[] = [values.length]): string {
    const key = `${values}:${shape}`;
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    const name = this.#initialiser('int64', BigInt64Array.from(values, BigInt), shape);
    this.#indices.set(key, name);
    return name;
  }

  /** Adds a node of the standard's operators with one output. */
  node(opType: string, inputs: readonly string[], attributes: Readonly<Record<string, AttributeValue>> = {}): string {
    return this.nodes(opType, inputs, attributes, 1)[0] ?? '';
  }

  /** Adds a node of the standard's operators with several outputs. */
  nodes(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>>,
    outputCount: number,
    domain = '',
  ): string[] {
    const outputs = Array.from({ length: outputCount }, () => this.#fresh(opType));
    this.#add(opType, domain, inputs, outputs, attributes);
    return outputs;
  }

  /** Adds a node of onnxruntime's own fused operators. */
  fused(opType: string, inputs: readonly string[], attributes: Readonly<Record<string, AttributeValue>> = {}): string {
    return this.nodes(opType, inputs, attributes, 1, 'com.microsoft')[0] ?? '';
  }

  /** The graph as a sub-graph of another one. */
  toGraph(): GraphProto {
    return this.#graph;
  }

  /** The bytes of a model file with this graph. */
  toModel(): Uint8Array {
    const model = create(ModelProtoSchema, { irVersion: IR_VERSION, producerName: 'outspoken', opsetImport: OPSETS, graph: this.#graph });
    return toBinary(ModelProtoSchema, model);
  }

  #add(
    opType: string,
    domain: string,
    input: readonly string[],
    output: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>>,
  ): void {
    const attribute = Object.entries(attributes).map(([name, value]) => toAttribute(name, value));
    this.#graph.node.push(
      create(NodeProtoSchema, { opType, domain, name: this.#fresh(opType), input: [...input], output: [...output], attribute }),
    );
  }

  #initialiser(type: ElementType, values: Float32Array | Uint8Array | Int8Array | BigInt64Array, shape: readonly number[]): string {
    const name = this.#fresh('constant');
    const rawData = new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
    this.#graph.initializer.push(create(TensorProtoSchema, { name, dims: shape.map(BigInt), dataType: ELEMENT[type], rawData }));
    return name;
  }

  #fresh(what: string): string {
    this.#count += 1;
    return `${this.#prefix}/${what}_${this.#count}`;
  }
}

function valueInfo(name: string, type: ElementType, shape: Shape): ValueInfoProto {
  const dim = shape.map((size) => ({
    value: typeof size === 'string' ? ({ case: 'dimParam', value: size } as const) : ({ case: 'dimValue', value: BigInt(size) } as const),
  }));
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType: ELEMENT[type], shape: { dim } } } },
  });
}

function toAttribute(name: string, value: AttributeValue): MessageInitShape<typeof AttributeProtoSchema> {
  if (value instanceof GraphBuilder) return { name, type: ATTRIBUTE.graph, g: value.toGraph() };
  if (typeof value === 'number') return { name, type: ATTRIBUTE.int, i: BigInt(value) };
  if ('float' in value) return { name, type: ATTRIBUTE.float, f: value.float };
  return { name, type: ATTRIBUTE.ints, ints: value.map(BigInt) };
}
