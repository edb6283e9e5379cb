import type { GraphVariant } from '@outspoken/asr';
import { chooseGraph, describeRecognizerEvent } from '@outspoken/server-app/prepare';
import { progress, UsageError } from './command-line.ts';

/** What `--graph` says: graphs by name, or whichever a server takes on this processor. */
type GraphSetting = 'auto' | GraphVariant;

/** What the benchmarks measure unless told otherwise. */
export const DEFAULT_GRAPH: GraphSetting = 'auto';
/** For the help. */
export const GRAPHS_TEXT = 'auto (what a server takes on this processor), signed, unsigned, float or shipped';
const SETTINGS: readonly GraphSetting[] = ['auto', 'signed', 'unsigned', 'float', 'shipped'];
const MODEL = 'moonshine-tiny';

/**
 * Reads the option `--graph`, and lets the server's own check say what is right on this processor.
 *
 * @throws UsageError for an unknown name, and for graphs that compute something else than they should here.
 */
export async function readGraph(value: string): Promise<GraphVariant> {
  const setting = SETTINGS.find((name) => name === value);
  if (!setting) throw new UsageError(`--graph must be ${SETTINGS.join(', ')}, got "${value}"`);
  if (setting === 'float' || setting === 'shipped') return setting;
  const { graph, refused } = await chooseGraph({ model: MODEL, graph: setting, threadsPerWorker: 1 }, (event) => {
    const line = event.type === 'rejected' && setting !== 'auto' ? undefined : describeRecognizerEvent(MODEL, event);
    if (line !== undefined) progress(line);
  });
  if (setting !== 'auto' && graph !== setting) {
    throw new UsageError(`--graph ${setting}: ${refused[0]?.reason ?? 'not right on this processor'}; take --graph auto`);
  }
  return graph;
}
