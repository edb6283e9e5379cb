import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { checkModel, type ModelName, readModelManifest } from '@outspoken/models';
import type { CheckResult } from './check.ts';
import { SOUND_SAMPLES, type SoundSample } from './sound-samples.ts';

const PROBE_TIMEOUT_MS = 30_000;
const PROBE = 'require(process.argv[1]); process.stdout.write("loaded")';

/**
 * Whether the ONNX runtime loads. In a process of its own: a processor that lacks an instruction ends it without an exception.
 *
 * @param locate - Path of the runtime's module.
 */
export async function checkOnnxRuntime(locate: () => string = locateRuntime): Promise<CheckResult> {
  try {
    await promisify(execFile)(process.execPath, ['--eval', PROBE, locate()], { timeout: PROBE_TIMEOUT_MS });
    return { id: 'onnxruntime', state: 'ok', detail: 'the ONNX runtime loads' };
  } catch (error) {
    const reason = reasonOf(error);
    const advice = 'install again with "npx -y pnpm@10 install"; on Linux it needs glibc 2.28 or newer, and Alpine does not have it';
    return { id: 'onnxruntime', state: 'problem', detail: `the ONNX runtime does not load (${reason})`, advice };
  }
}

/** The runtime is a dependency of the server, not ours. */
function locateRuntime(): string {
  return createRequire(import.meta.resolve('@outspoken/server-app')).resolve('onnxruntime-node');
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const { signal, stderr } = error as { signal?: string | null; stderr?: string };
  const line = stderr?.split('\n').find((text) => /Error/.test(text));
  return signal ?? line?.trim() ?? error.message.split('\n')[0] ?? 'unknown';
}

/** Whether the files of a model are those that the manifest pins. */
export async function checkModelFiles(name: ModelName): Promise<CheckResult> {
  const id = `model-${name}`;
  const bad = (await checkModel(readModelManifest(name))).find(({ state }) => state !== 'present');
  if (!bad) {
    return { id, state: 'ok', detail: `model ${name} is there and verified` };
  }
  const advice = bad.origin === 'hub' ? `run "outspoken models pull ${name}"` : 'run "npx -y pnpm@10 install --force"';
  return { id, state: 'problem', detail: `model ${name}: ${bad.role} is ${bad.state}`, advice };
}

/** Whether a kind of file is decoded here, by decoding one. */
export async function checkDecoder(sample: SoundSample): Promise<CheckResult> {
  const { id, name, bytes, isRequired } = sample;
  try {
    const { openMedia } = await import('@outspoken/media');
    const source = { sizeBytes: bytes.length, read: async (start: number, end: number) => bytes.subarray(start, end) };
    await using audio = await openMedia(source);
    let sampleCount = 0;
    for await (const chunk of audio.samples()) {
      sampleCount += chunk.length;
    }
    if (sampleCount > 0) {
      return { id: `decoder-${id}`, state: 'ok', detail: `${name} is decoded` };
    }
    return { id: `decoder-${id}`, state: isRequired ? 'problem' : 'warning', detail: `${name} gives no sound`, advice: ADVICE };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      id: `decoder-${id}`,
      state: isRequired ? 'problem' : 'warning',
      detail: `${name} is not decoded`,
      advice: `${reason}; ${ADVICE}`,
    };
  }
}

const ADVICE = 'install again with "npx -y pnpm@10 install"';

/** One check for each decoder. */
export function checkDecoders(): readonly Promise<CheckResult>[] {
  return SOUND_SAMPLES.map(checkDecoder);
}
