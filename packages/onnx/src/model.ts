import type { InferenceSession } from 'onnxruntime-common';
import { OnnxError } from './onnx-error.ts';
import type { OnnxRuntime, OnnxSessionOptions, OnnxTensor } from './runtime.ts';

/** A loaded graph: named tensors in, named tensors out, until it is closed. */
export class OnnxModel {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly #session: InferenceSession;
  #closing: Promise<void> | undefined;

  constructor(session: InferenceSession) {
    this.#session = session;
    this.inputNames = [...session.inputNames];
    this.outputNames = [...session.outputNames];
  }

  /**
   * Runs the graph once.
   *
   * @param feeds - One tensor for each input of the graph.
   * @param fetches - The outputs to compute; all of them when absent.
   * @throws {@link OnnxError} `run_failed` when the runtime refuses the input, `closed` after {@link close}.
   */
  async run(feeds: Record<string, OnnxTensor>, fetches?: readonly string[]): Promise<Record<string, OnnxTensor>> {
    if (this.#closing) {
      throw new OnnxError('closed', 'the model is closed, load it again');
    }
    try {
      return await (fetches ? this.#session.run(feeds, fetches) : this.#session.run(feeds));
    } catch (cause) {
      throw new OnnxError('run_failed', 'the graph refused its input or failed', { cause });
    }
  }

  /** Releases the session; a second call waits for the first. */
  close(): Promise<void> {
    this.#closing ??= this.#session.release();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Loads a graph from the bytes given, never from a path, so that the bytes that were hashed are the bytes that run.
 *
 * @throws {@link OnnxError} `load_failed` when the bytes are not a graph that the runtime accepts.
 */
export async function loadOnnxModel(runtime: OnnxRuntime, bytes: Uint8Array, options: OnnxSessionOptions = {}): Promise<OnnxModel> {
  try {
    return new OnnxModel(await runtime.InferenceSession.create(bytes, options));
  } catch (cause) {
    throw new OnnxError('load_failed', `the runtime refused the ${bytes.byteLength} bytes of the model`, { cause });
  }
}
