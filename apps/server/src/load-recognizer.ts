import type { PreparedGraphs, Recognizer, WeightForm } from '@outspoken/asr';
import { buildMoonshineGraphs, loadMoonshine, MOONSHINE_GRAPH_VERSION, type MoonshineReference } from '@outspoken/asr';
import { readWav } from '@outspoken/audio';
import { type DerivedFilesEvent, type LoadedModel, loadDerivedFiles, loadModelFiles, loadModelReference } from '@outspoken/models';
import type * as onnxruntime from 'onnxruntime-node';
import type { Settings } from './settings.ts';

/** What a recognizer is loaded with. */
export type RecognizerSettings = Pick<Settings, 'model' | 'graph' | 'threadsPerWorker'>;

/** Something that happened on the way, for whoever watches. */
export type RecognizerEvent =
  | { readonly type: 'graph'; readonly graph: WeightForm; readonly event: DerivedFilesEvent }
  /** These graphs are not used: `message` says why. */
  | { readonly type: 'rejected'; readonly graph: WeightForm; readonly message: string };

type RecognizableModel = Settings['model'];

/** Graphs that recognize for a server. */
export type ServedGraph = Exclude<Settings['graph'], 'auto'>;

// From the fastest to the one that is right everywhere.
const ORDER: readonly ServedGraph[] = ['signed', 'unsigned', 'shipped'];

/** The graphs that a setting allows, the best first; the published ones always are the last resort. */
export function graphsToTry(graph: Settings['graph']): readonly ServedGraph[] {
  return graph === 'auto' ? ORDER : graph === 'shipped' ? ['shipped'] : [graph, 'shipped'];
}

/**
 * Loads a model with the fastest graphs that compute what they should on this processor. Prepared ones are built once and kept in the
 * cache folder; each load verifies their hashes and checks them against the model's reference.
 *
 * @throws `ModelError` when a model file is missing or not the one that is pinned, `RecognizerError` when no graphs can be loaded.
 */
export async function loadRecognizer(
  runtime: typeof onnxruntime,
  settings: RecognizerSettings,
  onEvent: (event: RecognizerEvent) => void = () => {},
): Promise<Recognizer> {
  const source = await loadModelFiles(settings.model);
  const threads = settings.threadsPerWorker;
  for (const graph of graphsToTry(settings.graph)) {
    if (graph === 'shipped') break;
    try {
      const graphs = await loadGraphs(source, graph, (event) => onEvent({ type: 'graph', graph, event }));
      const reference = await loadReference(settings.model);
      return await loadMoonshine(runtime, source, { threads, graphs, ...(reference ? { reference } : {}) });
    } catch (error) {
      // The published graphs remain; whoever asked for speed is told.
      onEvent({ type: 'rejected', graph, message: error instanceof Error ? error.message : String(error) });
    }
  }
  return loadMoonshine(runtime, source, { threads });
}

/** The event as a line for a person; undefined for one that nobody needs to know. */
export function describeRecognizerEvent(model: string, event: RecognizerEvent): string | undefined {
  if (event.type === 'rejected') return `the ${event.graph} graphs of ${model} are not used: ${event.message}`;
  switch (event.event.type) {
    case 'building':
      return `preparing ${model} (${event.graph} graphs), once`;
    case 'waiting':
      return undefined;
    case 'damaged':
      return `the prepared ${event.graph} graphs of ${model} were damaged, building them again`;
    case 'not_kept':
      return `the prepared ${event.graph} graphs of ${model} could not be kept: ${event.event.reason}`;
    default:
      return event.event satisfies never;
  }
}

async function loadGraphs(
  { manifest, files }: LoadedModel<RecognizableModel>,
  variant: WeightForm,
  onEvent: (event: DerivedFilesEvent) => void,
): Promise<PreparedGraphs> {
  const { alignmentHeads = [] } = manifest;
  const { endTokenId = 0, maximumTokens = 0 } = manifest.parameters;
  const sources = [manifest.files['encoder']?.sha256, manifest.files['decoder']?.sha256];
  const derived = await loadDerivedFiles({
    key: JSON.stringify({ sources, variant, version: MOONSHINE_GRAPH_VERSION, endTokenId, maximumTokens, alignmentHeads }),
    purpose: `${manifest.name}-${variant}`,
    names: ['encoder.onnx', 'decoder.onnx'],
    build: () => {
      const graphs = buildMoonshineGraphs(files, variant, { endTokenId, maximumTokens, alignmentHeads });
      return { 'encoder.onnx': graphs.encoder, 'decoder.onnx': graphs.decoder };
    },
    onEvent,
  });
  return { variant, encoder: derived.files['encoder.onnx'], decoder: derived.files['decoder.onnx'] };
}

async function loadReference(model: RecognizableModel): Promise<MoonshineReference | undefined> {
  const reference = await loadModelReference(model);
  return reference && { ...reference, samples: readWav(reference.clip).channels[0] ?? new Float32Array(0) };
}
