import type { InferenceSession } from 'onnxruntime-common';
import { OnnxError } from './onnx-error.ts';
import type { OnnxRuntime, OnnxSessionOptions, OnnxTensor } from './runtime.ts';

/** A loaded graph: named tensors in, named tensors out, until it is closed. */
export class OnnxModel {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly #session: InferenceSession;
  readonly #running = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  /** Takes the session over; made by {@link loadOnnxModel}. */
  constructor(session: InferenceSession) {
    this.#session = session;
    this.inputNames = [...session.inputNames];
    this.outputNames = [...session.outputNames];
  }

  /**
   * The shape of an input: a number where the graph fixes the size, a name where the caller chooses it.
   *
   * @returns Undefined when there is no such input or it is not a tensor.
   */
  inputShape(name: string): readonly (number | string)[] | undefined {
    const input = this.#session.inputMetadata.find((metadata) => metadata.name === name);
    return input?.isTensor ? input.shape : undefined;
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
    const running = fetches ? this.#session.run(feeds, fetches) : this.#session.run(feeds);
    this.#running.add(running);
    try {
      return await running;
    } catch (cause) {
      throw new OnnxError('run_failed', 'the graph refused its input or failed', { cause });
    } finally {
      this.#running.delete(running);
    }
  }

  /** Releases the session when the runs that were begun are over; a second call waits for the first. */
  close(): Promise<void> {
    this.#closing ??= this.#release();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  // A runtime frees the graph at once, under a run that it has only queued.
  async #release(): Promise<void> {
    await Promise.allSettled(this.#running);
    await this.#session.release();
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
