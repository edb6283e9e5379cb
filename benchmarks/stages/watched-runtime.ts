import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as runtime from 'onnxruntime-node';

/** The two graphs of a model, told apart by their inputs. */
export type GraphName = 'encoder' | 'decoder';

/** An input that gives a graph away: in the published files, in the prepared ones. Whatever else is loaded is not watched. */
const TELLING_INPUTS: ReadonlyMap<string, GraphName> = new Map([
  ['input_values', 'encoder'],
  ['audio', 'encoder'],
  ['input_ids', 'decoder'],
  ['tokens', 'decoder'],
]);

/** `onnxruntime-node`, watched: how long the runs of each graph take, and where the time in them goes. */
export class WatchedRuntime {
  readonly Tensor = runtime.Tensor;
  readonly InferenceSession = { create: this.#create.bind(this) } as typeof runtime.InferenceSession;
  /** Time in the runs of each graph since it was last set to 0, in milliseconds; includes the way into the runtime and back. */
  readonly runMs: Record<GraphName, number> = { encoder: 0, decoder: 0 };
  readonly #profiles: boolean;
  readonly #folder = mkdtempSync(join(tmpdir(), 'outspoken-profile-'));
  #created = 0;
  readonly #sessions: { readonly graph: GraphName; readonly prefix: string; readonly session: runtime.InferenceSession }[] = [];

  constructor(options: { readonly profiles: boolean }) {
    this.#profiles = options.profiles;
  }

  /** Ends the profiles. @returns The text that the runtime wrote about each graph. */
  endProfiles(): Record<GraphName, string> {
    const profiles = { encoder: '', decoder: '' };
    for (const { graph, prefix, session } of this.#sessions) {
      session.endProfiling();
      const file = readdirSync(this.#folder).find((name) => name.startsWith(prefix));
      if (!file) throw new Error('the runtime wrote no profile');
      profiles[graph] = readFileSync(join(this.#folder, file), 'utf8');
    }
    return profiles;
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }

  async #create(bytes: Uint8Array, options: runtime.InferenceSession.SessionOptions): Promise<runtime.InferenceSession> {
    const prefix = `session-${this.#created}-`;
    const profiling = { enableProfiling: true, profileFilePrefix: join(this.#folder, prefix) };
    const session = await runtime.InferenceSession.create(bytes, { ...options, ...(this.#profiles && profiling) });
    const [graph] = session.inputNames.flatMap((name) => TELLING_INPUTS.get(name) ?? []);
    this.#created += 1;
    if (!graph) return session;
    this.#sessions.push({ graph, prefix, session });
    const run = session.run.bind(session) as (...args: unknown[]) => ReturnType<runtime.InferenceSession['run']>;
    session.run = async (...args: unknown[]) => {
      const startedAtMs = performance.now();
      try {
        return await run(...args);
      } finally {
        this.runMs[graph] += performance.now() - startedAtMs;
      }
    };
    return session;
  }
}
