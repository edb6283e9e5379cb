import type { OnnxRuntime } from '@outspoken/onnx';
import { loadSileroVad, type VadModel } from '@outspoken/vad';
import { assetFailureMessage, assetUrl, VAD_MODEL_SHA256 } from './assets.ts';
import { EdgeError } from './edge-error.ts';

const SAMPLE_RATE_HZ = 16_000;
const SELF_TEST_FRAMES = 16;
/** Silero v6 gives the synthetic voice 1.00 and silence 0.01; without its 64 samples of context it gives both 0.00. */
const MINIMUM_VOICE_PROBABILITY = 0.8;
const MAXIMUM_SILENCE_PROBABILITY = 0.2;
const WASM_MAGIC = 0x6d736100;

/**
 * Fetches the speech detector, checks that its bytes are the pinned ones, and that it hears a voice and nothing in silence.
 *
 * @param expectedSha256 - Hexadecimal; the pinned file unless a test says otherwise.
 * @throws {@link EdgeError} `asset_failed` when a file does not come, `model_failed` when it is not what it should be.
 */
export async function loadVad(
  runtime: OnnxRuntime,
  assetBaseUrl: URL,
  fetch: typeof globalThis.fetch,
  expectedSha256: string = VAD_MODEL_SHA256,
): Promise<VadModel> {
  const bytes = await fetchModel(assetUrl(assetBaseUrl, 'vadModel'), fetch, expectedSha256);
  let model: VadModel;
  try {
    model = await loadSileroVad(runtime, bytes);
  } catch (cause) {
    throw await explainLoadFailure(assetUrl(assetBaseUrl, 'wasm'), fetch, cause);
  }
  try {
    await testVad(model);
    return model;
  } catch (cause) {
    await model.close();
    throw cause;
  }
}

async function fetchModel(url: URL, fetch: typeof globalThis.fetch, expectedSha256: string): Promise<Uint8Array> {
  let response: Response;
  let body: ArrayBuffer;
  try {
    response = await fetch(url);
    body = await response.arrayBuffer();
  } catch (cause) {
    throw new EdgeError('asset_failed', `${url} could not be fetched: the network failed or connect-src of the page forbids it`, { cause });
  }
  // A page in place of the file is status 200 as well; its hash would be wrong, but the reason is worth more.
  if (!response.ok || response.headers.get('content-type')?.includes('text/html')) {
    throw new EdgeError('asset_failed', assetFailureMessage(url, response));
  }
  const bytes = new Uint8Array(body);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (sha256 !== expectedSha256) {
    throw new EdgeError('model_failed', `${url} has SHA-256 ${sha256}, expected ${expectedSha256}`);
  }
  return bytes;
}

/** The model's bytes are right, so the runtime is at fault: most often its .wasm file is a page or is missing. */
async function explainLoadFailure(wasmUrl: URL, fetch: typeof globalThis.fetch, cause: unknown): Promise<EdgeError> {
  try {
    const response = await fetch(wasmUrl);
    const head = new DataView(await response.arrayBuffer());
    if (!response.ok || head.byteLength < 4 || head.getUint32(0, true) !== WASM_MAGIC) {
      return new EdgeError('asset_failed', assetFailureMessage(wasmUrl, response), { cause });
    }
  } catch (fetchCause) {
    return new EdgeError('asset_failed', `${wasmUrl} could not be fetched`, { cause: fetchCause });
  }
  const message = deepestMessage(cause);
  // Chromium, Safari and Firefox word it differently; all name the policy.
  if (/content security|\bCSP\b/i.test(message)) {
    return new EdgeError('asset_failed', `${wasmUrl} may not run: add 'wasm-unsafe-eval' to script-src`, { cause });
  }
  return new EdgeError('model_failed', `the runtime refused the speech detector: ${message}`, { cause });
}

function deepestMessage(cause: unknown): string {
  if (!(cause instanceof Error)) {
    return String(cause);
  }
  return cause.cause === undefined ? cause.message : deepestMessage(cause.cause);
}

/**
 * Lets the model hear silence and a synthetic voice. A graph that is fed wrongly does not fail, it goes deaf; this finds it out.
 *
 * @throws {@link EdgeError} `model_failed`
 */
export async function testVad(model: VadModel): Promise<void> {
  const silence = await highestProbability(model, () => 0);
  const voice = await highestProbability(model, voiceSample);
  model.reset();
  if (silence > MAXIMUM_SILENCE_PROBABILITY || voice < MINIMUM_VOICE_PROBABILITY) {
    throw new EdgeError(
      'model_failed',
      `the self test gave ${silence.toFixed(2)} for silence and ${voice.toFixed(2)} for a synthetic voice`,
    );
  }
}

async function highestProbability(model: VadModel, sampleAt: (timeS: number) => number): Promise<number> {
  model.reset();
  const frame = new Float32Array(model.frameSamples);
  let highest = 0;
  for (let index = 0; index < SELF_TEST_FRAMES; index += 1) {
    for (let i = 0; i < frame.length; i += 1) {
      frame[i] = sampleAt((index * frame.length + i) / SAMPLE_RATE_HZ);
    }
    highest = Math.max(highest, await model.process(frame));
  }
  return highest;
}

/** "Ya-ya-ya", four times a second: harmonics of a gliding pitch under three formants that move from "i" to "a". */
function voiceSample(timeS: number): number {
  const openness = 0.5 - 0.5 * Math.cos(2 * Math.PI * 4 * timeS);
  const pitchHz = 120 + 20 * timeS;
  let sum = 0;
  for (let harmonic = 1; harmonic * pitchHz < 4_000; harmonic += 1) {
    const frequencyHz = harmonic * pitchHz;
    const first = resonance(frequencyHz, 400 + 330 * openness, 90);
    const second = 0.5 * resonance(frequencyHz, 1_900 - 800 * openness, 110);
    const third = 0.2 * resonance(frequencyHz, 2_440, 160);
    sum += (first + second + third) * Math.sin(2 * Math.PI * harmonic * (120 + 10 * timeS) * timeS);
  }
  return 0.2 * (0.05 + openness) * sum;
}

function resonance(frequencyHz: number, centreHz: number, bandwidthHz: number): number {
  return 1 / (1 + ((frequencyHz - centreHz) / bandwidthHz) ** 2);
}
