import { fromBinary } from '@bufbuild/protobuf';
import { RecognizerError } from '../recognizer-error.ts';
import { type GraphProto, ModelProtoSchema, type NodeProto, type TensorProto } from './onnx_pb.ts';
import type { QuantizedLinear } from './quantized-linear.ts';

/** Reads the weights out of a published ONNX file: by the name of an initialiser, or by the node that uses them. */
export class ModelReader {
  /** Names of all initialisers, those of sub-graphs included. */
  readonly initialiserNames: readonly string[];
  readonly #graph: GraphProto;
  readonly #nodes: NodeProto[] = [];
  readonly #initialisers = new Map<string, TensorProto>();

  /** @throws {@link RecognizerError} `model_failed` when the bytes are no ONNX model. */
  constructor(bytes: Uint8Array) {
    let graph: GraphProto | undefined;
    try {
      ({ graph } = fromBinary(ModelProtoSchema, bytes));
    } catch (cause) {
      throw new RecognizerError('model_failed', 'the file is no ONNX model', { cause });
    }
    if (!graph) throw new RecognizerError('model_failed', 'the file is an ONNX model without a graph');
    this.#graph = graph;
    this.#collect(graph);
    this.initialiserNames = [...this.#initialisers.keys()];
  }

  /** The sizes of an input of the graph; 0 where the caller chooses. */
  inputShape(name: string): readonly number[] {
    const type = this.#graph.input.find((input) => input.name === name)?.type?.value.value;
    if (!type?.shape) throw lacks(`input ${name}`);
    return type.shape.dim.map(({ value }) => (value.case === 'dimValue' ? Number(value.value) : 0));
  }

  /** The first node of this type, in the order of the file. */
  firstNode(opType: string): NodeProto {
    const node = this.#nodes.find((candidate) => candidate.opType === opType);
    if (!node) throw lacks(`a node of type ${opType}`);
    return node;
  }

  /** The node that takes an output of another one. */
  consumerOf(node: NodeProto): NodeProto {
    const found = this.#nodes.find((candidate) => candidate.input.some((name) => node.output.includes(name)));
    if (!found) throw lacks(`a node that uses ${node.output.join(', ')}`);
    return found;
  }

  /** The whole numbers of an attribute of a node, such as the strides of a convolution. */
  integers(nodeName: string, attributeName: string): readonly number[] {
    const node = this.#nodes.find(({ name }) => name === nodeName);
    const attribute = node?.attribute.find(({ name }) => name === attributeName);
    if (!attribute) throw lacks(`the attribute ${attributeName} of the node ${nodeName}`);
    return attribute.ints.map(Number);
  }

  /** An initialiser of floats. */
  floats(name: string): Float32Array {
    const tensor = this.#initialiser(name);
    return tensor.rawData?.length ? new Float32Array(aligned(tensor.rawData)) : Float32Array.from(tensor.floatData);
  }

  /** An initialiser of one float. */
  float(name: string): number {
    return this.floats(name)[0] ?? Number.NaN;
  }

  /** An initialiser of bytes and its sizes. */
  bytes(name: string): { readonly shape: readonly number[]; readonly bytes: Uint8Array } {
    const tensor = this.#initialiser(name);
    return { shape: tensor.dims.map(Number), bytes: tensor.rawData ?? Uint8Array.from(tensor.int32Data) };
  }

  /** The quantised linear map of the node `<path>/MatMul_quant`: `weights[input, output]`, one scale and zero point for all. */
  linear(path: string): QuantizedLinear {
    const node = this.#nodes.find(({ name }) => name === `${path}/MatMul_quant`);
    const weightName = node?.input[1];
    if (weightName === undefined) throw lacks(`the linear map ${path}`);
    const base = weightName.replace(/_quantized$/, '');
    const { shape, bytes } = this.bytes(weightName);
    const [inputs = 0, outputs = 0] = shape;
    const scales = new Float32Array(outputs).fill(this.float(`${base}_scale`));
    const zeroPoints = new Uint8Array(outputs).fill(this.bytes(`${base}_zero_point`).bytes[0] ?? 0);
    return { inputs, outputs, weights: bytes, scales, zeroPoints };
  }

  #initialiser(name: string): TensorProto {
    const tensor = this.#initialisers.get(name);
    if (!tensor) throw lacks(`the initialiser ${name}`);
    return tensor;
  }

  /** A merged decoder keeps its two halves in the branches of an `If`. */
  #collect(graph: GraphProto): void {
    for (const tensor of graph.initializer) this.#initialisers.set(tensor.name, tensor);
    for (const node of graph.node) {
      this.#nodes.push(node);
      for (const { g } of node.attribute) {
        if (g) this.#collect(g);
      }
    }
  }
}

/** A copy that starts at a multiple of four bytes, as floats must. */
function aligned(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

function lacks(what: string): RecognizerError {
  return new RecognizerError('model_failed', `the graph lacks ${what}, it is not one that can be prepared`);
}
