import type { GraphBuilder } from '../../onnx-graph/graph-builder.ts';

/** The cosines and sines of a rotary embedding, `[positions, pairs]` each. */
export interface RotaryTables {
  readonly cosines: string;
  readonly sines: string;
  /** How many of the first values of a head are rotated. */
  readonly rotated: number;
}

/** Adds the tables for positions 0 to `positions − 1`: `cos(position · frequency)` and the sine of it. */
export function addRotaryTables(graph: GraphBuilder, frequencies: Float32Array, positions: number): RotaryTables {
  const angles = Array.from({ length: positions }, (_, position) => Array.from(frequencies, (frequency) => position * frequency)).flat();
  const shape = [positions, frequencies.length];
  return {
    cosines: graph.floats(angles.map(Math.cos), shape),
    sines: graph.floats(angles.map(Math.sin), shape),
    rotated: 2 * frequencies.length,
  };
}

/**
 * Turns each neighbouring pair `(a, b)` of the first values of each head by the angle of its position (RoFormer, arXiv:2104.09864):
 * `(a cos θ − b sin θ, a sin θ + b cos θ)`.
 *
 * @param x - `[rows, time, heads · head size]`
 * @param position - `[1]`, the position of the first time.
 */
export function addRotaryEmbedding(graph: GraphBuilder, x: string, position: string, tables: RotaryTables, heads: number): string {
  return graph.fused('RotaryEmbedding', [x, position, tables.cosines, tables.sines], {
    interleaved: 1,
    rotary_embedding_dim: tables.rotated,
    num_heads: heads,
  });
}
