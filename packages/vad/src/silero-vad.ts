import { isFiniteAudio } from '@outspoken/audio';
import { loadOnnxModel, type OnnxModel, type OnnxRuntime, type OnnxTensor } from '@outspoken/onnx';
import { VadError } from './vad-error.ts';
import type { VadModel } from './vad-model.ts';

const FRAME_SAMPLES = 512;
// Silero's own wrapper puts the last 64 samples of the frame before in front of each frame. A graph that is fed bare frames
// runs without an error and misses most speech (silero-vad, utils_vad.py, OnnxWrapper.__call__).
const CONTEXT_SAMPLES = 64;
const STATE_DIMS = [2, 1, 128] as const;
const STATE_VALUES = 256;
const INPUT_NAMES = ['input', 'state', 'sr'];
const OUTPUT_NAMES = ['output', 'stateN'];

/**
 * Loads Silero VAD v5 or v6, which share their inputs and outputs, and runs one silent frame to check the shapes.
 *
 * Each stream needs its own model: the model carries the state of the stream.
 *
 * @param runtime - `onnxruntime-node` or `onnxruntime-web`.
 * @param bytes - The `.onnx` file.
 * @throws OnnxError `load_failed` when the bytes are not a graph.
 * @throws VadError `model_io` when the graph has other inputs or outputs, as the legacy v4 has.
 */
export async function loadSileroVad(runtime: OnnxRuntime, bytes: Uint8Array): Promise<VadModel & AsyncDisposable> {
  // One thread: a frame takes a fraction of a millisecond, and spinning helpers would take the cores that recognition needs.
  const model = await loadOnnxModel(runtime, bytes, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  try {
    checkNames('inputs', model.inputNames, INPUT_NAMES);
    checkNames('outputs', model.outputNames, OUTPUT_NAMES);
    const vad = new SileroVad(model, runtime);
    await checkShapes(vad);
    vad.reset();
    return vad;
  } catch (error) {
    await model.close();
    throw error;
  }
}

function checkNames(what: string, names: readonly string[], expected: readonly string[]): void {
  if (names.length !== expected.length || expected.some((name) => !names.includes(name))) {
    throw new VadError('model_io', `the ${what} of a Silero v5 or v6 model are ${expected.join(', ')}, got ${names.join(', ')}`);
  }
}

async function checkShapes(vad: SileroVad): Promise<void> {
  try {
    await vad.process(new Float32Array(FRAME_SAMPLES));
  } catch (cause) {
    throw new VadError('model_io', 'the graph does not take one frame of 576 samples with a state of 2x1x128', { cause });
  }
}

class SileroVad implements VadModel, AsyncDisposable {
  readonly sampleRateHz = 16000;
  readonly frameSamples = FRAME_SAMPLES;
  readonly #model: OnnxModel;
  // Tensors are made once over these two arrays; each call writes into them and allocates nothing of its own.
  readonly #input = new Float32Array(CONTEXT_SAMPLES + FRAME_SAMPLES);
  readonly #state = new Float32Array(STATE_VALUES);
  readonly #feeds: Record<string, OnnxTensor>;
  #running: Promise<Record<string, OnnxTensor>> | undefined;
  #isClosed = false;
  #stream = 0;

  constructor(model: OnnxModel, runtime: OnnxRuntime) {
    this.#model = model;
    this.#feeds = {
      input: new runtime.Tensor('float32', this.#input, [1, this.#input.length]),
      state: new runtime.Tensor('float32', this.#state, STATE_DIMS),
      sr: new runtime.Tensor('int64', BigInt64Array.of(16000n), []),
    };
  }

  async process(frame: Float32Array): Promise<number> {
    if (frame.length !== FRAME_SAMPLES) throw new RangeError(`frame must have ${FRAME_SAMPLES} samples, got ${frame.length}`);
    if (this.#isClosed) throw new VadError('closed', 'the model is closed, load it again');
    if (this.#running) throw new VadError('busy', 'a frame is still running, await it first');
    if (!isFiniteAudio(frame)) throw new VadError('audio_not_finite', 'a sample of the frame is not a finite number');
    const stream = this.#stream;
    this.#input.set(frame, CONTEXT_SAMPLES);
    try {
      this.#running = this.#model.run(this.#feeds);
      const { output, stateN } = await this.#running;
      const probability = readProbability(output);
      const state = readState(stateN);
      // After a reset the arrays belong to the next stream.
      if (stream === this.#stream) {
        this.#state.set(state);
        this.#input.copyWithin(0, FRAME_SAMPLES);
      }
      return probability;
    } catch (cause) {
      throw cause instanceof VadError ? cause : new VadError('model_failed', 'the runtime failed on a frame', { cause });
    } finally {
      this.#running = undefined;
      if (stream !== this.#stream) this.#clear();
    }
  }

  reset(): void {
    this.#stream += 1;
    // A runtime may still read the arrays during a call; then the end of the call clears them.
    if (!this.#running) this.#clear();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    // Its failure belongs to the caller of `process`.
    await this.#running?.catch(() => undefined);
    await this.#model.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #clear(): void {
    this.#input.fill(0);
    this.#state.fill(0);
  }
}

function readProbability(output: OnnxTensor | undefined): number {
  const probability = output?.data.length === 1 ? output.data[0] : undefined;
  if (typeof probability !== 'number' || !(probability >= 0 && probability <= 1)) {
    throw new VadError('model_failed', 'the model gave no probability');
  }
  return probability;
}

function readState(stateN: OnnxTensor | undefined): Float32Array {
  const state = stateN?.data;
  if (!(state instanceof Float32Array) || state.length !== STATE_VALUES || !isFiniteAudio(state)) {
    throw new VadError('model_failed', 'the model gave no finite state of 2x1x128');
  }
  return state;
}
