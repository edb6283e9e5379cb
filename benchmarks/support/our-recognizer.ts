import { buildMoonshineGraphs, type GraphParameters, type GraphVariant, loadMoonshine, type Recognizer } from '@outspoken/asr';
import { loadModelFiles } from '@outspoken/models';
import * as onnxruntime from 'onnxruntime-node';
import { readInteger, UsageError } from './command-line.ts';

/** Most clips that our recognizer is ever given at a time. */
const MAXIMUM_BATCH = 4;

/** Reads the option `--batch`. */
export function readBatch(value: string): number {
  const batch = readInteger('--batch', value, 1);
  if (batch > MAXIMUM_BATCH) throw new UsageError(`--batch must be at most ${MAXIMUM_BATCH}, got ${batch}`);
  return batch;
}

/**
 * Our recognizer as the worker of the server loads it.
 *
 * @param options.runtime - Another one than `onnxruntime-node` itself, for example one that profiles.
 * @param options.alignmentHeads - Take the place of those of the manifest; with none, the times of words are estimated.
 * @param options.parameters - Take the place of those of the manifest.
 */
export async function loadOurs(options: {
  readonly graph: GraphVariant;
  readonly threads: number;
  readonly runtime?: Parameters<typeof loadMoonshine>[0];
  readonly parameters?: Readonly<Record<string, number>>;
  readonly alignmentHeads?: GraphParameters['alignmentHeads'];
}): Promise<Recognizer> {
  const { graph, threads, runtime = onnxruntime } = options;
  const { manifest, files } = await loadModelFiles('moonshine-tiny');
  const { alignmentHeads = manifest.alignmentHeads ?? [] } = options;
  const source = { files, manifest: { ...manifest, parameters: { ...manifest.parameters, ...options.parameters } } };
  if (graph === 'shipped') return await loadMoonshine(runtime, source, { threads });
  const { endTokenId = 0, maximumTokens = 0 } = source.manifest.parameters;
  return await loadMoonshine(runtime, source, {
    threads,
    graphs: buildMoonshineGraphs(source.files, graph, { endTokenId, maximumTokens, alignmentHeads }),
  });
}
