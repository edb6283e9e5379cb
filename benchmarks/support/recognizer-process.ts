// One recognizer in a process of its own, started by recognizer.ts: the two bring different builds of onnxruntime, which one
// process would mix up (both are libonnxruntime.so.1), and neither must wait for the other's garbage.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadMoonshine } from '@outspoken/asr';
import { loadModelFiles, modelFilePath } from '@outspoken/models';
import * as runtime from 'onnxruntime-node';

/** Which recognizer the process runs. */
export type RecognizerName = 'outspoken' | 'sherpa-onnx';

/** What the process answers for one clip; the first answer, with an empty text, says that the model is loaded. */
export interface TimedText {
  readonly text: string;
  readonly wallMs: number;
  /** Processor time of all threads of the process. */
  readonly cpuMs: number;
}

const require = createRequire(import.meta.url);

type Transcribe = (samples: Float32Array) => Promise<string>;

/** The part of `sherpa-onnx-node` used here; the package has no types of its own. */
interface SherpaOnnx {
  readonly OfflineRecognizer: new (
    config: unknown,
  ) => {
    createStream(): { acceptWaveform(audio: { readonly samples: Float32Array; readonly sampleRate: number }): void };
    decode(stream: unknown): void;
    getResult(stream: unknown): { readonly text: string };
  };
}

async function loadOurs(): Promise<Transcribe> {
  const recognizer = await loadMoonshine(runtime, await loadModelFiles('moonshine-tiny'), { threads: 1 });
  return async (samples) => (await recognizer.transcribe([{ samples }]))[0]?.text ?? '';
}

async function loadSherpa(): Promise<Transcribe> {
  const { files, manifest } = await loadModelFiles('moonshine-tiny');
  const { OfflineRecognizer } = require('sherpa-onnx-node') as SherpaOnnx;
  const folder = mkdtempSync(join(tmpdir(), 'outspoken-'));
  const tokens = join(folder, 'tokens.txt');
  writeFileSync(tokens, formatTokens(new TextDecoder().decode(files.vocabulary)));
  const recognizer = new OfflineRecognizer({
    featConfig: { sampleRate: manifest.parameters['sampleRateHz'], featureDim: 80 },
    modelConfig: {
      // `mergedDecoder` is not in the package's list of settings, but its native part reads it.
      moonshine: { encoder: modelFilePath('moonshine-tiny', 'encoder'), mergedDecoder: modelFilePath('moonshine-tiny', 'decoder') },
      tokens,
      numThreads: 1,
      provider: 'cpu',
      debug: 0,
    },
  });
  rmSync(folder, { recursive: true });
  return async (samples) => {
    const stream = recognizer.createStream();
    stream.acceptWaveform({ samples, sampleRate: 16_000 });
    recognizer.decode(stream);
    return recognizer.getResult(stream).text.trim();
  };
}

/** sherpa-onnx reads one token a line, in base64, with its id; 768 control tokens follow the vocabulary. */
function formatTokens(vocabulary: string): string {
  const pieces = [...vocabulary.split('\n'), ...Array.from({ length: 768 }, (_, index) => `<<ST_${index}>>`)];
  return pieces.map((piece, id) => `${Buffer.from(piece).toString('base64')} ${id}\n`).join('');
}

function answer(timed: TimedText): void {
  process.send?.(timed);
}

const transcribe = await (process.argv[2] === 'sherpa-onnx' ? loadSherpa() : loadOurs());
process.on('message', async (samples: Float32Array) => {
  const cpu = process.cpuUsage();
  const startedAtMs = performance.now();
  const text = await transcribe(samples);
  const wallMs = performance.now() - startedAtMs;
  const { user, system } = process.cpuUsage(cpu);
  answer({ text, wallMs, cpuMs: (user + system) / 1000 });
});
answer({ text: '', wallMs: 0, cpuMs: 0 });
