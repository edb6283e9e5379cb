export { CONVOLUTIONS, MoonshineWeights } from './moonshine/graph/weights.ts';
export { GraphBuilder } from './onnx-graph/graph-builder.ts';
